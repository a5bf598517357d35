#include "analysis/calls/work.h"

#include "analysis/body/identity.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <utility>

namespace opex {
namespace {

/// To do it again is no second attempt.
bool isNoAttempt(const DependencyUse &use) { return use.isLocalWait || use.isIdleWait || use.isContinued; }

/// A wait inside the process that a limit ends: `poll(fds, 1, 800)`. Time passes there, or what it waits for has come.
bool isLimitedWait(const DependencyUse &use) {
  return use.isLocalWait && !use.phases.empty() && llvm::none_of(use.phases, [](const PhaseBound &phase) {
    const bool isGiven = phase.state == BoundState::Set ? phase.isChosen && phase.valueNs != 0 : phase.state == BoundState::Unknown;
    return !isGiven;
  });
}

bool isGuardOfRetries(const GuardUse &guard) { return guard.kind == GuardKind::Breaker || guard.kind == GuardKind::RetryBudget; }

/// How many calls lie between each function and the nearest of `targets`, over the edges that are followed.
std::vector<uint32_t> distances(const Program &program, llvm::ArrayRef<uint32_t> targets,
                                llvm::function_ref<bool(const CallEdge &)> isFollowed) {
  std::vector<uint32_t> distance(program.functions.size(), WorkReach::kNever), queue;
  for (uint32_t target : targets)
    if (std::exchange(distance[target], 0) != 0)
      queue.push_back(target);
  for (size_t i = 0; i < queue.size(); ++i)
    for (const CallEdge &edge : program.functions[queue[i]].callers)
      if (distance[edge.caller] == WorkReach::kNever && isFollowed(edge)) {
        distance[edge.caller] = distance[queue[i]] + 1;
        queue.push_back(edge.caller);
      }
  return distance;
}

/// Those with a target no further away than `most` calls.
std::vector<bool> reached(const std::vector<uint32_t> &distances, uint32_t most = WorkReach::kNever - 1) {
  std::vector<bool> result;
  for (uint32_t distance : distances)
    result.push_back(distance <= most);
  return result;
}

/// A pause after a failed accept stands close to it; one far below is another one's, as that of a log that turns its file.
constexpr uint32_t kFarthestPauseOfAccepts = 1;

} // namespace

bool RetryWork::isMeant(const DependencyUse &use) const {
  return of_ == Of::Attempts ? !isNoAttempt(use) : !use.failsWhileReady.empty();
}

bool RetryWork::isPausing(const DependencyUse &use) const { return of_ == Of::Attempts && isLimitedWait(use); }

RetryWork::RetryWork(const Needs &in, Of of) : in_(in), of_(of), program_(in.program()), holdsBack_(program_.functions.size()) {
  std::vector<uint32_t> working, pausing, guarding;
  for (const DependencyUse &use : in.get<Dependencies>().uses) {
    if (isMeant(use)) {
      working.push_back(use.call.function);
      llvm::append_range(failures_, use.failsWhileReady);
    }
    if (isPausing(use))
      pausing.push_back(use.call.function);
  }
  for (CallRef call : in.get<Statements>().pauses)
    pausing.push_back(call.function);
  for (const GuardUse &guard : in.get<Statements>().guards)
    if (isGuardOfRetries(guard)) {
      guarding.push_back(guard.call.function);
      holdsBack_[guard.call.function] = true;
    }
  llvm::sort(failures_);
  failures_.erase(llvm::unique(failures_), failures_.end());
  if (of_ == Of::Attempts)
    failures_.clear();
  auto isCertain = [](const CallEdge &edge) { return edge.isCertain(); };
  auto isWay = [&](const CallEdge &edge) { return isFollowed({edge.caller, edge.call}); };
  depths_ = distances(program_, working, isWay);
  isCertain_ = reached(distances(program_, working, [&](const CallEdge &edge) { return edge.isCertain() && isWay(edge); }));
  pauses_ = reached(distances(program_, pausing, isCertain),
                    of_ == Of::Attempts ? WorkReach::kNever - 1 : kFarthestPauseOfAccepts);
  guards_ = reached(distances(program_, guarding, isCertain));
}

bool RetryWork::isFollowed(CallRef call) const {
  return !in_.get<Entries>().spawns.at(call) && !in_.get<Statements>().logs.at(call);
}

WorkReach RetryWork::reach(CallRef call) const {
  const Statements &statements = in_.get<Statements>();
  if (!isFollowed(call) || statements.isPause(call) || statements.errorReports.at(call))
    return {};
  if (const DependencyUse *use = in_.get<Dependencies>().at(call))
    return isMeant(*use) ? WorkReach{0, true} : WorkReach{};
  WorkReach best;
  for (const CallEdge &edge : program_.calleesAt(program_.functions[call.function], call.call)) {
    if (depths_[edge.callee] == WorkReach::kNever)
      continue;
    best.depth = std::min(best.depth, depths_[edge.callee] + 1);
    best.isCertain |= isCertain_[edge.callee] && edge.isCertain();
  }
  return best;
}

std::optional<CallRef> RetryWork::nearestIn(const LinkedFunction &function) const {
  std::optional<CallRef> best;
  uint32_t depth = WorkReach::kNever;
  for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
    CallRef call{function.position, Index<Call>(i)};
    if (uint32_t below = reach(call).depth; below < depth) {
      depth = below;
      best = call;
    }
  }
  return best;
}

std::vector<CallRef> RetryWork::wayToDependency(CallRef call) const {
  std::vector<CallRef> way = {call};
  for (uint32_t depth = WorkReach::kNever;;) {
    CallRef at = way.back();
    if (const DependencyUse *use = in_.get<Dependencies>().at(at); use && isMeant(*use))
      return way;
    if (!isFollowed(at))
      return {};
    const LinkedFunction *next = nullptr;
    for (const CallEdge &edge : program_.calleesAt(program_.functions[at.function], at.call)) {
      const LinkedFunction &callee = program_.functions[edge.callee];
      if (depths_[edge.callee] >= depth)
        continue;
      uint32_t nearest = next ? depths_[next->position] : WorkReach::kNever;
      if (depths_[edge.callee] < nearest || (depths_[edge.callee] == nearest && next && callee.position < next->position))
        next = &callee;
    }
    std::optional<CallRef> best = next ? nearestIn(*next) : std::nullopt;
    if (!best)
      return {};
    depth = depths_[next->position]; // Each function is nearer than the one before.
    way.push_back(*best);
  }
}

bool RetryWork::isPause(CallRef call) const {
  const DependencyUse *use = in_.get<Dependencies>().at(call);
  return in_.get<Statements>().isPause(call) || (use && isPausing(*use)) || surelyRuns(call, pauses_);
}

bool RetryWork::isGuard(CallRef call) const {
  const GuardUse *guard = in_.get<Statements>().guards.at(call);
  return (guard && isGuardOfRetries(*guard)) || surelyRuns(call, guards_);
}

bool RetryWork::surelyRuns(CallRef call, const std::vector<bool> &functions) const {
  return llvm::any_of(program_.calleesAt(program_.functions[call.function], call.call), [&](const CallEdge &edge) {
    return edge.isCertain() && functions[edge.callee];
  });
}

} // namespace opex
