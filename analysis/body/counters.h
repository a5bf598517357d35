// Trip counts: variables that each round changes by the same number, and for how many rounds a comparison of one holds.
// Rounds are those of a loop, of a goto back, of a function that calls itself.
#pragma once

#include "analysis/body/conditions.h"
#include "analysis/body/region.h"

#include <optional>

namespace opex {

/// How many of the values `first`, `first + step`, … in a row the comparison with `limit` holds for; none if it
/// has no end. `step` is not 0.
std::optional<int64_t> runLength(int64_t first, int64_t step, Compare op, int64_t limit);

/// The test of a counter, as the rounds meet it.
struct TripTest {
  Compare op = Compare::Less; ///< They go on as long as `counter op limit` holds.
  int64_t step = 1;           ///< Not 0.
  std::optional<int64_t> start = {}, limit = {}; ///< None: not known.
  int64_t ahead = 0;          ///< What the first compared value is more than the start.
  bool isTestedLast = false;  ///< A round has been done before the first test.
};

struct TripCount {
  enum Kind : uint8_t {
    Endless, ///< The test never ends it.
    Known,   ///< `count` rounds. An unknown start is taken for 0.
    OfStart, ///< The unknown start and `count`; 0 also where steps are larger than 1.
    OfLimit, ///< The same of the limit.
  } kind = Endless;
  int64_t count = 0;
};

TripCount tripCount(const TripTest &test);

struct Counter {
  Index<Value> object; ///< Variable, member or element.
  int64_t step = 0;    ///< Not 0.
  const Assign *change = nullptr;
};

/// Whether a block belongs to the rounds.
using BlockTest = llvm::function_ref<bool(Index<Block>)>;

/// `value` is a counter of the rounds, or such a change itself: `++n`. None if it is set otherwise, or twice.
std::optional<Counter> counterOf(const Function &function, BlockTest isInside, Index<Value> value);

/// What the counter starts from: the last assignment before `begin`, an offset, or the initialiser; none if unknown.
Index<Value> startOf(const Function &function, BlockTest isInside, uint32_t begin, const Counter &counter);

/// In the first round the counter has been changed when it is `compared` at `test`.
bool isChangedBefore(const Function &function, const Counter &counter, Index<Value> compared, const Site &test);

/// The block belongs to the loop, its condition included.
bool isInLoop(const Function &function, const Loop &loop, Index<Block> block);

/// The loop assigns to the object, or to what it is a part of.
bool isChangedIn(const Function &function, const Loop &loop, Index<Value> object);

} // namespace opex
