// A handler that puts 0 or an empty text where the try would have put its result, and lets the function go on with it.
#pragma once

#include "analysis/calls/effects.h"

namespace opex {

/// What the handler does is no more than that, the function uses the value behind the try, and nowhere there asks for it.
/// Gives the place as the handler names it.
Index<Value> defaultLeftBy(const LinkedFunction &function, const Handler &handler, const Effects &effects);

} // namespace opex
