// What bounds a call that is made rarely and then by everybody: a time limit on each dependency below it, and
// something that lets few through at once.
#pragma once

#include "analysis/calls/data_access.h"
#include "analysis/calls/statements.h"
#include "analysis/execution/held_locks.h"

namespace opex {

/// Whether a limiter, single flight or lock stands around the call, or on the paths to what it touches.
bool isHeldBack(const Inputs<RoleIndex, Statements, HeldLocks> &in, CallRef call, const std::vector<Touch> &touches);

struct TimeLimit {
  BoundState state = BoundState::Set;
  std::vector<ChainStep> steps; ///< The calls without a limit.
};

/// The worst of the touches' dependency calls; writes do not count.
void addTimeLimit(const Program &program, const std::vector<Touch> &touches, TimeLimit &limit);

} // namespace opex
