// What runs before what inside one function: does a call happen before another on all paths, on some, or on
// none? Works on the block tree; sound for structured code, and a goto makes every answer "sometimes".
#pragma once

#include "model/body.h"

namespace opex {

enum class Before : uint8_t { Never, Sometimes, Always };

/// Where in the function something happens: a step number `position` of `block`.
struct Moment {
  Index<Block> block;
  uint32_t position = 0;

  bool valid() const { return static_cast<bool>(block); }
};

/// The moment of a step of the block, of a call, of an assignment.
Moment momentOf(const Function &function, Index<Block> block, Step step);
Moment momentOf(const Function &function, Index<Call> call);
Moment momentOf(const Function &function, const Assign &assign);

/// The moment of the step that owns the block, in the block around it; not valid for the function's body.
Moment ownerOf(const Function &function, Index<Block> block);

/// Whether `first` has happened when `second` is reached.
Before happensBefore(const Function &function, Moment first, Moment second);

/// Whether `first` comes before `second` in the order of the text.
bool standsBefore(const Function &function, Moment first, Moment second);

/// The branch arm closest to `moment` that decides whether it happens, up to and without `outermost`.
/// None if it happens whenever `outermost` does.
Index<Block> conditionalArm(const Function &function, Moment moment, Index<Block> outermost);

} // namespace opex
