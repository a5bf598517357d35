// Whether a queue is one: what some functions push, others take, on other threads. And what only looks like
// one: pools whose items go round, wake-ups, what is filled once at the start.
#pragma once

#include "analysis/body/places.h"
#include "analysis/execution/executors.h"
#include "analysis/apis/locks.h"
#include "analysis/queues/objects.h"
#include "analysis/execution/repetition.h"
#include "analysis/execution/startup.h"
#include "analysis/execution/threads.h"

namespace opex {

/// What shows that several threads share a queue.
enum class Sharing : uint8_t {
  None,
  Likely, ///< Both sides hold one mutex.
  Proven, ///< One side wakes the other, or they run on different threads.
};

class QueueSharing {
public:
  /// All must outlive it.
  QueueSharing(const Inputs<RoleIndex, Entries, Threads, StartupOnly> &in, const Locks &locks);

  /// What there is besides the queue that is asked about: executors whose work shares it, containers that items come from.
  void learn(llvm::ArrayRef<QueueObject> all, Provenance &provenance);

  /// Calls that take items out for good: not what only removes one it was told.
  std::vector<const QueueTouch *> takes(const QueueObject &queue) const;

  /// Pushes that can make it grow without end: not those of a consumer putting something back, not those that
  /// happen once, not wake-ups.
  std::vector<const QueueTouch *> growing(const QueueObject &queue,
                                          llvm::ArrayRef<const QueueTouch *> takes) const;

  /// Its items are made by whoever finds it empty, or come back when their holder dies.
  bool isPool(const QueueObject &queue, llvm::ArrayRef<const QueueTouch *> pushes,
              llvm::ArrayRef<const QueueTouch *> takes) const;

  /// Its items stay: they are used where they are, and dropped when all ends.
  bool isRegistry(const QueueObject &queue, llvm::ArrayRef<const QueueTouch *> takes) const;

  Sharing between(const QueueObject &queue, const QueueTouch &push, const QueueTouch &take) const;

  /// How much of a worker takes: 3 waits for the next one, 2 comes back for it, 1 may do so (nobody is seen
  /// to call it, or a callback does), 0 neither: it collects what has come together.
  unsigned workOf(const QueueTouch &take) const;

  /// The call is made again and again: in a loop, or its function is called in one.
  bool isRepeated(CallRef call) const { return repetition_.isRepeated(call); }

  /// A call that adds `item` can happen any number of times.
  bool mayGrow(const QueueObject &queue, CallRef call, Index<Value> item) const;

private:
  static Index<Value> converted(const Function &body, Index<Value> value);
  static bool isBegin(const Function &body, Index<Value> value, const Variable &queue);
  static bool walksFromBegin(const Function &body, uint32_t iterator, const Variable &queue);
  bool takesFront(const QueueTouch &erase) const;
  bool looksBefore(const QueueTouch &clear) const;
  bool isReplacement(const QueueTouch &take) const;
  bool isIn(const QueueObject &queue, const LinkedFunction &function, Index<Value> value) const;
  bool isWakeUp(const LinkedFunction &function, Index<Value> item) const;
  bool isOnce(const QueueObject &queue, CallRef call) const;
  bool isFilledOnce(const QueueObject &queue, CallRef call, Index<Value> item) const;
  bool takesAll(const QueueTouch &take) const;
  bool isEndedOneByOne(const QueueObject &queue, llvm::ArrayRef<const QueueTouch *> takes) const;
  bool isAtTheEnd(uint32_t function) const;
  bool isFlushedByFiller(const QueueTouch &push, const QueueTouch &take) const;
  std::set<ObjectId> heldAt(const QueueTouch &touch) const;
  bool isLookedInto(const QueueObject &queue, const LinkedFunction &function, const Type &type, Index<Value> object) const;
  bool makesItem(const QueueObject &queue, const QueueTouch &take) const;

  bool isMovedFromFixed(const QueueTouch &push) const;
  bool isMarkedFirst(const QueueTouch &push) const;

  const Program &program_;
  const RoleIndex &roles_;
  const Entries::Result &entries_;
  Executors executors_;
  std::set<EntityId> fixed_;      ///< Members that hold a container which nothing fills once its object is made.
  std::set<std::pair<uint32_t, EntityId>> takenIn_; ///< Functions that take from a member's container.
  const Locks &locks_;
  const Threads &threads_;
  const std::vector<uint8_t> &startupOnly_;
  const Repetition repetition_;
};

} // namespace opex
