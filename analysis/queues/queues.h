// Queues between threads: which objects are filled by some and emptied by others, and what bounds them. A
// plain container counts only where it is used so; see docs/architecture.md for what bounds one.
#pragma once

#include "analysis/bounds/dependencies.h"
#include "analysis/calls/statements.h"
#include "analysis/execution/threads.h"
#include "analysis/execution/unreached.h"

namespace opex {

/// An object of a class that has a queue in it.
struct QueueInstance {
  std::string name; ///< As its maker calls it; empty if it has no name.
  Location where;   ///< Where it is made, or declared if no call is seen to make it.
  std::optional<CallRef> made;
};

/// A queue between threads, with all that is done to it.
struct QueueUse {
  std::string rule; ///< The pack's row of `grows`.
  std::string name; ///< As its users call it: `jobs_`.
  Location declared;
  std::vector<CallRef> pushes, pops; ///< Sorted. An executor has no pops.
  std::optional<CallRef> grows;      ///< The push that is held back by nothing, if there is one.
  std::vector<QueueInstance> unlimited; ///< Made with a limit of 0, while others are made with one.
  std::string taker;                 ///< The function that takes from it, beside that push; empty for an executor.
  bool onRequestPath = false;        ///< That push is made while a request waits.
  Bound bound; ///< Of how many it may hold; the evidence leads to `grows` and to where it is emptied.
  std::string doubt; ///< Why its confidence is not high.
  std::string advice;
};

struct Queues {
  std::vector<QueueUse> queues;      ///< In the order of their declarations.
  std::vector<RejectedCandidate> rejections; ///< Pushes to what is no queue.

  using Result = Queues;
  using Needs = Inputs<RoleIndex, Subjects, Entries, RequestPaths, StartupOnly, Unreached, Threads, Statements, Dependencies>;
  static Queues run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "queues";
};

} // namespace opex
