// One function's worst-case time from those of its calls: a walk over its tree of blocks. Part of latency.h.
#pragma once

#include "analysis/latency/call_times.h"

namespace opex {

/// What running the function once takes at worst; notes the times of the retries in it. Functions of which CallTimes
/// does not know take nothing.
Timed timeOf(const Inputs<Entries, RetryWork, Retries> &in, CallTimes &calls, const LinkedFunction &function);

} // namespace opex
