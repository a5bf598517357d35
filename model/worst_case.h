// How long something takes at worst and how often it tries, and both in words. Worked out by analysis/latency.
#pragma once

#include "model/finding.h"
#include "model/symbolic_time.h"

namespace opex {

/// How long something takes at worst, and how often what is below it is tried.
struct WorstCase {
  SymbolicTime time;
  int64_t sureNs = 0;        ///< The part of what is known that rests on no possible edge or changeable value.
  int64_t amplification = 0; ///< Most attempts of a dependency call below, unknown factors being one; 0: there is none.
};

/// "1.8 s (2 × (800 ms + 100 ms))", "2 s and more (2 s + `get`)".
std::string worstCaseText(const WorstCase &worst);

/// As Finding::worstCase takes it; none where nothing is known to take time.
std::optional<TimeNote> timeNoteOf(const WorstCase &worst);

} // namespace opex
