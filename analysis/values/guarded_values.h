// What the conditions around a place leave of the numbers a variable can be: where `if (timeout != -1)` leads, it is
// not -1, and behind `if (timeout <= 0) return;` it is more than 0.
#pragma once

#include "analysis/values/constants.h"

namespace opex {

/// Takes out of `numbers` what `value` cannot be in `block`. Comparisons with constants and tests for zero count, of
/// the branches around the block and of those before it that leave; none if the variable is changed in between.
void dropExcluded(const Function &function, Index<Block> block, Index<Value> value, NumberSet &numbers);

} // namespace opex
