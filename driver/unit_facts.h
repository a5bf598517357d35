// From selected translation units to their facts: out of the store what it has, by parsing the rest. The one place where
// the program asks for a parse of a project.
#pragma once

#include "driver/selection.h"
#include "frontend/parse.h"

namespace opex {

/// The facts of the units in the order of the selection, with progress on standard error. The same with and without a
/// store, and trouble with the store is a notice there.
std::vector<TuFacts> factsOf(const Options &options, const Selection &selection, LookFor lookFor);

/// Where the store of the user lies if none is named; empty if there is no place for it.
std::string defaultCacheFolder();

} // namespace opex
