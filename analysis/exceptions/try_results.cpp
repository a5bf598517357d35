#include "analysis/exceptions/try_results.h"

#include "analysis/body/answer_values.h"
#include "analysis/body/conditions.h"
#include "analysis/body/exits.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <optional>

namespace opex {
namespace {

class TryResults {
public:
  TryResults(const Program &program, const LinkedFunction &function, Index<Try> owner)
      : program_(program), function_(function), body_(*function.body), owner_(body_[owner]), values_(program, function) {}

  bool testsResultFor(Index<Handler> handler) const {
    const std::optional<uint32_t> first = firstBehind(body_[handler]);
    if (!first)
      return false;
    auto isReached = [&](const Site &site) { return isAfterTry(body_, owner_, site) && site.offset >= *first; };
    for (const Branch &branch : body_.branches)
      if (isReached(branch.site) && testsSet(branch.condition))
        return true;
    for (const Loop &loop : body_.loops)
      if (isReached(loop.site) && testsSet(loop.condition))
        return true;
    return llvm::any_of(body_.exits,
                        [&](const Exit &exit) { return isReturn(exit) && isReached(exit.site) && returnsStatus(exit.value); });
  }

  bool testsWhatTrySets(Index<Value> condition) const {
    return condition &&
           llvm::any_of(assigned(true), [&](Index<Value> variable) { return tests(condition, variable); });
  }

  bool isStatusVariable(Index<Value> variable) const {
    const Value &value = body_[variable];
    if (value.kind != ValueKind::Local)
      return false;
    const Local &local = body_.locals[value.index];
    if (!llvm::any_of(assigned(true), [&](Index<Value> target) { return values_.isSame(target, variable); }))
      return false;
    if (values_.canBeAbsent(local.type))
      return true;
    Index<Value> init = values_.strip(local.init);
    if (!init)
      return false;
    return values_.isBool(local.type) || body_[init].kind == ValueKind::Enumerator ||
           (body_[init].constant && *body_[init].constant < 0);
  }

private:
  /// Where what runs after the handler begins, at the earliest; none if it leaves the function.
  std::optional<uint32_t> firstBehind(const Handler &handler) const {
    const Exits exits = exitsOf(body_, handler.body);
    if (exits.fallsThrough || exits.jumps)
      return 0;
    std::optional<uint32_t> first;
    for (const Exit &exit : body_.exits)
      if (Index<Block> ended = isIn(body_, exit.block, handler.body) ? jumpTarget(body_, exit) : Index<Block>())
        first = std::min(first.value_or(UINT32_MAX), body_[ended].site.offset + body_[ended].site.length);
    return first;
  }

  bool isVariable(Index<Value> index, Index<Value> variable) const {
    index = values_.strip(index);
    return index && values_.isSame(index, variable);
  }

  /// Targets of assignments in the try.
  std::vector<Index<Value>> assigned(bool atTopLevel) const {
    std::vector<Index<Value>> targets;
    auto add = [&](Index<Value> target, Index<Block> block) {
      target = values_.strip(target);
      if (!target || (atTopLevel ? block != owner_.body : !isInTry(body_, owner_, block)))
        return;
      const Value &value = body_[target];
      bool isOuter =
          value.kind == ValueKind::Local && !isInTry(body_, owner_, body_.locals[value.index].block);
      if (isOuter || value.kind == ValueKind::Field || isElement(value))
        targets.push_back(target);
    };
    for (const Assign &assign : body_.assigns)
      add(assign.target, assign.block);
    for (const Call &call : body_.calls)
      if (call.kind == CallKind::Operator && unqualified(call.name) == "operator=")
        add(targetOf(call), call.block);
    return targets;
  }

  /// `commands[i]`, `*slot`, `rows.at(n)`.
  bool isElement(const Value &value) const {
    if (value.kind != ValueKind::Call)
      return value.kind == ValueKind::Element || value.kind == ValueKind::Deref;
    llvm::StringRef name = unqualified(body_.calls[value.index].name);
    return name == "operator[]" || name == "operator*" || name == "at";
  }

  /// Variables that calls in the try may fill: `resolve(addresses, name)`, `rows.push_back(row)`.
  std::vector<Index<Value>> filled() const {
    std::vector<Index<Value>> targets;
    auto add = [&](Index<Value> target) {
      target = values_.strip(target);
      if (target && body_[target].kind == ValueKind::AddressOf)
        target = values_.strip(body_[target].operands.front());
      if (target && body_[target].kind == ValueKind::Local &&
          !isInTry(body_, owner_, body_.locals[body_[target].index].block))
        targets.push_back(target);
    };
    for (const Call &call : body_.calls) {
      if (!isInTry(body_, owner_, call.block))
        continue;
      const Declaration *callee = program_.declaration(call.callee);
      if (call.kind == CallKind::Method && !(callee && callee->isConst))
        add(call.object);
      for (size_t i = 0; i < call.arguments.size(); ++i)
        if (isWritable(program_.parameterType(call.callee, i)))
          add(call.arguments[i]);
    }
    return targets;
  }

  static bool isWritable(const Type *type) {
    return !type || ((type->kind == TypeClass::Reference || type->kind == TypeClass::Pointer) &&
                     !type->canonical.starts_with("const "));
  }

  bool testsSet(Index<Value> condition) const {
    if (!condition)
      return false;
    auto isTested = [&](Index<Value> variable) { return tests(condition, variable); };
    return llvm::any_of(assigned(false), isTested) || llvm::any_of(filled(), isTested);
  }

  /// A condition that asks whether the variable has been set.
  bool tests(Index<Value> condition, Index<Value> variable) const {
    return anyPart(body_, condition, [&](Index<Value> part) {
      const Value &value = body_[part];
      if (isVariable(part, variable))
        return true;
      if (value.kind == ValueKind::Binary && value.operands.size() == 2)
        return isComparedWithUnset(value.operands[0], value.operands[1], variable);
      return value.kind == ValueKind::Call && testsByCall(body_.calls[value.index], variable);
    });
  }

  bool isComparedWithUnset(Index<Value> left, Index<Value> right, Index<Value> variable) const {
    return isVariable(left, variable) ? isUnsetValue(right, variable)
                                      : isVariable(right, variable) && isUnsetValue(left, variable);
  }

  bool testsByCall(const Call &call, Index<Value> variable) const {
    static constexpr llvm::StringLiteral kTests[] = {
        "empty", "has_value",  "operator bool", "operator!", "isNull",  "isEmpty", "is_null",
        "valid", "operator==", "operator!=",    "good",      "is_open", "size"};
    Index<Value> first = call.object              ? call.object
                         : call.arguments.empty() ? Index<Value>()
                                                  : call.arguments.front();
    return first && isVariable(first, variable) && llvm::is_contained(kTests, unqualified(call.name));
  }

  /// The value that the variable keeps when the try fails, or one that usually means "none".
  bool isUnsetValue(Index<Value> index, Index<Value> variable) const {
    index = values_.strip(index);
    const Value &value = body_[index];
    if (value.kind == ValueKind::Null || value.kind == ValueKind::Enumerator ||
        values_.shapeOf(index) == Shape::Absent)
      return true;
    const Value &target = body_[variable];
    if (target.kind == ValueKind::Local && body_.locals[target.index].init)
      return values_.isSame(index, body_.locals[target.index].init);
    return value.constant && *value.constant <= 0;
  }

  bool returnsStatus(Index<Value> value) const {
    if (!value)
      return false;
    const std::vector<uint8_t> isPut = putIntoObjects(function_);
    return mentions(body_, value, [&](const Value &part) {
      const size_t index = &part - body_.values.data();
      return part.kind == ValueKind::Local && !isPut[index] && isStatusVariable(Index<Value>(index));
    });
  }

  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  const Try &owner_;
  AnswerValues values_;
};

} // namespace

bool testsResultOf(const Program &program, const LinkedFunction &function, Index<Handler> handler) {
  return TryResults(program, function, (*function.body)[handler].owner).testsResultFor(handler);
}

bool testsWhatTrySets(const Program &program, const LinkedFunction &function, Index<Try> owner,
                      Index<Value> condition) {
  return TryResults(program, function, owner).testsWhatTrySets(condition);
}

bool isStatusVariable(const Program &program, const LinkedFunction &function, Index<Try> owner,
                      Index<Value> variable) {
  return TryResults(program, function, owner).isStatusVariable(variable);
}

std::vector<uint8_t> putIntoObjects(const LinkedFunction &function) {
  const Function &body = *function.body;
  std::vector<uint8_t> result(body.values.size());
  auto nameOf = [&](Index<Type> type) { return type ? llvm::StringRef((*function.unit)[type].recordName) : llvm::StringRef(); };
  for (const Call &call : body.calls) {
    bool isMaker = call.isHeap || (call.kind == CallKind::Function && !call.templateArguments.empty() && nameOf(call.type).ends_with("_ptr"));
    for (Index<Value> argument : isMaker ? llvm::ArrayRef(call.arguments) : llvm::ArrayRef<Index<Value>>()) {
      argument = argument ? withoutCasts(body, argument) : argument;
      if (argument && body[argument].kind == ValueKind::Local && nameOf(body[argument].type).ends_with("_ptr"))
        result[argument.value] = 1;
    }
  }
  return result;
}

bool isInTry(const Function &body, const Try &owner, Index<Block> block) {
  return isIn(body, block, owner.body);
}

bool isAfterTry(const Function &body, const Try &owner, const Site &site) {
  Index<Block> last = owner.handlers.empty() ? owner.body : body[owner.handlers.back()].body;
  return last && site.file == owner.site.file &&
         site.offset >= body[last].site.offset + body[last].site.length;
}

} // namespace opex
