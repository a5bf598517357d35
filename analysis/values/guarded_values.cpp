#include "analysis/values/guarded_values.h"

#include "analysis/body/counters.h"
#include "analysis/body/exits.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool compares(Compare op, int64_t left, int64_t right) {
  switch (op) {
  case Compare::Less: return left < right;
  case Compare::LessEqual: return left <= right;
  case Compare::Greater: return left > right;
  case Compare::GreaterEqual: return left >= right;
  case Compare::Equal: return left == right;
  case Compare::NotEqual: return left != right;
  }
  llvm_unreachable("unknown comparison");
}

/// One variable, and the conditions that speak of it.
class Guards {
public:
  Guards(const Function &function, Index<Value> variable, NumberSet &numbers)
      : function_(function), variable_(variable), numbers_(numbers) {}

  /// The condition has come out as `isTrue`.
  void apply(Index<Value> condition, bool isTrue) {
    condition = withoutCasts(function_, condition);
    if (!condition)
      return;
    const Value &value = function_[condition];
    if (isSameObject(function_, condition, variable_))
      return keep([&](int64_t number) { return (number != 0) == isTrue; });
    if (value.kind == ValueKind::Unary && value.text == "!")
      return apply(value.operands[0], !isTrue);
    if (value.kind != ValueKind::Binary || value.operands.size() != 2)
      return;
    if (value.text == (isTrue ? "&&" : "||")) {
      apply(value.operands[0], isTrue);
      return apply(value.operands[1], isTrue);
    }
    if (std::optional<Compare> op = compareOf(value.text))
      compare(isTrue ? *op : negated(*op), value);
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
  void compare(Compare op, const Value &comparison) {
    Index<Value> left = withoutCasts(function_, comparison.operands[0]), right = withoutCasts(function_, comparison.operands[1]);
    if (!isSameObject(function_, left, variable_)) {
      std::swap(left, right);
      op = mirrored(op);
    }
    if (isSameObject(function_, left, variable_) && function_[right].constant)
      keep([&, limit = *function_[right].constant](int64_t number) { return compares(op, number, limit); });
  }

  void keep(llvm::function_ref<bool(int64_t)> test) {
    std::erase_if(numbers_.known, [&](int64_t number) { return !test(number); });
  }

  const Function &function_;
  Index<Value> variable_;
  NumberSet &numbers_;
};

} // namespace

void dropExcluded(const Function &function, Index<Block> start, Index<Value> value, NumberSet &numbers) {
  Index<Value> variable = withoutCasts(function, value);
  if (!start || !variable || numbers.known.empty() || function[variable].kind == ValueKind::Constant)
    return;
  auto isChangedIn = [&](Index<Block> block) {
    return llvm::any_of(function.assigns, [&](const Assign &assign) {
      return !assign.isInitializer && isIn(function, assign.block, block) && isSameObject(function, assign.target, variable);
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
