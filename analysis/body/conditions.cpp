#include "analysis/body/conditions.h"

#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace opex {

Compare negated(Compare op) {
  switch (op) {
  case Compare::Less: return Compare::GreaterEqual;
  case Compare::LessEqual: return Compare::Greater;
  case Compare::Greater: return Compare::LessEqual;
  case Compare::GreaterEqual: return Compare::Less;
  case Compare::Equal: return Compare::NotEqual;
  case Compare::NotEqual: return Compare::Equal;
  }
  llvm_unreachable("unknown comparison");
}

Compare mirrored(Compare op) {
  switch (op) {
  case Compare::Less: return Compare::Greater;
  case Compare::LessEqual: return Compare::GreaterEqual;
  case Compare::Greater: return Compare::Less;
  case Compare::GreaterEqual: return Compare::LessEqual;
  case Compare::Equal:
  case Compare::NotEqual: return op;
  }
  llvm_unreachable("unknown comparison");
}

std::optional<Compare> compareOf(llvm::StringRef op) {
  return llvm::StringSwitch<std::optional<Compare>>(op)
      .Case("<", Compare::Less)
      .Case("<=", Compare::LessEqual)
      .Case(">", Compare::Greater)
      .Case(">=", Compare::GreaterEqual)
      .Case("==", Compare::Equal)
      .Case("!=", Compare::NotEqual)
      .Default(std::nullopt);
}

bool holds(Compare op, int64_t left, int64_t right) {
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

Comparison mirrored(const Comparison &comparison) {
  return {comparison.right, comparison.left, mirrored(comparison.op)};
}

std::optional<Comparison> comparisonOf(const Function &function, Index<Value> index, bool isTrue) {
  index = withoutCasts(function, index);
  if (!index)
    return std::nullopt;
  const Value &value = function[index];
  std::optional<Compare> op = value.kind == ValueKind::Binary ? compareOf(value.text) : std::nullopt;
  if (!op || value.operands.size() != 2)
    return std::nullopt;
  return Comparison{withoutCasts(function, value.operands[0]), withoutCasts(function, value.operands[1]),
                    isTrue ? *op : negated(*op)};
}

Split splitCondition(const Function &function, Index<Value> condition, bool isTrue) {
  for (;;) {
    const Index<Value> bare = withoutCasts(function, condition);
    const Value *value = bare ? &function[bare] : nullptr;
    if (value && value->kind == ValueKind::Unary && value->text == "!" && !value->operands.empty()) {
      condition = value->operands[0];
      isTrue = !isTrue;
      continue;
    }
    bool isAnd = value && value->kind == ValueKind::Binary && value->text == "&&";
    bool isOr = value && value->kind == ValueKind::Binary && value->text == "||";
    if ((!isAnd && !isOr) || value->operands.size() != 2)
      return {Split::Whole, condition, {}, isTrue};
    return {isAnd == isTrue ? Split::Both : Split::Either, value->operands[0], value->operands[1], isTrue};
  }
}

/// With `all` also of parts whose outcome is open. Ends when `visit` returns false, and then does so itself.
static bool walkParts(const Function &function, Index<Value> condition, bool isTrue, bool all,
                      llvm::function_ref<bool(Index<Value>, bool)> visit) {
  const Split split = splitCondition(function, condition, isTrue);
  if (split.kind == Split::Whole) {
    const Index<Value> part = withoutCasts(function, split.left);
    return !part || visit(part, split.isTrue);
  }
  if (!all && split.kind == Split::Either)
    return true;
  return walkParts(function, split.left, split.isTrue, all, visit) &&
         walkParts(function, split.right, split.isTrue, all, visit);
}

void visitImplied(const Function &function, Index<Value> condition, bool isTrue,
                  llvm::function_ref<void(Index<Value>, bool)> visit) {
  walkParts(function, condition, isTrue, /*all=*/false, [&](Index<Value> part, bool is) {
    visit(part, is);
    return true;
  });
}

bool anyPart(const Function &function, Index<Value> condition, llvm::function_ref<bool(Index<Value>)> test) {
  return !walkParts(function, condition, true, /*all=*/true, [&](Index<Value> part, bool) { return !test(part); });
}

} // namespace opex
