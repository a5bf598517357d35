#include "analysis/exceptions/questions.h"

#include "analysis/body/exits.h"
#include "analysis/body/order.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/conventions/presence_words.h"
#include "analysis/outcome/presence.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// A condition, and how it has come out.
struct Guard {
  Index<Value> condition;
  bool isTrue = true;
};

class Question {
public:
  Question(const Raises::Needs &in, const LinkedFunction &function, llvm::ArrayRef<uint8_t> asks)
      : in_(in), program_(in.program()), function_(function), body_(*function.body), asks_(asks) {}

  bool isUnanswered(uint32_t exit) const {
    Moment at = momentOf(body_, body_.exits[exit].block, {StepKind::Exit, exit});
    for (; at.valid(); at = ownerOf(body_, at.block)) {
      for (uint32_t i = at.position; i-- > 0;)
        if (std::optional<bool> found = decides(body_[at.block].steps[i]))
          return *found;
      const Block &block = body_[at.block];
      if (block.role == BlockRole::HandlerBody)
        return false;
      if ((block.role == BlockRole::Then || block.role == BlockRole::Else) && block.owner.kind == StepKind::Branch)
        return saysNothing({body_.branches[block.owner.index].condition, block.role == BlockRole::Then});
    }
    return false;
  }

private:
  /// Whether what follows the step runs because nothing was found; none if the step does not decide it.
  std::optional<bool> decides(const Step &step) const {
    if (step.kind == StepKind::Branch) {
      const Branch &branch = body_.branches[step.index];
      bool thenLeaves = branch.then && alwaysLeaves(body_, branch.then);
      bool otherLeaves = branch.otherwise && alwaysLeaves(body_, branch.otherwise);
      if (thenLeaves != otherLeaves)
        return saysNothing({branch.condition, !thenLeaves});
    }
    return isSearch(step) ? std::optional(true) : std::nullopt;
  }

  /// `for (const Item &item : items) if (item.key == key) return item;`, with the scope of its variable.
  bool isSearch(const Step &step) const {
    if (step.kind == StepKind::Block)
      return llvm::any_of(body_.blocks[step.index].steps, [&](const Step &inner) { return isSearch(inner); });
    return step.kind == StepKind::Loop && llvm::any_of(body_.exits, [&](const Exit &exit) {
             return isReturn(exit) && isIn(body_, exit.block, body_.loops[step.index].body);
           });
  }

  bool saysNothing(Guard guard) const {
    bool found = false;
    visitImplied(body_, guard.condition, guard.isTrue, [&](Index<Value> part, bool isTrue) {
      if (!found)
        found = isNothing(part, isTrue);
    });
    return found;
  }

  bool isNothing(Index<Value> part, bool isTrue) const {
    for (uint32_t call : callsBehind(part)) {
      if (const DependencyUse *wait = in_.get<Dependencies>().at({function_.position, Index<Call>(call)}))
        if (wait->isIdleWait || wait->isLocalWait)
          return true;
      llvm::StringRef name = unqualified(body_.calls[call].name);
      if (isOfText(body_.calls[call]))
        continue;
      if (name == "empty" && body_[part].kind == ValueKind::Call)
        return isTrue;
      if (namesRemoval(name))
        return true;
      if (!isLookup(call))
        continue;
      Presence presence = PresenceFlow(program_, function_, Index<Call>(call), [](const Type &) { return false; }).of(part);
      if (presence == (isTrue ? Presence::Missing : Presence::Found))
        return true;
    }
    return false;
  }

  /// What is asked of a text is whether it is well-formed.
  static bool isOfText(const Call &call) {
    return call.name.starts_with("std::basic_string::") || call.name.starts_with("std::basic_string_view::");
  }

  /// It only looks: of the language's containers and algorithms, const, or a function that only answers a question.
  bool isLookup(uint32_t index) const {
    const Call &call = body_.calls[index];
    const Declaration *callee = program_.declaration(call.callee);
    if ((callee && callee->isConst) || call.name.starts_with("std::"))
      return true;
    const LinkedFunction *body = program_.directCallee(function_, Index<Call>(index));
    return body && asks_[body->position];
  }

  /// Calls that the value is made from, directly or through a variable that begins with them.
  std::vector<uint32_t> callsBehind(Index<Value> value) const {
    std::set<uint32_t> calls;
    auto add = [&](const Value &part) {
      if (part.kind == ValueKind::Call)
        calls.insert(part.index);
      return false;
    };
    mentions(body_, value, [&](const Value &part) {
      if (part.kind == ValueKind::Local && body_.locals[part.index].kind == LocalKind::Automatic && body_.locals[part.index].init)
        mentions(body_, body_.locals[part.index].init, add);
      return add(part);
    });
    return {calls.begin(), calls.end()};
  }

  const Raises::Needs &in_;
  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  llvm::ArrayRef<uint8_t> asks_;
};

} // namespace

bool isThrownForNothing(const Raises::Needs &in, const LinkedFunction &function, uint32_t exit, llvm::ArrayRef<uint8_t> asks) {
  return Question(in, function, asks).isUnanswered(exit);
}

std::vector<uint8_t> askedCalls(const Function &body) {
  std::vector<uint8_t> asked(body.calls.size()), local(body.locals.size());
  auto add = [&](Index<Value> root) {
    mentions(body, root, [&](const Value &value) {
      if (value.kind == ValueKind::Call)
        asked[value.index] = 1;
      else if (value.kind == ValueKind::Local)
        local[value.index] = 1;
      return false;
    });
  };
  for (const Branch &branch : body.branches)
    add(branch.condition);
  for (const Loop &loop : body.loops)
    add(loop.condition);
  for (const Value &value : body.values)
    if (value.kind == ValueKind::Choice && !value.operands.empty())
      add(value.operands.front());
  for (uint32_t i = 0; i < body.locals.size(); ++i)
    if (local[i] && body.locals[i].kind == LocalKind::Automatic)
      add(body.locals[i].init);
  return asked;
}

bool takesOut(const Function &body) {
  std::vector<uint8_t> asked = askedCalls(body);
  return llvm::any_of(body.calls, [&](const Call &call) {
    if (!namesRemoval(unqualified(call.name)) || !call.object)
      return false;
    size_t index = &call - body.calls.data();
    if (asked[index])
      return true;
    Place from = placeOf(body, call.object);
    return from && llvm::any_of(body.calls, [&](const Call &other) {
             return asked[&other - body.calls.data()] && other.object && placeOf(body, other.object) == from;
           });
  });
}

} // namespace opex
