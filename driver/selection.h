// Which translation units a run is about: the database's commands for the files that were named, or for
// all of the project; and what was left out.
#pragma once

#include "driver/options.h"
#include "frontend/compile_db.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace opex {

struct Selection {
  std::string root; ///< Absolute, symbolic links resolved.
  std::vector<CompileCommand> commands;
  std::vector<std::string> leftOut; ///< Root-relative main files of the project that are not analysed.
  std::vector<std::string> notices;
};

/// Errors: no database, a named file that is in none (with MissingCommand::Error), a path that does not exist.
llvm::Expected<Selection> selectCommands(const Options &options);

} // namespace opex
