// Rule packs from YAML. Every complaint names file, line and column, and what was probably meant.
#pragma once

#include "rules/rules.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace opex::rules {

/// One pack. `name` is the file's name for messages. Fails on malformed YAML, unknown keys, wrong types
/// and values, references to subjects or settings that do not exist; all errors of the file in one.
llvm::Expected<Pack> parsePack(llvm::StringRef yaml, llvm::StringRef name);

llvm::Expected<std::vector<Practice>> parsePractices(llvm::StringRef yaml, llvm::StringRef name);

/// The packs built into the program, and then the files of `extra`. A file that cannot be read is an error.
llvm::Expected<RuleSet> loadRules(const std::vector<std::string> &extra);

} // namespace opex::rules
