// Worst-case times in words, for the checks that say them.
#pragma once

#include "model/annotations.h"

namespace opex {

/// "1.8 s (2 × (800 ms + 100 ms))", "2 s and more (2 s + `get`)".
std::string worstCaseText(const WorstCase &worst);

/// As Finding::worstCase takes it; none where nothing is known to take time.
std::optional<TimeNote> timeNoteOf(const WorstCase &worst);

} // namespace opex
