#include "analysis/fallbacks/limits.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool isGuard(const Inputs<Statements> &in, CallRef call) {
  const GuardUse *guard = in.get<Statements>().guards.at(call);
  return guard && guard->kind != GuardKind::RetryBudget;
}

/// Asked before the work, and not wrapped around it.
bool isAskedFirst(const Inputs<Statements> &in, CallRef call) {
  const GuardUse *guard = in.get<Statements>().guards.at(call);
  return guard && isGuard(in, call) && guard->work.empty() && guard->kind != GuardKind::SingleFlight;
}

bool takesLock(const Program &program, const RoleIndex &roles, CallRef ref) {
  const Call &call = (*program.functions[ref.function].body)[ref.call];
  return llvm::any_of(roles.of(call.callee).locks, [](const rules::Lock *lock) {
    return lock->does == rules::Lock::Hold || lock->does == rules::Lock::Acquire;
  });
}

/// The variable a lock was constructed into is unlocked between the two calls.
bool isReleased(const Function &body, const Call &lock, Moment first, Moment second) {
  if (!lock.object || body[lock.object].kind != ValueKind::Local)
    return false;
  uint32_t variable = body[lock.object].index;
  return llvm::any_of(body.calls, [&](const Call &call) {
    if (unqualified(call.name) != "unlock" || !call.object || body[call.object].kind != ValueKind::Local ||
        body[call.object].index != variable)
      return false;
    Moment moment = momentOf(body, Index<Call>(static_cast<uint32_t>(&call - body.calls.data())));
    return standsBefore(body, first, moment) && standsBefore(body, moment, second);
  });
}

/// Locks and permits end with the scope they are taken in.
bool isInScope(const Function &body, const Call &lock, Index<Block> block) {
  return llvm::is_contained(enclosingBlocks(body, block), lock.block);
}

/// Something before the call, in the same function, lets few through.
bool hasGuardBefore(const Inputs<RoleIndex, Statements> &in, CallRef ref, bool countsLocks) {
  const Function &body = *in.program().functions[ref.function].body;
  Moment here = momentOf(body, ref.call);
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    CallRef other{ref.function, Index<Call>(i)};
    const Call &call = body.calls[i];
    bool holds = countsLocks && takesLock(in.program(), in.get<RoleIndex>(), other);
    if (!(holds && isInScope(body, call, body[ref.call].block)) && !isAskedFirst(in, other))
      continue;
    Moment moment = momentOf(body, Index<Call>(i));
    if (happensBefore(body, moment, here) == Before::Always &&
        !(holds && isReleased(body, call, moment, here)))
      return true;
  }
  return false;
}

/// The function, or one around it, is what a guard was given to run.
bool isGuardedWork(const Inputs<Statements> &in, const LinkedFunction *function) {
  for (; function; function = in.program().enclosing(*function))
    for (const GuardUse &guard : in.get<Statements>().guards)
      if (guard.kind != GuardKind::RetryBudget && llvm::is_contained(guard.work, function->position))
        return true;
  return false;
}

} // namespace

bool isHeldBack(const Inputs<RoleIndex, Statements> &in, CallRef call, const std::vector<Touch> &touches) {
  if (isGuardedWork(in, &in.program().functions[call.function]) || isGuard(in, call) ||
      hasGuardBefore(in, call, true))
    return true;
  bool readsAny = false;
  for (const Touch &touch : touches) {
    if (touch.access != Touch::Read || !touch.kind)
      continue;
    readsAny = true;
    // A lock further down may be that of one connection among many.
    bool isHeld =
        hasGuardBefore(in, touch.call, false) || llvm::any_of(touch.path, [&](CallRef step) {
          return isGuard(in, step) || hasGuardBefore(in, step, false) ||
                 isGuardedWork(in, &in.program().functions[step.function]);
        });
    if (!isHeld)
      return false;
  }
  return readsAny;
}

void addTimeLimit(const Program &program, const std::vector<Touch> &touches, TimeLimit &limit) {
  for (const Touch &touch : touches) {
    if (!touch.dependency || touch.access == Touch::Write)
      continue;
    for (const PhaseBound &phase : touch.dependency->phases) {
      if (isMissing(phase.state)) {
        bool isWorse = !isMissing(limit.state) ||
                       (limit.state == BoundState::Partly && phase.state != BoundState::Partly);
        if (!isWorse)
          continue;
        limit.state = phase.state;
        const LinkedFunction &function = program.functions[touch.call.function];
        limit.steps = {{program.location(function, (*function.body)[touch.call.call].site),
                        "`" + std::string(unqualified(touch.callee)) + "` can wait forever: " + reasonText(phase),
                        true}};
      } else if (phase.state == BoundState::Unknown && limit.state == BoundState::Set) {
        limit.state = BoundState::Unknown;
      }
    }
  }
}

} // namespace opex
