// Which locks one function holds at each of its calls: what it takes, gives back, keeps in guards, and what functions it
// calls leave locked or unlocked. Held is what is held on every way to the call; ways that exceptions take are not looked
// at but for handlers, which hold what was held around the try all the time.
#pragma once

#include "analysis/body/places.h"
#include "analysis/execution/binary_semaphores.h"
#include "model/provenance.h"

#include <set>

namespace opex {

/// A mutex: a member or global by its declaration, a variable, a parameter (what callers give), or (Unknown) the one that
/// the guard made by call `index` has.
using LockObject = ObjectId;

/// What guards the object that a method is called on: as LockObject::index of a parameter.
inline constexpr uint32_t kOwnObject = UINT32_MAX;

/// What a call of a function does to the locks of its caller. Both are sorted.
struct LockSummary {
  std::vector<LockObject> held;     ///< Taken, and not given back when it returns.
  std::vector<LockObject> released; ///< Given back without having been taken.
  bool isEmpty() const { return held.empty() && released.empty(); }
  bool operator==(const LockSummary &) const = default;
};

/// One lock that a function holds itself.
struct OwnLock {
  LockObject lock;
  Index<Call> taken; ///< Makes the guard, takes the mutex, or calls what leaves it held.
  Place guard;       ///< As in TakenLock.
};

/// The locks while one call runs.
struct LocksAtCall {
  std::vector<OwnLock> held;
  std::vector<LockObject> released; ///< Of those of callers: sorted.
  std::vector<LockObject> waited;   ///< That the call, a wait, gives back while it lasts.
};

/// Looks at one function after the other, callees first.
class LockFlow {
public:
  /// What is known of a call's effect; null: it has none.
  using SummaryOf = llvm::function_ref<const LockSummary *(const CallEdge &edge)>;
  using AtCalls = std::vector<std::pair<Index<Call>, LocksAtCall>>; ///< In order of the calls; those without any are left out.
  using AtAssigns = std::vector<std::pair<Index<Assign>, LocksAtCall>>; ///< The same of pointers that others can see.

  /// All must outlive it.
  LockFlow(const Program &program, const RoleIndex &roles, const BinarySemaphores &semaphores);

  /// The function itself takes locks, gives them back or waits.
  bool isAboutLocks(const LinkedFunction &function) const { return aboutLocks_[function.position]; }

  LockSummary run(const LinkedFunction &function, SummaryOf summaryOf, AtCalls &atCalls, AtAssigns &atAssigns) const;

  /// The mutexes that the value names in the function: itself, or as the guard of one. Empty if that is not known.
  std::vector<LockObject> named(const LinkedFunction &function, Index<Value> value) const;

  /// What constructors set a pointer or reference to: as they name it. Empty for members that are something else.
  llvm::ArrayRef<LockObject> givenTo(EntityId member) const;

  /// The objects of a lock class, one with methods that take and give back a mutex which it has: by that mutex.
  const std::set<LockObject> &objectsAround(EntityId mutex) const;

private:
  friend class LockEffects;
  friend class FunctionLocks;

  /// Behind `std::ref(guard)` and its like.
  Index<Value> behindPassages(const Function &body, Index<Value> value) const;
  bool isGuard(const LinkedFunction &function, const Place &place) const;
  static bool hasGuard(const LinkedFunction &function, const Call &call);
  static bool mayCarryGuard(const LinkedFunction &function, const Value &value);
  void collectGuards(const LinkedFunction &function);
  std::vector<LockObject> namedAt(const LinkedFunction &function, const Place &place) const;
  void collectGiven(const LinkedFunction &constructor);
  void collectLockClass(const LinkedFunction &function);
  void collectObjects(const LinkedFunction &function);
  bool isInLockClass(EntityId mutex) const { return objects_.contains(mutex); }
  /// An object of the class takes a lock when it dies.
  bool takesAtEnd(EntityId record) const { return takingAtEnd_.contains(record); }
  /// Whether the call answers 0 or false when it does not get the lock, or something else then; none if it never fails.
  std::optional<bool> failsWithZero(const LinkedFunction &function, Index<Call> call) const;

  const Program &program_;
  const RoleIndex &roles_;
  const BinarySemaphores &semaphores_;
  std::vector<uint8_t> aboutLocks_;
  std::map<EntityId, std::vector<LockObject>> guardMembers_; ///< What members that are guards were made for.
  std::map<std::pair<uint32_t, uint32_t>, std::vector<LockObject>> guardLocals_; ///< The same of variables of functions.
  std::map<EntityId, std::vector<LockObject>> given_;                            ///< By member.
  std::map<EntityId, std::set<LockObject>> objects_;                             ///< Around the mutexes of lock classes.
  std::map<EntityId, std::vector<EntityId>> mutexesOf_;                          ///< By lock class.
  std::map<EntityId, EntityId> locking_; ///< Mutexes that methods of their class leave taken: the class.
  std::set<EntityId> guarded_;           ///< Mutexes that their own class makes guards of.
  std::set<EntityId> takingAtEnd_;                                               ///< Classes.
};

} // namespace opex
