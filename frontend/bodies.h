// Which bodies of a parsed TU are the project's: functions, instantiations, in-class initialisers and
// initialisers of globals, in source order. Lambdas and local classes turn up while bodies are reduced.
#pragma once

#include "frontend/skeleton.h"

namespace opex {

/// Also records every class and enumeration that the project defines, and names the lambdas that stand
/// outside of functions.
std::vector<Body> collectBodies(const TuTables &tables);

} // namespace opex
