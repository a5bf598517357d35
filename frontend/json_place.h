// Where a value stands in JSON text: llvm::json keeps no positions, and error messages need them.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <variant>

namespace opex {

/// A step into JSON: a member's key or an element's position.
using JsonStep = std::variant<size_t, llvm::StringRef>;

/// "line:column" (1-based, columns in bytes) of the value that `steps` lead to in the well-formed `text`;
/// of the innermost value on the way that exists.
std::string jsonPlace(llvm::StringRef text, llvm::ArrayRef<JsonStep> steps);

} // namespace opex
