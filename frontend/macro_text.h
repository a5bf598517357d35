// How a macro is defined, as text: equal for equal definitions, and such that `#define` takes it.
#pragma once

#include <string>

namespace clang {
class MacroInfo;
class Preprocessor;
} // namespace clang

namespace opex {

/// What stands behind `#define NAME`: parameters, if it has any, and tokens.
std::string definitionText(const clang::Preprocessor &preprocessor, const clang::MacroInfo &macro);

} // namespace opex
