// How often a loop goes round, and what decides it. Knows nothing of why; retries.h and the checks ask that.
#pragma once

#include "analysis/body/exits.h"
#include "analysis/body/region.h"

namespace opex {

/// What ends a loop in the long run. Exits on success (`break` on a good answer) do not count: they are not
/// what bounds it.
struct Rounds {
  enum Kind : uint8_t {
    Once,      ///< `do { … } while (false)`.
    Constant,  ///< A counter up to a number: at most `count` rounds.
    Symbol,    ///< A counter up to something that is no constant: `text`.
    Data,      ///< The elements of a container, range, text or result set.
    Condition, ///< Something else: a flag, a state, the result of a call.
    Endless,   ///< Nothing but exits from inside, none of which counts.
  } kind = Condition;
  int64_t count = 0;
  std::string text = {};
  Index<Value> limit = {};  ///< Of Constant and Symbol: what the counter is compared with.
  int64_t offset = 0;        ///< Of Symbol: rounds are the limit and this, as far as the start is known.
  bool isTestInside = false; ///< The counter is tested by an exit in the body, not by the loop's condition.
};

/// The rounds pass the step that changes a counter, in the cases that matter to who asks.
using CounterTest = llvm::function_ref<bool(Step change)>;

/// Counters that `counts` refuses end nothing; without it each counts. Without `neverReturns` the callees' own bodies
/// are asked.
Rounds roundsOf(const Program &program, const LinkedFunction &function, Index<Loop> loop, CounterTest counts = {},
                NeverReturns neverReturns = {});

/// The loops around the block, nearest first.
std::vector<Index<Loop>> loopsAround(const Function &function, Index<Block> block);

} // namespace opex
