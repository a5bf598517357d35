// What rule packs say, for people: which packs count and in which order, and a row as its author wrote it.
#pragma once

#include "rules/rules.h"

#include "llvm/Support/Error.h"

#include <string>

namespace opex {

/// All packs in the order in which they were loaded, and the rows that later ones took out.
std::string renderPackList(const rules::RuleSet &rules);

/// `name` is a pack, or `<pack>/<id>` of rows. An error, with what may have been meant, if there is none.
llvm::Expected<std::string> renderRuleText(const rules::RuleSet &rules, llvm::StringRef name);

} // namespace opex
