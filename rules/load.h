// Rule packs from YAML. Every complaint names file, line and column, and what was probably meant.
#pragma once

#include "rules/rules.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace opex::rules {

/// One pack. `name` is the file's name for messages. Fails on malformed YAML, unknown keys, wrong types
/// and values, references to subjects or settings that neither it nor `others` have, ids that are taken;
/// all errors of the file in one.
llvm::Expected<Pack> parsePack(llvm::StringRef yaml, llvm::StringRef name, llvm::ArrayRef<Pack> others = {});

llvm::Expected<std::vector<Practice>> parsePractices(llvm::StringRef yaml, llvm::StringRef name);

/// The packs built into the program and the files of `extra`, which may refer to subjects of the former
/// and of those before them; a file whose pack has the name of a built-in one replaces it. A file that
/// cannot be read is an error.
llvm::Expected<RuleSet> loadRules(const std::vector<std::string> &extra);

} // namespace opex::rules
