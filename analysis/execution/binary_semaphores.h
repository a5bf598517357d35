// Semaphores that are locks: made with one permit, and who takes it gives it back. Waiting for one is waiting for whoever
// holds it, as with a mutex. One that others post, that counts, or of which it is not known how it was made, is none.
#pragma once

#include "analysis/apis/subjects.h"

#include <set>

namespace opex {

class BinarySemaphores {
public:
  using Result = BinarySemaphores;
  using Needs = Inputs<RoleIndex, Subjects>;
  static BinarySemaphores run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "binary-semaphores";

  /// The call waits for the permit of a semaphore that is a lock, or gives it back.
  bool isOfLock(CallRef call) const { return calls_.contains(call); }

  /// What the row does there to a lock: who takes the permit of such a semaphore holds it.
  rules::Lock::Does doesAt(CallRef call, const rules::Lock &row) const;

private:
  std::set<CallRef> calls_;
};

} // namespace opex
