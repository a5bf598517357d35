// From the arguments of a build to arguments that Clang 22 parses with: GCC's own options go, everything
// that would load code, run a program or write a file goes, what decides how the text is read stays.
// It is a list of what is kept: an option that is not known to be harmless is dropped.
#pragma once

#include "frontend/compile_db.h"

namespace opex {

struct AdjustedArguments {
  /// Driver arguments: the path of clang beside our libraries first, the absolute source file last.
  std::vector<std::string> arguments;
  /// Options that were refused because they would load or run something. No values, no paths.
  std::vector<std::string> notices;
};

struct ArgumentOptions {
  std::vector<std::string> before;    ///< Put in front of the command's own, unfiltered.
  std::vector<std::string> after;     ///< Put behind them, unfiltered.
  bool withoutMachineOptions = false; ///< Leave out `-m…`: for a second try when Clang does not know a CPU.
};

/// Never touches the command's own compiler; reads no file but to see whether a header stands beside a
/// precompiled one.
AdjustedArguments adjustArguments(const CompileCommand &command, const ArgumentOptions &options = {});

/// Where Clang's own headers lie: the resource directory that belongs to the libraries we run with.
std::string clangResourceDir();

/// Splits a command line as a POSIX shell does (quotes and backslashes; no expansion of any kind).
std::vector<std::string> splitCommandLine(llvm::StringRef text);

/// Replaces `@file` arguments by what the files hold. Files must really lie (symbolic links resolved)
/// under one of `roots`; others are dropped and named in `notices`.
std::vector<std::string> expandResponseFiles(llvm::ArrayRef<std::string> arguments, llvm::StringRef directory,
                                             llvm::ArrayRef<std::string> roots,
                                             std::vector<std::string> &notices);

} // namespace opex
