// Every call that leaves the process or waits inside it, and how each of its phases is bounded.
#pragma once

#include "analysis/bounds/deadlines.h"
#include "analysis/execution/binary_semaphores.h"
#include "analysis/execution/startup.h"
#include "analysis/execution/unreached.h"
#include "analysis/passes/by_call.h"

#include <set>

namespace opex {

struct Dependencies {
  ByCall<DependencyUse> uses;
  ByCall<DependencyUse> ownWaits; ///< For work that is started in sight: not among `uses`, since it is judged there.
  /// Of calls that only hand on what their callers choose to give them, one for each caller, at the caller's call.
  std::vector<DependencyUse> atCallers;
  std::set<CallRef> forwarded; ///< The calls that those stand for.
  std::vector<RejectedCandidate> rejections; ///< Calls that a row names and that are none after all.

  const DependencyUse *at(CallRef call) const { return uses.at(call); }

  using Result = Dependencies;
  using Needs = Inputs<RoleIndex, Subjects, Entries, RequestPaths, StartupOnly, Unreached, BinarySemaphores, Deadlines>;
  static Dependencies run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "dependencies";
};

} // namespace opex
