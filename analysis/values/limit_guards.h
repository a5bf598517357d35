// Conditions that only ask whether a value is a limit at all: `if (seconds > 0) setTimeout(seconds)` limits
// as `setTimeout(seconds)` does, since the way around it is taken where the value says "none".
#pragma once

#include "model/program.h"

namespace opex {

/// The outermost block around `block` from which on nothing but the value itself decides whether `block` is
/// reached.
Index<Block> beyondLimitGuards(const Program &program, const LinkedFunction &function, Index<Block> block,
                               Index<Value> value);

} // namespace opex
