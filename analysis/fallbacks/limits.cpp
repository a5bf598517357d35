#include "analysis/fallbacks/limits.h"

#include "analysis/body/order.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/conventions/presence_words.h"

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

/// A member or global that calls of the function work on by methods of such names.
template <class IsNamed> std::vector<Moment> changesOf(const Function &body, EntityId kept, IsNamed isNamed) {
  std::vector<Moment> moments;
  for (uint32_t i = 0; i < body.calls.size(); ++i)
    if (isNamed(unqualified(body.calls[i].name)) && placeOf(body, targetOf(body.calls[i])).entity() == kept)
      moments.push_back(momentOf(body, Index<Call>(i)));
  return moments;
}

/// The function, or a lambda in it, asks what is in the container.
bool isAskedFor(const Program &program, const LinkedFunction &function, EntityId kept) {
  auto asks = [&](const Call &call, const Function &body) {
    llvm::StringRef name = unqualified(call.name);
    return !namesInsertion(name) && !namesRemoval(name) && placeOf(body, targetOf(call)).entity() == kept;
  };
  return llvm::any_of(program.functions, [&](const LinkedFunction &other) {
    bool isPart = other.position == function.position || program.enclosing(other) == &function;
    return isPart && llvm::any_of(other.body->calls, [&](const Call &call) { return asks(call, *other.body); });
  });
}

/// What is being asked for is noted before the call and crossed out behind it, and whoever comes meanwhile finds the note:
/// one flight for each key.
bool isOwnFlight(const Program &program, CallRef ref) {
  const LinkedFunction &function = program.functions[ref.function];
  const Function &body = *function.body;
  Moment here = momentOf(body, ref.call);
  auto isNoted = [](llvm::StringRef name) { return namesInsertion(name) || name == "operator[]"; };
  auto isBefore = [&](Moment moment) { return happensBefore(body, moment, here) == Before::Always; };
  auto isBehind = [&](Moment moment) { return standsBefore(body, here, moment); };
  for (const Call &call : body.calls) {
    EntityId kept = isNoted(unqualified(call.name)) ? placeOf(body, targetOf(call)).entity() : EntityId();
    if (kept && llvm::any_of(changesOf(body, kept, isNoted), isBefore) && llvm::any_of(changesOf(body, kept, namesRemoval), isBehind) &&
        isAskedFor(program, function, kept))
      return true;
  }
  return false;
}

/// A permit is taken before the call, in a scope that the call stands in, too.
bool hasPermit(const Inputs<RoleIndex> &in, CallRef ref) {
  const Function &body = *in.program().functions[ref.function].body;
  Moment here = momentOf(body, ref.call);
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    bool takes = llvm::any_of(in.get<RoleIndex>().of(body.calls[i].callee).locks,
                              [](const rules::Lock *lock) { return lock->does == rules::Lock::Acquire; });
    if (takes && isIn(body, body[ref.call].block, body.calls[i].block) &&
        happensBefore(body, momentOf(body, Index<Call>(i)), here) == Before::Always)
      return true;
  }
  return false;
}

/// Something before the call, in the same function, lets few through.
bool hasGuardBefore(const Inputs<Statements> &in, CallRef ref) {
  const Function &body = *in.program().functions[ref.function].body;
  Moment here = momentOf(body, ref.call);
  for (uint32_t i = 0; i < body.calls.size(); ++i)
    if (isAskedFirst(in, {ref.function, Index<Call>(i)}) && happensBefore(body, momentOf(body, Index<Call>(i)), here) == Before::Always)
      return true;
  return false;
}

/// The function of the call holds a lock then.
bool isUnderLock(const Inputs<HeldLocks> &in, CallRef call) {
  return llvm::any_of(in.get<HeldLocks>().at(call), [](const HeldLock &held) { return held.way.empty(); });
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

bool isHeldBack(const Inputs<RoleIndex, Statements, HeldLocks> &in, CallRef call, const std::vector<Touch> &touches) {
  if (isGuardedWork(in, &in.program().functions[call.function]) || isGuard(in, call) || hasGuardBefore(in, call) || hasPermit(in, call) ||
      isUnderLock(in, call) || isOwnFlight(in.program(), call))
    return true;
  bool readsAny = false;
  for (const Touch &touch : touches) {
    if (touch.access != Touch::Read || !touch.kind)
      continue;
    readsAny = true;
    // A lock further down may be that of one connection among many.
    bool isHeld =
        hasGuardBefore(in, touch.call) || llvm::any_of(touch.path, [&](CallRef step) {
          return isGuard(in, step) || hasGuardBefore(in, step) ||
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
