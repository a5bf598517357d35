// What holds for one thing that may bound a call: a setting of one object, an argument, a flag. Which of two
// answers is the worse one, and what is left when several objects may arrive at the same call.
#pragma once

#include "analysis/values/limit_values.h"
#include "model/dependency.h"

namespace opex {

/// From best to worst news for somebody who wants the call bounded.
unsigned badness(BoundState state);

/// Whether `next` takes the place of the worst so far.
bool isWorse(const Bound &next, const Bound &worst);

/// Keeps the worst of several objects' verdicts and remembers where the others that lack a limit come from.
void keepWorst(std::optional<Bound> &worst, Bound next);

/// What a limit of this value amounts to.
Bound verdictOf(const LimitValue &limit);

} // namespace opex
