// What rule packs want to be found in translation units beside what bodies mention.
#pragma once

#include "frontend/look_up.h"
#include "rules/rules.h"

#include "llvm/ADT/ArrayRef.h"

namespace opex {

/// The version macros of all packs; of the packs that are proven on this run (`proven`) also every name, macro and header
/// of their rows.
LookFor lookForPacks(const rules::RuleSet &rules, llvm::ArrayRef<rules::Pack> proven);

/// The packs that come from these files.
std::vector<rules::Pack> packsOf(const rules::RuleSet &rules, llvm::ArrayRef<std::string> files);

} // namespace opex
