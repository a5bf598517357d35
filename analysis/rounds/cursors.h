// Cursors of a program's own: objects with one method that says what they stand at and another one that moves
// them on, as `list.current()` and `list.advance()`. Known by what the bodies do, not by what the methods are
// called.
#pragma once

#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include <set>

namespace opex {

/// The value names a pointer, an iterator or the like: it may walk from element to element, as a number does
/// not.
bool mayWalk(const Function &body, const TuFacts &unit, Index<Value> value);

/// Calls of a function about cursors that are both asked and moved on in it.
struct CursorUse {
  std::set<uint32_t> reads; ///< They yield what the cursor stands at.
  std::set<uint32_t> moves;
};

/// Those in the blocks.
CursorUse cursorsIn(const Program &program, const LinkedFunction &function,
                    llvm::function_ref<bool(Index<Block>)> isInside);

} // namespace opex
