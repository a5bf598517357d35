#include "analysis/values/guarded_values.h"

#include "analysis/body/conditions.h"
#include "analysis/body/exits.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// One variable, and the conditions that speak of it.
class Guards {
public:
  Guards(const Function &function, const Place &variable, NumberSet &numbers)
      : function_(function), variable_(variable), numbers_(numbers) {}

  /// The condition has come out as `isTrue`.
  void apply(Index<Value> condition, bool isTrue) {
    visitImplied(function_, condition, isTrue, [&](Index<Value> part, bool isHeld) {
      if (names(function_, part, variable_))
        keep([&](int64_t number) { return (number != 0) == isHeld; });
      else if (std::optional<Comparison> comparison = comparisonOf(function_, part, isHeld))
        compare(*comparison);
    });
  }

  /// Branches of the block that stand before the place and leave.
  void applyExits(Index<Block> block, const Site &place) {
    for (const Step &step : function_[block].steps) {
      if (step.kind != StepKind::Branch)
        continue;
      const Branch &branch = function_.branches[step.index];
      bool isBefore = branch.site.file == place.file && branch.site.offset < place.offset;
      if (isBefore && branch.kind == BranchKind::If && !branch.otherwise && alwaysLeaves(function_, branch.then))
        apply(branch.condition, false);
    }
  }

private:
  void compare(Comparison comparison) {
    if (!names(function_, comparison.left, variable_))
      comparison = mirrored(comparison);
    const auto [left, right, op] = comparison;
    if (std::optional<int64_t> limit = function_[right].constant; limit && names(function_, left, variable_))
      keep([op = op, limit](int64_t number) { return holds(op, number, *limit); });
  }

  void keep(llvm::function_ref<bool(int64_t)> test) {
    std::erase_if(numbers_.known, [&](int64_t number) { return !test(number); });
  }

  const Function &function_;
  const Place &variable_;
  NumberSet &numbers_;
};

} // namespace

void dropExcluded(const Function &function, Index<Block> start, Index<Value> value, NumberSet &numbers) {
  const Place variable = start && !numbers.known.empty() ? placeOf(function, value) : Place();
  if (!variable)
    return;
  auto isChangedIn = [&](Index<Block> block) {
    return llvm::any_of(function.assigns, [&](const Assign &assign) {
      return !assign.isInitializer && isIn(function, assign.block, block) &&
             variable.isPartOf(placeOf(function, assign.target));
    });
  };
  Guards guards(function, variable, numbers);
  for (Index<Block> block = start; block && !isChangedIn(block); block = function[block].parent) {
    const Block &here = function[block];
    if (here.role == BlockRole::Then || here.role == BlockRole::Else)
      guards.apply(function.branches[here.owner.index].condition, here.role == BlockRole::Then);
    guards.applyExits(block, function[value].site);
  }
}

} // namespace opex
