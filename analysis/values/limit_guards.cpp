#include "analysis/values/limit_guards.h"

#include "analysis/body/conditions.h"

#include "llvm/ADT/STLExtras.h"

#include <set>
#include <string>

namespace opex {
namespace {

constexpr int64_t kLarge = 1'000'000'000; // A limit in whatever unit.

class Guard {
public:
  Guard(const Program &program, const LinkedFunction &function, Index<Value> value)
      : program_(program), function_(function), body_(*function.body) {
    collect(value, speaksOf_);
  }

  bool isOnlyAbout(Index<Value> condition, bool isTrue) const {
    bool isAll = !speaksOf_.empty(), hasParts = false;
    visitImplied(body_, condition, isTrue, [&](Index<Value> part, bool isHeld) {
      hasParts = true;
      std::set<std::string> names;
      collect(part, names);
      isAll &= !names.empty() &&
               llvm::all_of(names, [&](const std::string &name) { return speaksOf_.contains(name); }) &&
               letsLimitsPass(part, isHeld);
    });
    return isAll && hasParts;
  }

private:
  /// Every real limit gets through.
  bool letsLimitsPass(Index<Value> part, bool isHeld) const {
    if (std::optional<Comparison> comparison = comparisonOf(body_, part, isHeld)) {
      if (body_[comparison->left].constant)
        comparison = mirrored(*comparison);
      std::optional<int64_t> bound = body_[comparison->right].constant;
      return !bound ||
             (*bound <= 1 && holds(comparison->op, kLarge, *bound) && holds(comparison->op, 1, *bound));
    }
    const Value &value = body_[part];
    llvm::StringRef name =
        value.kind == ValueKind::Call ? unqualified(body_.calls[value.index].name) : llvm::StringRef();
    if (name == "operator<=" || name == "operator==" || name == "operator<")
      return !isHeld;
    return isHeld;
  }

  /// What the value is made of, by how it is written: variables and results of calls, constants left out.
  void collect(Index<Value> index, std::set<std::string> &names) const {
    if (!index)
      return;
    const Value &value = body_[index];
    if (value.constant)
      return;
    switch (value.kind) {
    case ValueKind::Cast:
    case ValueKind::Unary:
    case ValueKind::Binary:
    case ValueKind::Deref:
    case ValueKind::AddressOf:
    case ValueKind::List:
      for (Index<Value> operand : value.operands)
        collect(operand, names);
      return;
    case ValueKind::Call: return collectCall(index, body_.calls[value.index], names);
    case ValueKind::Null: return;
    default: names.insert(spell(program_, body_, index, 400));
    }
  }

  void collectCall(Index<Value> index, const Call &call, std::set<std::string> &names) const {
    bool isOwn = llvm::any_of(program_.calleesAt(function_, Index<Call>(body_[index].index)),
                              [](const CallEdge &) { return true; });
    // Durations and optionals of libraries, and what asks them for their number.
    bool isPlain = call.kind == CallKind::Constructor || call.kind == CallKind::Operator ||
                   (call.kind == CallKind::Method && call.arguments.empty()) ||
                   (!call.object && call.arguments.size() == 1);
    if (isOwn || !isPlain)
      return void(names.insert(spell(program_, body_, index, 400)));
    collect(call.object, names);
    for (Index<Value> argument : call.arguments)
      collect(argument, names);
  }

  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  std::set<std::string> speaksOf_;
};

} // namespace

Index<Block> beyondLimitGuards(const Program &program, const LinkedFunction &function, Index<Block> block,
                               Index<Value> value) {
  const Function &body = *function.body;
  if (!value || !block)
    return block;
  Guard guard(program, function, value);
  for (Index<Block> around = block; around; around = body[around].parent) {
    const Block &here = body[around];
    if (here.role == BlockRole::Plain)
      continue;
    if (here.role != BlockRole::Then && here.role != BlockRole::Else)
      break;
    const Branch &branch = body.branches[here.owner.index];
    if (!guard.isOnlyAbout(branch.condition, here.role == BlockRole::Then))
      break;
    block = here.parent;
  }
  return block;
}

} // namespace opex
