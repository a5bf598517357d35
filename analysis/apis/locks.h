// What threads meet at: which functions hold which mutexes, wait for or wake which conditions, take or give
// back permits of which semaphores. Objects are told apart as provenance tells them: members by declaration.
#pragma once

#include "analysis/apis/subjects.h"

namespace opex {

class Locks {
public:
  struct Use {
    CallRef call;
    rules::Lock::Does does = rules::Lock::Hold;
    ObjectId object;
    auto operator<=>(const Use &) const = default;
  };

  Locks(const Program &program, const RoleIndex &roles, Provenance &provenance);

  /// What the function does itself, or what is done to a lock it hands to a helper; sorted.
  const std::vector<Use> &of(uint32_t function) const { return uses_[function]; }

  /// Objects of one kind of use in the function, those of its callers (who may hold the lock for it) and of
  /// the functions it calls directly, as far as `reach` steps.
  std::set<ObjectId> around(uint32_t function, rules::Lock::Does does, unsigned callers,
                          unsigned callees) const;

  /// Mutexes held while the call is made, in its function or in those that call it, `callers` steps up.
  std::set<ObjectId> heldAt(CallRef call, unsigned callers) const;

private:
  bool isHeldAt(const LinkedFunction &function, Index<Call> hold, Index<Call> call) const;
  bool collectNamed(CallRef at, Index<Value> lock, rules::Lock::Does does, unsigned depth);
  bool holds(uint32_t function) const;
  bool returnsGuard(const LinkedFunction &function) const;
  void collectAccessors();
  void collect(const RoleIndex &roles, Provenance &provenance, const LinkedFunction &function,
               Index<Call> index);

  const Program &program_;
  std::vector<std::vector<Use>> uses_;
};

} // namespace opex
