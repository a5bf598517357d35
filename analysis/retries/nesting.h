// Which retries run inside which: through calls, across functions and files, and inside libraries.
#pragma once

#include "analysis/calls/work.h"

namespace opex {

/// For each retry of the annotations that has others inside it, the nest with the largest product. Silent
/// where a breaker or a retry budget stands in between. In the order of the outer retries.
std::vector<RetryNest> nestRetries(const Program &program, const RetryWork &work);

} // namespace opex
