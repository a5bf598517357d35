#include "analysis/apis/argument_conditions.h"

#include "analysis/apis/roles.h"
#include "analysis/body/conditions.h"
#include "analysis/values/text_values.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxSteps = 300; // Flags computed from each other would multiply without end.

Truth either(Truth one, Truth other) { return one == other ? one : Truth::Maybe; }

/// Whether a flag is among those that a value is made of. Follows variables in the order in which they are
/// changed.
class FlagReader {
public:
  FlagReader(const Program &program, Provenance &provenance, Constants &constants,
             const rules::ArgumentIs &condition)
      : program_(program), provenance_(provenance), constants_(constants), condition_(condition) {
    condition_.hasFlag = false; // What is or-ed together is taken apart here.
  }

  /// The value as it is at the moment, which may be none.
  Truth of(const Frame &frame, Index<Value> index, Moment use) {
    if (!index || ++steps_ > kMaxSteps)
      return Truth::Maybe;
    const LinkedFunction &function = program_.functions[frame.function];
    const Value &value = (*function.body)[index];
    if (value.kind != ValueKind::Binary && value.kind != ValueKind::Choice && isFlag(function, index))
      return Truth::Yes;
    switch (value.kind) {
    case ValueKind::Cast:
    case ValueKind::Await: return value.operands.empty() ? Truth::Maybe : of(frame, value.operands[0], use);
    case ValueKind::Binary: return ofBinary(frame, value, use);
    case ValueKind::Choice: return ofChoice(frame, value, use);
    case ValueKind::Local: return ofLocal(frame, value.index, use);
    case ValueKind::Field:
    case ValueKind::Global: return value.constant ? Truth::No : ofShared(value.entity);
    case ValueKind::Call: return ofCall(frame, Index<Call>(value.index));
    default: return value.constant ? Truth::No : Truth::Maybe;
    }
  }

  /// Set if the results of calls without a body are all that hides it, and it is one call.
  std::optional<CallRef> readBy() const {
    return opaque_.size() == 1 && !isHidden_ ? std::optional(opaque_.front()) : std::nullopt;
  }

private:
  bool isFlag(const LinkedFunction &function, Index<Value> value) {
    return namesOneOf(program_, function, value, condition_);
  }

  /// `~flag`, or what is made of it and others.
  bool takesAway(const Frame &frame, Index<Value> index) {
    const LinkedFunction &function = program_.functions[frame.function];
    const Value &value = (*function.body)[index];
    if (value.kind == ValueKind::Cast && !value.operands.empty())
      return takesAway(frame, value.operands[0]);
    if (value.kind == ValueKind::Unary && value.text == "~" && !value.operands.empty())
      return FlagReader(program_, provenance_, constants_, condition_).of(frame, value.operands[0], {}) ==
             Truth::Yes;
    return value.kind == ValueKind::Binary && value.text == "&" &&
           llvm::any_of(value.operands, [&](Index<Value> operand) { return takesAway(frame, operand); });
  }

  Truth ofBinary(const Frame &frame, const Value &value, Moment use) {
    if (value.operands.size() != 2)
      return Truth::Maybe;
    if (value.text == "&" && (takesAway(frame, value.operands[0]) || takesAway(frame, value.operands[1])))
      return Truth::No;
    if (value.text != "|" && value.text != "+" && value.text != "&")
      return hide();
    Truth left = of(frame, value.operands[0], use), right = of(frame, value.operands[1], use);
    return value.text == "&" ? std::min(left, right) : std::max(left, right);
  }

  Truth ofChoice(const Frame &frame, const Value &value, Moment use) {
    if (value.operands.size() != 3)
      return hide();
    Truth taken = outcomeOf(frame, value.operands[0], true);
    if (taken != Truth::Maybe)
      return of(frame, value.operands[taken == Truth::Yes ? 1 : 2], use);
    return either(of(frame, value.operands[1], use), of(frame, value.operands[2], use));
  }

  /// Whether the condition comes out as `isTrue`.
  Truth outcomeOf(const Frame &frame, Index<Value> condition, bool isTrue) {
    Split split = splitCondition(*program_.functions[frame.function].body, condition, isTrue);
    if (split.kind != Split::Whole)
      return Truth::Maybe;
    NumberSet numbers = constants_.of(frame, split.left);
    if (numbers.isUnknown || numbers.known.size() != 1)
      return Truth::Maybe;
    return (*numbers.known.begin() != 0) == split.isTrue ? Truth::Yes : Truth::No;
  }

  Truth ofLocal(const Frame &frame, uint32_t index, Moment use) {
    const LinkedFunction &function = program_.functions[frame.function];
    const Function &body = *function.body;
    const Local &local = body.locals[index];
    Truth state = hasStart(local) ? of(frame, local.init, {}) : Truth::Maybe;
    if (local.kind == LocalKind::Parameter)
      state = ofParameter(frame, function, index);
    else if (local.kind == LocalKind::Capture)
      if (const LinkedFunction *enclosing = program_.enclosing(function))
        state = of({enclosing->position, {}}, local.init, {});
    for (const Assign &assign : body.assigns) {
      const Value &target = body[assign.target];
      if (target.kind != ValueKind::Local || target.index != index)
        continue;
      Moment at = momentOf(body, assign);
      Before before = use.valid() && at.valid() ? happensBefore(body, at, use) : Before::Sometimes;
      if (before != Before::Never)
        state = afterAssign(frame, assign, at, before, state);
    }
    return state;
  }

  static bool hasStart(const Local &local) {
    return local.init && (local.kind == LocalKind::Automatic || local.kind == LocalKind::Static);
  }

  Truth afterAssign(const Frame &frame, const Assign &assign, Moment at, Before before, Truth state) {
    const Function &body = *program_.functions[frame.function].body;
    Truth next = Truth::Maybe;
    if (assign.op == "=" && assign.value)
      next = of(frame, assign.value, at);
    else if (assign.op == "|=" && assign.value)
      next = std::max(state, of(frame, assign.value, at));
    else if (assign.op == "&=" && assign.value)
      next = takesAway(frame, assign.value) ? Truth::No : state;
    Index<Block> arm = before == Before::Sometimes ? conditionalArm(body, at, {}) : Index<Block>();
    if (arm && body[arm].owner.kind == StepKind::Branch) {
      Truth taken =
          outcomeOf(frame, body.branches[body[arm].owner.index].condition, body[arm].role == BlockRole::Then);
      return taken == Truth::Yes ? next : taken == Truth::No ? state : either(state, next);
    }
    return before == Before::Always ? next : either(state, next);
  }

  Truth ofParameter(const Frame &frame, const LinkedFunction &function, uint32_t index) {
    if (!frame.path.empty()) {
      CallRef call = frame.path.front();
      const Call &site = program_.functions[call.function].body->calls[call.call.value];
      Frame caller{call.function, {frame.path.begin() + 1, frame.path.end()}};
      return index < site.arguments.size() ? of(caller, site.arguments[index],
                                                momentOf(*program_.functions[call.function].body, call.call))
                                           : hide();
    }
    std::optional<Truth> all;
    for (const CallEdge &edge : function.callers) {
      Truth one = of({edge.caller, {}}, argumentOf(program_, edge, index),
                     momentOf(*program_.functions[edge.caller].body, edge.call));
      all = all ? either(*all, one) : one;
    }
    return all ? *all : hide();
  }

  Truth ofShared(EntityId entity) {
    std::optional<Truth> all;
    for (const Provenance::Incoming &in : provenance_.assignedTo(entity)) {
      Truth one = in.value ? of({in.function, {}}, in.value, {}) : hide();
      all = all ? either(*all, one) : one;
    }
    return all && !provenance_.isTouched(entity) ? *all : hide();
  }

  Truth ofCall(const Frame &frame, Index<Call> index) {
    const LinkedFunction &function = program_.functions[frame.function];
    std::optional<Truth> all;
    for (const CallEdge &edge : program_.calleesAt(function, index)) {
      Frame callee{edge.callee, {{frame.function, index}}};
      callee.path.insert(callee.path.end(), frame.path.begin(), frame.path.end());
      for (Index<Value> returned : provenance_.returned(edge.callee)) {
        Truth one = of(callee, returned, {});
        all = all ? either(*all, one) : one;
      }
    }
    if (all)
      return *all;
    CallRef ref{frame.function, index};
    if (!llvm::is_contained(opaque_, ref))
      opaque_.push_back(ref);
    return Truth::Maybe;
  }

  Truth hide() {
    isHidden_ = true;
    return Truth::Maybe;
  }

  const Program &program_;
  Provenance &provenance_;
  Constants &constants_;
  rules::ArgumentIs condition_;
  std::vector<CallRef> opaque_;
  bool isHidden_ = false;
  unsigned steps_ = 0;
};

/// A value of this kind says by itself what it is: an object that serves as a name, a text, a lambda.
bool isPlain(const LinkedFunction &function, const Value &value) {
  switch (value.kind) {
  case ValueKind::String:
  case ValueKind::Float:
  case ValueKind::Enumerator:
  case ValueKind::Constant:
  case ValueKind::Function:
  case ValueKind::Lambda:
  case ValueKind::Null: return true;
  case ValueKind::Global: return value.type && (*function.unit)[value.type].kind == TypeClass::Record;
  default: return false;
  }
}

} // namespace

Truth ArgumentConditions::ofText(const Frame &frame, Index<Value> value, const rules::ArgumentIs &condition) {
  TextValue text = textOf(program_, provenance_, constants_, frame, value);
  if (condition.isPrefix)
    return llvm::any_of(condition.anyOf,
                        [&](llvm::StringRef prefix) {
                          return llvm::StringRef(text.literals).ltrim().starts_with_insensitive(prefix);
                        })
               ? Truth::Yes
               : Truth::No; // Most texts are none of these.
  if (text.hasGaps || text.literals.empty())
    return Truth::Maybe;
  return llvm::is_contained(condition.anyOf, text.literals) ? Truth::Yes : Truth::No;
}

Truth ArgumentConditions::ofValue(const Frame &frame, Index<Value> value,
                                  const rules::ArgumentIs &condition) {
  NumberSet numbers = constants_.of(frame, value);
  auto isNamed = [&](llvm::StringRef name) {
    return llvm::any_of(condition.anyOf, [&](const std::string &wanted) {
      return name == wanted || unqualified(name) == wanted;
    });
  };
  bool isMatch = llvm::any_of(numbers.known,
                              [&](int64_t number) {
                                return llvm::is_contained(condition.anyOf, std::to_string(number));
                              }) ||
                 llvm::any_of(numbers.names, isNamed) ||
                 (numbers.mayBeNull && llvm::is_contained(condition.anyOf, "nullptr"));
  if (numbers.isUnknown) {
    const LinkedFunction &function = program_.functions[frame.function];
    Index<Type> type = (*function.body)[value].type;
    bool isText =
        type && ((*function.unit)[type].kind == TypeClass::Record || (*function.unit)[type].indirections > 0);
    return isText ? ofText(frame, value, condition) : Truth::Maybe;
  }
  if (numbers.known.size() + numbers.mayBeNull <= 1)
    return isMatch ? Truth::Yes : Truth::No;
  return isMatch ? Truth::Maybe : Truth::No;
}

ConditionTruth ArgumentConditions::of(const Frame &frame, const Call &call,
                                      const rules::ArgumentIs &condition) {
  const LinkedFunction &function = program_.functions[frame.function];
  Index<Value> value = valueAt(function, call, condition.place);
  if (!value)
    return {};
  return of(frame, value, momentOf(*function.body, Index<Call>(&call - function.body->calls.data())),
            condition);
}

ConditionTruth ArgumentConditions::of(const Frame &frame, Index<Value> value, Moment use,
                                      const rules::ArgumentIs &condition) {
  if (condition.hasFlag) {
    FlagReader reader(program_, provenance_, constants_, condition);
    Truth truth = reader.of(frame, value, use);
    return {truth, truth == Truth::Maybe ? reader.readBy() : std::nullopt};
  }
  auto [at, resolved] = constants_.atCaller(frame, value);
  const LinkedFunction &caller = program_.functions[at.function];
  bool isAddress = false;
  while (resolved && (*caller.body)[resolved].kind == ValueKind::AddressOf &&
         !(*caller.body)[resolved].operands.empty()) {
    resolved = (*caller.body)[resolved].operands[0];
    isAddress = true;
  }
  if (namesOneOf(program_, caller, resolved, condition))
    return {Truth::Yes};
  if (condition.isPrefix)
    return {ofText(frame, value, condition)};
  bool asksForNull = llvm::all_of(condition.anyOf, [](llvm::StringRef text) { return text == "nullptr"; });
  if (!resolved || isPlain(caller, (*caller.body)[resolved]) || (isAddress && asksForNull))
    return {Truth::No};
  return {ofValue(at, resolved, condition)};
}

} // namespace opex
