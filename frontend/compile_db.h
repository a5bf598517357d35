// Reads compile_commands.json: which files there are and how each is compiled. Nothing in the database is
// ever executed; what its options may do is decided in arguments.h. Missing commands are not guessed here.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace opex {

/// How one file is compiled, as the build wrote it, response files expanded.
struct CompileCommand {
  std::string file;                   ///< Absolute, without "." and "..".
  std::string directory;              ///< Absolute; relative paths in `arguments` start here.
  std::vector<std::string> arguments; ///< With the compiler (and its launcher, if any) in front.
  uint64_t hash = 0; ///< Of the arguments that matter, independent of where the project lies.
};

struct CompileDb {
  std::string path;                     ///< Of the JSON file, absolute.
  std::vector<CompileCommand> commands; ///< Sorted by file, then arguments; none twice.
  std::vector<std::string> notices;     ///< What was left out or refused, and why.
};

/// Loads `path`, a compile_commands.json or the directory that holds one. `sourceRoot` (absolute) and the
/// database's own directory are where response files may lie. Entries for languages other than C, C++ and
/// Objective-C are left out with a notice; entries that differ only in what they write are one.
/// Errors: missing (says how to get one), unreadable, or malformed with file:line:column.
llvm::Expected<CompileDb> loadCompileDb(llvm::StringRef path, llvm::StringRef sourceRoot);

/// The nearest directory at or above `start` (absolute) with a compile_commands.json in it or in its
/// `build` directory.
std::optional<std::string> findCompileDb(llvm::StringRef start);

/// The command for `file` compiled with `flags` in `directory` (all absolute): for files given with their
/// flags after `--`.
CompileCommand makeCommand(llvm::StringRef file, llvm::StringRef directory, llvm::ArrayRef<std::string> flags,
                           llvm::StringRef sourceRoot);

/// Why there is no database at `where`, and how builds make one.
llvm::Error missingCompileDb(llvm::StringRef where);

} // namespace opex
