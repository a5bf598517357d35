// One number for what a body says, to tell apart the bodies that several TUs see of one function.
#pragma once

#include "model/facts.h"

namespace opex {

/// Hash of `function`'s skeleton. Places count relative to the function's first line, and only those
/// inside it; types, files and macros count by their text, not by their position in `facts`.
uint64_t contentHash(const Function &function, const TuFacts &facts);

} // namespace opex
