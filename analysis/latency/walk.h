// One function's worst-case time from those of its calls: a walk over its tree of blocks. Part of latency.h.
#pragma once

#include "analysis/latency/call_times.h"

namespace opex {

/// What running the function takes at worst; notes the times of the retries in it. The functions that it calls must
/// have been worked out, but for those that lead back to it.
Timed timeOf(const Inputs<Entries, Retries> &in, CallTimes &calls, const LinkedFunction &function);

} // namespace opex
