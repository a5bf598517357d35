// What the limits of a call's phases add up to.
#pragma once

#include "model/dependency.h"

namespace opex {

/// One limit holds for this phase and an earlier one together: it counts there.
bool sharesEarlierLimit(const DependencyUse &use, const PhaseBound &phase);

/// All the time that the limits leave to the call; none if that is not known.
std::optional<int64_t> limitNs(const DependencyUse &use);

} // namespace opex
