// Which objects are queues, and every call on them: pushes, pops, looks at the size. An object is the member,
// global or variable that holds the queue, however the call names it: through a reference parameter, a smart
// pointer, a capture, a wrapper that hands it out under its lock.
#pragma once

#include "analysis/apis/subjects.h"

namespace opex {

/// A call on a queue, or on something that may be that queue.
struct QueueTouch {
  CallRef call;
  const rules::QueueCall *row = nullptr;
  Index<Value> queue;        ///< As the call names it.
  std::vector<CallRef> path; ///< Calls that handed the queue down to it, nearest first.
  bool isPossible = false;

  /// The function on whose behalf it is done: the one that knows the queue by itself.
  uint32_t actor() const { return path.empty() ? call.function : path.back().function; }
};

struct QueueObject {
  const rules::Queue *rule = nullptr; ///< Of a push.
  Origin origin;
  std::vector<QueueTouch> touches; ///< Sorted by call.
  bool isElement = false;          ///< It is not the object itself, but in it: `queues_[key]`.
  bool isWrapped = false;          ///< Reached through an object that guards it (`locked.lock()->push(x)`).
};

/// Names that values go by, with the provenance that tells them apart.
class QueueObjects {
public:
  /// All must outlive it.
  QueueObjects(const Program &program, const RoleIndex &roles, const Subjects &subjects);

  Provenance &provenance() { return provenance_; }
  /// In a stable order.
  std::vector<QueueObject> find();

private:
  ProvenanceRules rulesFor(const Subjects &subjects) const;
  bool isQueueType(const Type &type) const;
  bool isPrivate(const LinkedFunction &function, Index<Value> variable) const;
  const std::vector<Arrival> &arrivalsOf(const LinkedFunction &function, Index<Value> queue);
  Index<Value> ownerOf(const LinkedFunction &function, Index<Value> part, bool &isElement) const;
  std::pair<Index<Value>, bool> holderOf(const LinkedFunction &function, Index<Value> queue) const;
  bool guardsQueue(const LinkedFunction &function, const Type &type) const;
  void collect(const LinkedFunction &function, Index<Call> index);
  Index<Value> movedFrom(const LinkedFunction &function, const Call &call) const;
  void touch(const LinkedFunction &function, Index<Call> index, Index<Value> queue, const QueueRole &role);

  const Program &program_;
  const RoleIndex &roles_;
  std::set<EntityId> classes_; ///< That have calls of queue rows.
  mutable std::map<EntityId, bool> queueTypes_;
  std::set<std::pair<uint32_t, uint32_t>> captured_; ///< Locals that a lambda has: function and variable.
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Arrival>> ofLocals_;
  Provenance provenance_;
  std::map<std::pair<ObjectId, bool>, QueueObject> objects_; ///< By object, and whether what is in it is meant.
};

} // namespace opex
