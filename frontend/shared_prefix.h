// Foreign headers that many translation units include, parsed once for all of them. What a unit sees must not
// depend on it: where the unit on its own would have read one of the headers otherwise, or would not have
// read one that its facts name, its parse with the prefix is thrown away (prefix_watch.h). So which headers
// are chosen (prefix_plan.h) decides about time and never about facts.
#pragma once

#include "frontend/parse.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem/UniqueID.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace opex {

/// Paths that no file of the disk has.
inline constexpr llvm::StringLiteral kPrefixHeader = "/opex-tidy/shared-prefix.h";
inline constexpr llvm::StringLiteral kPrefixTree = "/opex-tidy/shared-prefix.pch";

/// As SharedPrefix::macros: headers define it in several ways, so a unit that includes one of them is on its
/// own.
inline constexpr llvm::StringLiteral kSeveralDefinitions = "\n";

/// A header of the prefix.
struct PrefixFile {
  std::string path;
  llvm::sys::fs::UniqueID id;
  bool isSystem = false;
  std::vector<uint32_t> includes;  ///< Positions of those that it includes itself.
  std::vector<uint64_t> mentioned; ///< Hashes of all names in its text (hashOfName), sorted.
  std::vector<std::string>
      hidden; ///< Macros that it defines, and that are undefined until a unit includes it.
};

struct SharedPrefix {
  std::string text;        ///< Of the header that includes them all.
  std::string precompiled; ///< Its tree, as Clang writes it.
  std::vector<PrefixFile> files;
  llvm::StringMap<std::string> macros; ///< What was defined while they were read, and is not any more.
  llvm::DenseSet<uint64_t> mentioned;  ///< By any of the files.
  Observations observations;           ///< What its making was told by the file system.
};

uint64_t hashOfName(llvm::StringRef name);

struct MacroSetting {
  std::string name;
  std::string definition; ///< What stands behind `#define`.

  auto operator<=>(const MacroSetting &) const = default;
};

/// What to make a prefix from.
struct PlannedPrefix {
  std::string text;
  size_t maker = 0;                 ///< Position of the command whose options it is made with.
  std::vector<size_t> members;      ///< Of the commands that are to use it.
  std::vector<std::string> defines; ///< `NAME=VALUE`: what all their commands define.
  std::vector<MacroSetting> macros; ///< SharedPrefix::macros.
};

/// The prefixes that are worth their making. Scans in a child process; none if that fails.
std::vector<PlannedPrefix> planPrefixes(llvm::ArrayRef<CompileCommand> commands, const ParseOptions &options,
                                        unsigned jobs);

/// Parses the headers, on this thread and without limits; `SharedPrefix` in encoded form. Empty if they do
/// not compile.
std::string makePrefix(const PlannedPrefix &plan, const CompileCommand &maker, const ParseOptions &options);

/// None for bytes that `makePrefix` did not give.
std::optional<SharedPrefix> decodePrefix(std::string bytes);

/// For each command its prefix, or null. The prefixes are made in child processes, `jobs` at once.
std::vector<std::shared_ptr<const SharedPrefix>> sharedPrefixes(llvm::ArrayRef<CompileCommand> commands,
                                                                const ParseOptions &options, unsigned jobs);

} // namespace opex
