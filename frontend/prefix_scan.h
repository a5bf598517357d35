// What translation units include, read off their preprocessor directives alone: some fifty times cheaper than
// parsing. Serves to choose the headers that are worth parsing once for many of them (prefix_plan.h).
#pragma once

#include "frontend/shared_prefix.h"

#include <string>
#include <vector>

namespace opex {

/// A foreign header that a project file includes.
struct IncludedHeader {
  std::string spelling; ///< What stands between the brackets or quotes.
  uint32_t file = 0;    ///< Position in IncludeScan::files.
};

/// One unit. Empty where its command is not understood.
struct ScannedUnit {
  std::string dialect;               ///< Options that units must share to share a precompiled prefix.
  std::vector<MacroSetting> defines; ///< `-D` and `-U` (its definition is "") of the command.
  std::vector<MacroSetting> macros;  ///< What project files define before the first foreign header.
  std::vector<std::string>
      asked; ///< Macros that project files ask for before it, and that are not defined then.
  std::vector<IncludedHeader> direct; ///< By project files, in order.
  std::vector<uint32_t> leadingHome;  ///< Foreign files that, in the end, include files of the project.
  std::vector<uint32_t>
      files; ///< All foreign files that it reads; positions in IncludeScan::files, no repeats.
};

struct IncludeScan {
  std::vector<uint64_t> sizes;    ///< Of the foreign files, in bytes.
  std::vector<ScannedUnit> units; ///< In the order of the commands.
};

/// Scans all commands with `jobs` threads. Never fails: what cannot be scanned is an empty unit. It runs in
/// the process that calls it, without limits.
IncludeScan scanIncludes(llvm::ArrayRef<CompileCommand> commands, const ParseOptions &options, unsigned jobs);

} // namespace opex
