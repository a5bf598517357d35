// The locks that a function holds at one point of its walk (see lock_flow.h), and what becomes of them where
// ways part and meet: a flag that decided about a lock decides about it once more where it is asked again,
// and the arm of a branch that a failed attempt to lock leads to holds nothing.
#pragma once

#include "analysis/execution/lock_flow.h"

namespace opex {

/// A parameter that a branch asks for, and that the function never changes.
struct LockFlag {
  uint32_t parameter = 0;
  bool isTrue = true;
  bool operator==(const LockFlag &) const = default;
};

/// The flag that the condition is, if it comes out as `isTrue`.
std::optional<LockFlag> flagOf(const Function &function, Index<Value> condition, bool isTrue);

struct TakenLock {
  LockObject lock;
  Place guard; ///< What gives it back at the end of its scope: none if nothing does.
  Index<Call> taken;
  bool isPending = false;            ///< Until the end of the expression, if nothing keeps it.
  std::optional<LockFlag> flag = {}; ///< Held only if that is so.
  bool isSame(const TakenLock &other) const { return lock == other.lock && guard == other.guard; }
};

/// A lock that an object gives back while it lives: an inverse guard.
struct SuspendedLock {
  uint32_t local = 0;
  std::optional<TakenLock> own; ///< None: a caller's.
  LockObject lock;
  bool operator==(const SuspendedLock &other) const { return local == other.local && lock == other.lock; }
};

struct LockState {
  std::vector<TakenLock> held;
  std::vector<LockObject> released; ///< Sorted.
  std::vector<SuspendedLock> suspended;

  void giveBack(const LockObject &object);
  /// Unless it is there; it depends on no flag then if one of the two does not.
  void add(const TakenLock &taken);
  void take(const LockObject &object, Index<Call> call, bool isPending, const Place &guard);
  /// What is given back while the variable lives.
  void suspend(uint32_t local, const LockObject &object);
  /// The variables that `isGone` are no more: guards give back what they have, inverse ones take it again.
  void leave(llvm::function_ref<bool(uint32_t local)> isGone);
};

using LockWay = std::optional<LockState>; ///< None where it is not reached.

void addSorted(std::vector<LockObject> &sorted, const LockObject &object);

/// Both know the same locks.
bool isSame(const LockWay &a, const LockWay &b);

/// On both ways held; on one of them released.
LockWay joined(LockWay a, const LockWay &b);

/// Where the arms of a branch meet that asked for a flag: what only the arm holds that it led to depends on
/// it.
void addByFlag(LockWay &merged, const LockWay &arm, const LockWay &before, LockFlag flag);

/// Without what contradicts the flag.
LockWay where(LockWay way, LockFlag flag);

} // namespace opex
