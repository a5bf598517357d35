// What holds back a push: a comparison of the queue's size that leaves, waits or drops, a permit of a
// semaphore, in the function itself or in all that call it, however far up, and in what they call, however far down.
// Works on one queue at a time.
#pragma once

#include "analysis/bounds/dependencies.h"
#include "analysis/calls/statements.h"
#include "analysis/apis/locks.h"
#include "analysis/body/conditions.h"
#include "analysis/body/order.h"
#include "analysis/queues/objects.h"
#include "analysis/queues/queues.h"

namespace opex {

/// What was found on the way to a push.
struct PushGuard {
  BoundState state = BoundState::Unset; ///< Set, Unset, Partly, or Infinite: the limit is switched off.
  std::vector<std::pair<uint32_t, Site>> guards; ///< Where it is held back: function and place.
  std::vector<CallRef> switchedOff; ///< Constructions of a queue whose limit is 0, and 0 is no limit.
  std::vector<QueueInstance> unlimited; ///< The same with those that no call makes, if others are made with a limit.
};

class QueueGuards {
public:
  using Needs = Inputs<Subjects, Statements, Dependencies>;

  /// The locks must outlive it.
  QueueGuards(const Needs &in, const Locks &locks, const QueueObject &queue);

  PushGuard of(const QueueTouch &push);

  /// The call is held back where it stands, or where what it stands in is called.
  bool isHeldBack(CallRef call);

private:
  /// What a condition says if it comes out one way.
  enum class Room : uint8_t { Unknown, Limited };

  struct Limit {
    uint32_t function = 0;
    Index<Value> value; ///< What the size is compared with.
  };

  /// How one call is held back in its own function.
  struct Hold {
    std::optional<Site> guard;
    std::vector<Limit> switches; ///< Limits that something in their condition can switch off.
  };

  void collectCounters(const std::set<uint32_t> &pushers);
  std::set<uint32_t> lookingAtSize() const;
  void findHelpers();
  bool isSize(const LinkedFunction &function, Index<Value> value, unsigned depth = 0) const;
  bool isLimit(const LinkedFunction &function, Index<Value> value);
  bool isSwitchOf(const LinkedFunction &function, Index<Value> condition, const Limit &limit) const;
  Room room(const LinkedFunction &function, Index<Value> condition, bool isTrue, unsigned depth = 0);
  Room roomOfEither(const LinkedFunction &function, const Split &split, Room left, Room right, unsigned depth);
  Room roomOfComparison(const LinkedFunction &function, Comparison comparison);
  Room roomOfCall(const LinkedFunction &function, const Value &value, bool isTrue, unsigned depth);
  bool isRoomPredicate(const LinkedFunction &function, Index<Value> argument);

  bool takesIn(const LinkedFunction &function, Index<Block> block) const;
  const std::vector<Index<Call>> &takesOf(const LinkedFunction &function) const;
  bool pausesIn(const LinkedFunction &function, Index<Block> block) const;
  std::optional<Site> guardAround(const LinkedFunction &function, Index<Block> block);
  std::optional<Site> guardBefore(const LinkedFunction &function, Index<Call> call);
  std::optional<Site> guardInSteps(const LinkedFunction &function, llvm::ArrayRef<Step> steps,
                                   bool byThrowOnly);
  std::optional<Site> guardInStep(const LinkedFunction &function, const Step &step, bool byThrowOnly);
  std::optional<Site> guardInCall(const LinkedFunction &function, Index<Call> call);
  bool isHelper(uint32_t function) const;
  std::optional<Site> dropsWhenFull(const LinkedFunction &function);
  std::optional<Site> takesBackAfter(const LinkedFunction &function, Index<Call> call) const;
  std::optional<Site> waitAfter(const LinkedFunction &function, Index<Call> call) const;
  std::optional<Site> guardOf(CallRef ref, bool isCaller);
  const Hold &holdOf(CallRef ref, bool isCaller);
  bool addHold(CallRef ref, bool isCaller, PushGuard &into);
  BoundState callersOf(uint32_t function, PushGuard &into);
  void addMadeWithout(const Limit &limit, PushGuard &into);

  const Needs in_;
  const Program &program_;
  const Subjects &subjects_;
  const Locks &locks_;
  std::set<CallRef> sizes_, empties_, takes_;
  std::set<EntityId> counters_;     ///< Members that count what is in the queue.
  std::set<uint32_t> lookers_;      ///< Functions that look at its size.
  std::set<uint32_t> ownTakers_;    ///< Functions that take from it themselves, and do not add.
  std::set<uint32_t> takers_;       ///< Functions that take from it, and those that call them.
  std::set<ObjectId> permits_; ///< Semaphores that takers give back to.
  std::set<ObjectId> filled_;  ///< Conditions that takers wait on for the next item.
  std::map<uint32_t, uint32_t> below_;   ///< Functions with anything of the above at or below them: a number each.
  std::set<uint32_t> limited_;           ///< Functions that ask a limiter.
  std::vector<uint8_t> helpers_[2];      ///< By that number, and what `countsEmptiness_` is: holds back who calls it.
  const std::vector<uint8_t> *helping_ = nullptr; ///< While helpers are looked for: what is known of them.
  std::vector<uint32_t> visitedHelpers_; ///< Helpers that the guard found last relies on.
  std::map<std::pair<CallRef, bool>, Hold> holds_;
  bool isInHelper_ = false;
  mutable std::map<uint32_t, std::vector<Index<Call>>> takesOf_;
  bool countsEmptiness_ = true; ///< "It is empty" is room enough.
  Limit lastLimit_;
  std::vector<Limit> switches_; ///< Limits that something in their condition can switch off.
};

} // namespace opex
