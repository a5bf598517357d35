// Facts of all units → the program that is analysed, which nothing changes from then on.
#pragma once

#include "model/program.h"
#include "rules/rules.h"

namespace opex {

/// As link(), with the constructors that library templates run for us, which only packs know of.
Program linkProgram(const rules::RuleSet &rules, std::vector<TuFacts> units, std::vector<std::string> leftOut = {});

} // namespace opex
