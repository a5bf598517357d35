// One finding with all that it rests on, and what is known about one line of the code, for people. Both are text
// as it is: whoever shows it escapes it (printableLines).
#pragma once

#include "model/check.h"
#include "model/dependency.h"
#include "rules/rules.h"

#include <string>
#include <tuple>
#include <vector>

namespace opex {

/// The finding's confidence and why it has it, its evidence with the source lines, the dependency calls of it phase by
/// phase, the rows of packs that made it one, as written, and its practices. `shown` says who gets to see it.
std::string renderFindingStory(const Finding &finding, const Check &check, const Program &program, llvm::ArrayRef<DependencyUse> uses,
                               const rules::RuleSet &rules, llvm::StringRef shown);

/// Something that is said about one thing in the code, and where that comes from.
struct Remark {
  std::string text;
  std::vector<ChainStep> evidence;
};

/// What is known of a dependency call: the row that means it, and for each phase how it is bounded and why.
std::vector<Remark> remarksOn(const DependencyUse &use);

/// One thing that stands on a line: a call, a loop, a handler.
struct PlaceItem {
  uint32_t column = 0;
  std::string what; ///< "call of `f`".
  std::vector<Remark> remarks;

  bool operator<(const PlaceItem &other) const { return std::tie(column, what) < std::tie(other.column, other.what); }
};

/// All that stands on a line.
struct PlaceStory {
  std::string path;
  uint32_t line = 0;
  std::string lineText; ///< Empty if it is not known.
  std::vector<PlaceItem> items; ///< Sorted.
  std::string otherwise; ///< What is said if there are none.
};

std::string renderPlaceStory(const PlaceStory &story);

} // namespace opex
