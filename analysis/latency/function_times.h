// Worst-case times of all functions, each after those that it waits for. Part of latency.h.
//
// What functions that lead back to themselves take:
// - Where one of them is a retry that calls itself, a round of it counts calls that lead back to it as nothing, and the
//   function takes as many rounds as there are attempts. Who calls it from inside the circle waits for all of them.
// - Of others nobody knows how often they run. Each takes an unknown number of times what the longest of them takes
//   without the calls that lead back: `? × 2 s`.
#pragma once

#include "analysis/latency/call_times.h"
#include "analysis/latency/latency.h"

namespace opex {

/// Fills in CallTimes::functions and CallTimes::retries.
void settleTimes(const Latency::Needs &in, CallTimes &calls);

} // namespace opex
