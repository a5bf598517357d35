// What holds for one thing that may bound a call: a setting of one object, an argument, a flag. Which of two
// answers is the worse one, and what is left when several objects may arrive at the same call.
#pragma once

#include "analysis/values/limit_values.h"

namespace opex {

/// What holds for one setting (or group, or argument) of one object at one call.
struct BoundVerdict {
  BoundState state = BoundState::Unknown;
  std::optional<int64_t> ns;
  Confidence confidence = Confidence::High;
  std::string reason;
  std::vector<ChainStep> evidence;
  std::vector<ChainStep> others; ///< First evidence of other objects with the same lack.
  std::string limitedBy{};       ///< As in PhaseBound, as are the next two.
  bool isChosen = false;
  TimePoint until{};
};

/// From best to worst news for somebody who wants the call bounded.
unsigned badness(BoundState state);

/// Keeps the worst of several objects' verdicts and remembers where the others that lack a limit come from.
void keepWorst(std::optional<BoundVerdict> &worst, BoundVerdict next);

/// What a limit of this value amounts to.
BoundVerdict verdictOf(const LimitValue &limit);

} // namespace opex
