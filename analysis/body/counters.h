// Variables that a loop changes by the same number each round, and how long a comparison of one holds.
#pragma once

#include "analysis/body/region.h"

#include <optional>

namespace opex {

enum class Compare : uint8_t { Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual };

Compare negated(Compare op);
Compare mirrored(Compare op); ///< With its sides exchanged.
std::optional<Compare> compareOf(llvm::StringRef op);

/// How many of the values `first`, `first + step`, … in a row the comparison with `limit` holds for; none if it
/// has no end. `step` is not 0.
std::optional<int64_t> runLength(int64_t first, int64_t step, Compare op, int64_t limit);

struct Counter {
  Index<Value> object; ///< Variable, member or element.
  int64_t step = 0;    ///< Not 0.
  const Assign *change = nullptr;
};

/// `value` is a counter of the loop, or such a change itself: `++n`. None if it is set otherwise, or twice.
std::optional<Counter> counterOf(const Function &function, const Loop &loop, Index<Value> value);

/// What the counter starts from: the last assignment before the loop, or the initialiser; none if unknown.
Index<Value> startOf(const Function &function, const Loop &loop, const Counter &counter);

/// The block belongs to the loop, its condition included.
bool isInLoop(const Function &function, const Loop &loop, Index<Block> block);

/// The same variable, member or element, as far as the spelling tells.
bool isSameObject(const Function &function, Index<Value> left, Index<Value> right);

/// The loop assigns to the object.
bool isChangedIn(const Function &function, const Loop &loop, Index<Value> object);

} // namespace opex
