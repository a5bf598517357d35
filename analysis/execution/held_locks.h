// Which locks are held when a call runs: those that its function holds, and those that a function holds which leads to it,
// over any number of calls. What a function takes and leaves held, or gives back for its caller, is part of what its calls
// do (see lock_flow.h). What is handed to another thread holds nothing.
#pragma once

#include "analysis/execution/binary_semaphores.h"
#include "analysis/execution/call_components.h"
#include "analysis/execution/lock_flow.h"

#include <set>

namespace opex {

/// A lock that is held while a call runs.
struct HeldLock {
  LockObject lock;
  CallRef taken;            ///< Takes it, or calls what leaves it held.
  std::vector<CallRef> way; ///< Calls from the function that holds it down to that of the call; none if that does itself.
  std::string name;         ///< As the function that takes it calls it; empty if it is not told.
};

class HeldLocks {
public:
  using Result = HeldLocks;
  using Needs = Inputs<RoleIndex, BinarySemaphores>;
  static Result run(const Needs &in) { return HeldLocks(in); }
  static constexpr llvm::StringLiteral kName = "held-locks";

  explicit HeldLocks(const Needs &in);

  /// Each lock once: first what the function holds itself, then what callers hold, over the fewest calls; of very many the
  /// nearest. Nothing where a wait gives its lock back.
  std::vector<HeldLock> at(CallRef call) const;

  /// The mutexes that are held where a pointer that others can see is set, in its function or up to so many calls above.
  std::set<LockObject> at(uint32_t function, Index<Assign> assign, unsigned callers) const;

private:
  /// A lock that is held some calls further up.
  struct LockAbove {
    uint32_t distance, number; ///< Calls on the shortest way from the holder; in `objects_`.
    auto operator<=>(const LockAbove &) const = default;
  };
  using Above = std::vector<LockAbove>; ///< Sorted.

  void settleSummaries();
  bool comesWithLocks(const CallEdge &edge) const;
  void settleAbove();
  void addNumbers(const LockObject &object);
  std::vector<LockObject> givenAt(const CallEdge &edge, uint32_t parameter) const;
  std::set<LockObject> resolved(const LockObject &object) const;
  const LocksAtCall *own(CallRef call) const;
  bool holds(CallRef call, uint32_t number) const;
  static Above nearest(Above locks);
  Above heldAt(CallRef call, const Above &above) const { return heldAt(own(call), above); }
  Above heldAt(const LocksAtCall *here, const Above &above) const;
  HeldLock fromCallers(uint32_t function, uint32_t number) const;
  std::string nameOf(const LockObject &object, CallRef taken) const;

  const Program &program_;
  const RoleIndex &roles_;
  const BinarySemaphores &semaphores_;
  const LockFlow flow_;
  std::vector<LockFlow::AtCalls> atCalls_;     ///< By function.
  std::vector<LockFlow::AtAssigns> atAssigns_; ///< By function.
  std::vector<LockObject> objects_;        ///< Mutexes, by number.
  std::map<LockObject, uint32_t> numberOf_;
  std::map<LockObject, std::vector<uint32_t>> numbers_; ///< Of what functions name: the mutexes that it may be.
  std::vector<Above> above_; ///< Of each function: the nearest that callers hold on some way to it.
};

} // namespace opex
