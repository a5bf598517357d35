// How a run of a block can end: at its end, by a jump, by a return, by an exception. All ways that the structure of the
// code allows, whatever conditions say; so what is not among them does not happen. A goto may lead to any label that
// bears its name, and an exception to every handler around.
#pragma once

#include "model/program.h"

namespace opex {

/// Ways out of a block, as far as some path takes them. None at all: it never ends.
struct Exits {
  bool fallsThrough = false; ///< To what follows it.
  bool breaks = false;       ///< Out of a loop or switch around it.
  bool continues = false;    ///< To the next round of a loop around it.
  bool jumps = false;        ///< By goto, to whatever label.
  bool returns = false;      ///< `co_return` included.
  bool throws = false;       ///< By `throw`; what calls throw is not asked.
  bool stops = false;        ///< By a call that does not return: it throws or ends the process.

  Exits &operator|=(const Exits &other);
};

/// Whether the call does not return; asked of those that are not declared so.
using NeverReturns = llvm::function_ref<bool(Index<Call>)>;

struct ExitOptions {
  NeverReturns neverReturns = {};
  bool entersHandlers = true; ///< False: nothing throws.
};

/// Of the block, from its step `from` on. Without a block: it falls through.
Exits exitsOf(const Function &function, Index<Block> block, const ExitOptions &options = {}, uint32_t from = 0);

/// No path gets to the end of the block.
bool alwaysLeaves(const Function &function, Index<Block> block, const ExitOptions &options = {});

/// Each path through the block, from its step `from` on, leaves the loop around it for good: there is no next round.
bool alwaysLeavesLoop(const Function &function, Index<Block> block, const Loop &loop, const ExitOptions &options = {},
                      uint32_t from = 0);

/// Where a `break` or `continue` leads: the body of the loop or switch that it ends, or whose next round it begins.
Index<Block> jumpTarget(const Function &function, const Exit &exit);

/// `throw`, with a value or without.
bool isThrow(const Exit &exit);

/// A way out that may carry a value to the caller.
bool isReturn(const Exit &exit);

/// The function may come back to who calls it. A coroutine does before it ends.
bool returns(const Function &function, NeverReturns neverReturns = {});

/// The call of the edge ends the process: it is declared not to return, and what it runs does not throw. Who holds a lock
/// or waits for an answer then is gone before it matters.
bool endsProcess(const Program &program, const CallEdge &edge);

} // namespace opex
