// TU facts → Program: every function once, calls resolved, what is missing named. Knows neither Clang nor
// rules. A header's function is one function however many TUs see it; bodies that differ (macros,
// instantiations) stay apart by content hash.
#pragma once

#include "model/program.h"

namespace opex {

/// Takes the facts over. Units are sorted first, so the order in which they were made does not matter.
/// `leftOut` names TUs that belong to the program but were not analysed.
Program link(std::vector<TuFacts> units, std::vector<std::string> leftOut = {});

} // namespace opex
