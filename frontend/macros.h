// What the preprocessor does in project files: expansions that begin there (with what they expand on the
// way) and ranges it leaves out. Filled while parsing; source_files turns it into facts.
#pragma once

#include "clang/Basic/SourceLocation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <functional>
#include <memory>
#include <vector>

namespace clang {
class IdentifierInfo;
class PPCallbacks;
class SourceManager;
} // namespace clang

namespace opex {

/// One outermost expansion.
struct MacroUse {
  const clang::IdentifierInfo *name = nullptr;
  clang::SourceRange range; ///< From the name to the name or the closing parenthesis.
  clang::SourceLocation definition;
  llvm::SmallVector<const clang::IdentifierInfo *, 2> nested; ///< In order of expansion, no repeats.
};

struct MacroLog {
  llvm::DenseMap<clang::SourceLocation, MacroUse> uses; ///< By the place of the macro's name.
  std::vector<clang::SourceRange> skipped;              ///< From the `#if`'s `#` to the ending directive.
  std::vector<clang::FileID> entered;                   ///< Project files, in order of first inclusion.
};

/// Callbacks that fill `log`, which must outlive them. `wanted` says whether a file is of the project.
std::unique_ptr<clang::PPCallbacks> recordMacros(MacroLog &log, const clang::SourceManager &sources,
                                                 std::function<bool(clang::FileID)> wanted);

} // namespace opex
