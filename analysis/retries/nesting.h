// Which retries run inside which: through calls, across functions and files, and inside libraries.
#pragma once

#include "analysis/retries/finder.h"

namespace opex {

/// For each of the retries found that has others inside it, the nest with the largest product. Silent
/// where a breaker or a retry budget stands in between. In the order of the outer retries.
std::vector<RetryNest> nestRetries(const RetryFinder &finder);

} // namespace opex
