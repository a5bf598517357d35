#include "analysis/execution/lock_state.h"

#include "analysis/body/conditions.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

std::optional<LockFlag> flagOf(const Function &function, Index<Value> condition, bool isTrue) {
  if (!condition)
    return {};
  const Split split = splitCondition(function, condition, isTrue);
  const Index<Value> asked = split.kind == Split::Whole ? withoutCasts(function, split.left) : Index<Value>();
  if (!asked || function[asked].kind != ValueKind::Local || function[asked].index >= function.parameterCount)
    return {};
  const uint32_t parameter = function[asked].index;
  bool isChanged = llvm::any_of(function.assigns, [&](const Assign &assign) {
    return names(function, assign.target, Place::ofLocal(parameter));
  });
  return isChanged ? std::nullopt : std::optional(LockFlag{parameter, split.isTrue});
}

void addSorted(std::vector<LockObject> &sorted, const LockObject &object) {
  auto place = llvm::lower_bound(sorted, object);
  if (place == sorted.end() || *place != object)
    sorted.insert(place, object);
}

void LockState::giveBack(const LockObject &object) {
  auto isIt = [&](const TakenLock &taken) { return taken.lock == object; };
  if (llvm::none_of(held, isIt))
    addSorted(released, object);
  llvm::erase_if(held, isIt);
}

void LockState::add(const TakenLock &taken) {
  for (TakenLock &known : held)
    if (known.isSame(taken)) {
      if (!taken.flag)
        known.flag.reset();
      return;
    }
  held.push_back(taken);
}

void LockState::take(const LockObject &object, Index<Call> call, bool isPending, const Place &guard) {
  if (auto place = llvm::lower_bound(released, object); place != released.end() && *place == object) {
    released.erase(place); // The caller's again.
    return;
  }
  if (!isPending && llvm::any_of(held, [&](const TakenLock &other) { return other.lock == object; }))
    return;
  if (isPending) // `std::adopt_lock`
    llvm::erase_if(held, [&](const TakenLock &other) {
      return other.lock == object && !other.guard && !other.isPending;
    });
  TakenLock taken{object, guard, call, isPending};
  if (llvm::none_of(
          held, [&](const TakenLock &other) { return other.isSame(taken) && other.isPending == isPending; }))
    held.push_back(std::move(taken));
}

void LockState::suspend(uint32_t local, const LockObject &object) {
  SuspendedLock entry{local, {}, object};
  for (const TakenLock &taken : held)
    if (taken.lock == object && !entry.own)
      entry.own = taken;
  if (!llvm::is_contained(suspended, entry))
    suspended.push_back(std::move(entry));
}

void LockState::leave(llvm::function_ref<bool(uint32_t local)> isGone) {
  llvm::erase_if(held,
                 [&](const TakenLock &taken) { return taken.guard.local() && isGone(*taken.guard.local()); });
  for (const SuspendedLock &entry : suspended) {
    if (!isGone(entry.local))
      continue;
    bool isGuardGone = entry.own && entry.own->guard.local() && isGone(*entry.own->guard.local());
    if (!entry.own)
      llvm::erase(released, entry.lock);
    else if (!isGuardGone)
      held.push_back(*entry.own);
  }
  llvm::erase_if(suspended, [&](const SuspendedLock &entry) { return isGone(entry.local); });
}

bool isSame(const LockWay &a, const LockWay &b) {
  return a.has_value() == b.has_value() &&
         (!a || (a->held.size() == b->held.size() && a->released == b->released &&
                 a->suspended.size() == b->suspended.size()));
}

LockWay joined(LockWay a, const LockWay &b) {
  if (!a || !b)
    return a ? a : b;
  llvm::erase_if(a->held, [&](const TakenLock &taken) {
    return llvm::none_of(b->held, [&](const TakenLock &other) { return taken.isSame(other); });
  });
  for (const LockObject &object : b->released)
    addSorted(a->released, object);
  llvm::erase_if(a->suspended,
                 [&](const SuspendedLock &entry) { return !llvm::is_contained(b->suspended, entry); });
  return a;
}

void addByFlag(LockWay &merged, const LockWay &arm, const LockWay &before, LockFlag flag) {
  if (!merged || !arm)
    return;
  for (TakenLock taken : arm->held) {
    auto isIt = [&](const TakenLock &other) { return other.isSame(taken); };
    bool wasThere = before && llvm::any_of(before->held, isIt);
    if (llvm::any_of(merged->held, isIt) || (wasThere && taken.flag != flag))
      continue;
    taken.flag = taken.flag ? taken.flag : flag;
    merged->held.push_back(std::move(taken));
  }
}

LockWay where(LockWay way, LockFlag flag) {
  if (way)
    llvm::erase_if(way->held, [&](const TakenLock &taken) {
      return taken.flag && taken.flag->parameter == flag.parameter && taken.flag->isTrue != flag.isTrue;
    });
  return way;
}

} // namespace opex
