#include "analysis/calls/work.h"

#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>

namespace opex {
namespace {

/// Deeper than that, a dependency is no longer what the call is about.
constexpr uint8_t kDeepest = 6;
/// A helper around `sleep_for`, and what calls it.
constexpr uint8_t kDeepestPause = 3;

/// To do it again is no second attempt.
bool isNoAttempt(const DependencyUse &use) { return use.isLocalWait || use.isIdleWait || use.isContinued; }

bool endsProcess(const Inputs<Statements> &in, CallRef call) {
  const AbortUse *abort = in.get<Statements>().aborts.at(call);
  return abort && !abort->isAssertion;
}

} // namespace

RetryWork::RetryWork(const Needs &in)
    : in_(in), program_(in.program()), functions_(program_.functions.size()), near_(program_.functions.size()),
      noReturn_(program_, [&](CallRef call) { return endsProcess(in, call); }) {
  spread();
}

bool RetryWork::isFollowed(const CallEdge &edge) const {
  CallRef call{edge.caller, edge.call};
  return !in_.get<Entries>().spawns.at(call) && !in_.get<Statements>().logs.at(call);
}

void RetryWork::spread() {
  std::deque<uint32_t> queue;
  for (const DependencyUse &use : in_.get<Dependencies>().uses)
    if (WorkReach &reach = functions_[use.call.function]; !isNoAttempt(use) && !reach.reaches()) {
      reach = {0, true};
      queue.push_back(use.call.function);
    }
  while (!queue.empty()) {
    const LinkedFunction &function = program_.functions[queue.front()];
    queue.pop_front();
    WorkReach from = functions_[function.position];
    if (from.depth >= kDeepest)
      continue;
    for (const CallEdge &edge : function.callers) {
      if (!isFollowed(edge))
        continue;
      WorkReach &to = functions_[edge.caller];
      bool isCertain = from.isCertain && edge.isCertain();
      if (to.depth <= from.depth + 1 && (to.isCertain || !isCertain))
        continue;
      to = {std::min<uint8_t>(to.depth, from.depth + 1), to.isCertain || isCertain};
      queue.push_back(edge.caller);
    }
  }
  auto spreadNear = [&](uint8_t Near::*member, auto &&calls) {
    for (CallRef call : calls)
      if (near_[call.function].*member == 255) {
        near_[call.function].*member = 0;
        queue.push_back(call.function);
      }
    while (!queue.empty()) {
      const LinkedFunction &function = program_.functions[queue.front()];
      queue.pop_front();
      uint8_t depth = near_[function.position].*member + 1;
      for (const CallEdge &edge : function.callers)
        if (depth < kDeepestPause && edge.isCertain() && near_[edge.caller].*member > depth) {
          near_[edge.caller].*member = depth;
          queue.push_back(edge.caller);
        }
    }
  };
  spreadNear(&Near::pause, in_.get<Statements>().pauses);
  std::vector<CallRef> guards;
  for (const GuardUse &guard : in_.get<Statements>().guards)
    if (guard.kind == GuardKind::Breaker || guard.kind == GuardKind::RetryBudget)
      guards.push_back(guard.call);
  spreadNear(&Near::guard, guards);
}

WorkReach RetryWork::reach(CallRef call) const {
  const Statements &statements = in_.get<Statements>();
  if (statements.logs.at(call) || statements.isPause(call) || in_.get<Entries>().spawns.at(call) || statements.errorReports.at(call))
    return {};
  if (const DependencyUse *use = in_.get<Dependencies>().at(call))
    return isNoAttempt(*use) ? WorkReach{} : WorkReach{0, true};
  WorkReach best;
  for (const CallEdge &edge : program_.calleesAt(program_.functions[call.function], call.call)) {
    WorkReach below = functions_[edge.callee];
    if (!below.reaches() || below.depth >= kDeepest)
      continue;
    best.depth = std::min<uint8_t>(best.depth, below.depth + 1);
    best.isCertain |= below.isCertain && edge.isCertain();
  }
  return best;
}

std::vector<CallRef> RetryWork::wayToDependency(CallRef call) const {
  std::vector<CallRef> way = {call};
  while (way.size() <= kDeepest) {
    CallRef at = way.back();
    if (const DependencyUse *use = in_.get<Dependencies>().at(at); use && !isNoAttempt(*use))
      return way;
    const LinkedFunction *next = nullptr;
    for (const CallEdge &edge : program_.calleesAt(program_.functions[at.function], at.call))
      if (functions_[edge.callee].reaches() && isFollowed(edge) &&
          (!next || functions_[edge.callee].depth < functions_[next->position].depth))
        next = &program_.functions[edge.callee];
    if (!next)
      return {};
    std::optional<CallRef> best;
    uint8_t depth = WorkReach::kNever;
    for (uint32_t i = 0; i < next->body->calls.size(); ++i) {
      CallRef ref{next->position, Index<Call>(i)};
      if (WorkReach below = reach(ref); below.depth < depth) {
        depth = below.depth;
        best = ref;
      }
    }
    if (!best)
      return {};
    way.push_back(*best);
  }
  return {};
}

bool RetryWork::isPause(CallRef call) const {
  if (in_.get<Statements>().isPause(call))
    return true;
  for (const CallEdge &edge : program_.calleesAt(program_.functions[call.function], call.call))
    if (edge.isCertain() && near_[edge.callee].pause < kDeepestPause)
      return true;
  return false;
}

bool RetryWork::isGuard(CallRef call) const {
  const GuardUse *guard = in_.get<Statements>().guards.at(call);
  if (guard && (guard->kind == GuardKind::Breaker || guard->kind == GuardKind::RetryBudget))
    return true;
  for (const CallEdge &edge : program_.calleesAt(program_.functions[call.function], call.call))
    if (edge.isCertain() && near_[edge.callee].guard < kDeepestPause)
      return true;
  return false;
}

bool RetryWork::neverReturns(const LinkedFunction &function, Index<Call> call) const {
  return (*function.body)[call].isNoReturn || endsProcess(in_, {function.position, call}) ||
         noReturn_.isRunBy(function, call);
}

bool RetryWork::isParameterCall(const LinkedFunction &function, Index<Call> index) const {
  const Function &body = *function.body;
  const Call &call = body[index];
  Index<Value> called = parameterCalled(call);
  std::optional<uint32_t> variable = localOf(body, called);
  return variable && body.locals[*variable].kind == LocalKind::Parameter;
}

} // namespace opex
