#include "analysis/execution/slices.h"

#include "analysis/body/conditions.h"
#include "analysis/body/counters.h"
#include "analysis/body/loops.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/conventions/stop_words.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

class SliceLoop {
public:
  SliceLoop(const Program &program, const RoleIndex &roles, CallRef wait, Index<Loop> loop)
      : program_(program), roles_(roles), function_(program.functions[wait.function]), body_(*function_.body),
        wait_(wait.call), loop_(body_.loops[loop.value]) {
    for (Index<Value> argument : body_[wait_].arguments)
      mentions(body_, argument, [&](const Value &value) {
        ofWait_.insert(&value);
        return false;
      });
  }

  bool onlyWaits() const {
    for (uint32_t i = 0; i < body_.calls.size(); ++i)
      if (isInside(body_.calls[i].block) && Index<Call>(i) != wait_ && !isAsking(Index<Call>(i)))
        return false;
    return llvm::none_of(body_.loops,
                         [&](const Loop &inner) { return &inner != &loop_ && isInside(inner.block); });
  }

  /// What it asks changes without it, and neither counts nor looks at a clock nor is told to stop.
  bool endsByAnswerOnly() const {
    if (llvm::any_of(body_.assigns,
                     [&](const Assign &assign) { return isInside(assign.block) && counts(assign); }))
      return false;
    bool asks = loop_.condition && !isFixed(loop_.condition);
    if (loop_.condition && (mayEnd(loop_.condition) || isOfResult(loop_.condition)))
      return false;
    for (const Branch &branch : body_.branches)
      if (isInside(branch.block) && branch.condition) {
        if (mayEnd(branch.condition))
          return false;
        asks = true;
      }
    return asks && llvm::none_of(body_.switches, [&](const Switch &it) { return isInside(it.block); });
  }

private:
  bool isInside(Index<Block> block) const { return isInLoop(body_, loop_, block); }

  bool isFixed(Index<Value> value) const { return body_[value].constant.has_value(); }

  /// Looks at something, takes or gives a lock: what runs in each round has no end of its own.
  bool isAsking(Index<Call> index) const {
    const Call &call = body_[index];
    const Roles &roles = roles_.of(call.callee);
    if (!roles.calls.empty() || !roles.spawns.empty() || !roles.cancellations.empty() ||
        !roles.errorReports.empty())
      return false;
    if (!roles.loggers.empty() || pauseAt(program_, roles_, {function_.position, index}))
      return true;
    for (const CallEdge &edge : program_.calleesAt(function_, index)) {
      const Function &callee = *program_.functions[edge.callee].body;
      bool isPlain =
          callee.loops.empty() && llvm::all_of(callee.calls, [&](const Call &inner) {
            return roles_.of(inner.callee).calls.empty() && !program_.bodies.contains(inner.callee);
          });
      if (!isPlain || !edge.isCertain())
        return false;
    }
    return true;
  }

  bool counts(const Assign &assign) const {
    if (assign.op == "=")
      return false;
    // The next end of a slice: `until.tv_sec++`.
    Place target = variableOf(body_, assign.target);
    return llvm::none_of(body_[wait_].arguments, [&](Index<Value> argument) {
      return target && mentionsPlace(body_, argument, target);
    });
  }

  /// It compares times or amounts, asks for a flag to stop, or what a name says so.
  bool mayEnd(Index<Value> condition) const {
    return mentions(body_, condition, [&](const Value &value) {
      if (ofWait_.contains(&value))
        return false;
      if (value.type) {
        TypeClass kind = (*function_.unit)[value.type].kind;
        if (kind == TypeClass::TimePoint || kind == TypeClass::Duration)
          return true;
      }
      if ((value.kind == ValueKind::Binary && isAmount(value)) || isErrorNumber(value))
        return true;
      return isNamedLikeStop(nameOf(value));
    });
  }

  /// How the slice itself came out, as who starts it again after a signal asks.
  bool isOfResult(Index<Value> condition) const {
    return mentions(body_, condition, [&](const Value &value) {
      if (value.kind == ValueKind::Call && value.index == wait_.value)
        return true;
      return value.kind == ValueKind::Local && llvm::any_of(body_.assigns, [&](const Assign &assign) {
               return localOf(body_, assign.target) == value.index && assign.value && isResult(assign.value);
             });
    });
  }

  bool isResult(Index<Value> value) const {
    const Value &result = body_[withoutCasts(body_, value)];
    return result.kind == ValueKind::Call && result.index == wait_.value;
  }

  /// `errno`: what a function without arguments points to.
  bool isErrorNumber(const Value &value) const {
    if (value.kind != ValueKind::Deref || !value.operands[0])
      return false;
    const Value &pointer = body_[value.operands[0]];
    return pointer.kind == ValueKind::Call && body_.calls[pointer.index].arguments.empty() && !body_.calls[pointer.index].object;
  }

  /// Ordered by something else than nought.
  bool isAmount(const Value &value) const {
    if (value.text != "<" && value.text != ">" && value.text != "<=" && value.text != ">=")
      return false;
    return llvm::none_of(value.operands,
                         [&](Index<Value> operand) { return operand && body_[operand].constant == 0; });
  }

  llvm::StringRef nameOf(const Value &value) const {
    if (value.kind == ValueKind::Local)
      return body_.locals[value.index].name;
    if (value.kind == ValueKind::Call)
      return body_.calls[value.index].name;
    if (value.kind == ValueKind::Enumerator)
      return {};
    const Declaration *declaration = value.entity ? program_.declaration(value.entity) : nullptr;
    return declaration ? declaration->name : llvm::StringRef();
  }

  const Program &program_;
  const RoleIndex &roles_;
  const LinkedFunction &function_;
  const Function &body_;
  Index<Call> wait_;
  const Loop &loop_;
  std::set<const Value *> ofWait_; ///< What its slice is made from.
};

} // namespace

const rules::Pause *pauseAt(const Program &program, const RoleIndex &roles, CallRef call) {
  const LinkedFunction &function = program.functions[call.function];
  if (const Roles &own = roles.of((*function.body)[call.call].callee); !own.pauses.empty())
    return own.pauses.front();
  const LinkedFunction *callee = program.directCallee(function, call.call);
  if (!callee || !callee->body->loops.empty())
    return nullptr;
  for (const Call &inner : callee->body->calls)
    if (const Roles &own = roles.of(inner.callee); inner.block.value == 0 && !own.pauses.empty())
      return own.pauses.front();
  return nullptr;
}

std::optional<Index<Loop>> loopOfSlices(const Program &program, const RoleIndex &roles, CallRef wait) {
  const LinkedFunction &function = program.functions[wait.function];
  std::vector<Index<Loop>> around = loopsAround(*function.body, (*function.body)[wait.call].block);
  if (around.empty())
    return std::nullopt;
  Rounds rounds = roundsOf(program, function, around.front());
  if (rounds.kind != Rounds::Condition && rounds.kind != Rounds::Endless)
    return std::nullopt;
  SliceLoop loop(program, roles, wait, around.front());
  return loop.onlyWaits() && loop.endsByAnswerOnly() ? std::optional(around.front()) : std::nullopt;
}

} // namespace opex
