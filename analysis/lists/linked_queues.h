// Queues that a program links by hand: a list with a head and a tail, each node of which points to the next. Some functions
// hang a node behind the tail, others take the one at the head, under one lock. Lists without a tail are stacks, pools or
// collections, and no queues.
#pragma once

#include "analysis/execution/held_locks.h"
#include "analysis/execution/startup.h"
#include "analysis/execution/threads.h"
#include "analysis/execution/unreached.h"

namespace opex {

/// Where a pointer of a list is set.
struct LinkSpot {
  uint32_t function = 0;
  Index<Assign> assign;
  auto operator<=>(const LinkSpot &) const = default;
};

struct LinkedQueue {
  EntityId head, tail, next; ///< Members or globals, and the member of the nodes.
  LinkSpot push;             ///< Hangs a node behind the tail.
  LinkSpot take;             ///< Takes it from the head, beside that.
  bool runsApart = false;    ///< The two surely run on different threads.
};

struct LinkedQueues {
  std::vector<LinkedQueue> unbounded; ///< That nothing holds back; one for each tail, in the order of the program.

  using Result = LinkedQueues;
  using Needs = Inputs<RoleIndex, HeldLocks, StartupOnly, Unreached, Threads>;
  static LinkedQueues run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "linked-queues";
};

} // namespace opex
