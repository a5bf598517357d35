// The one entry of analysis/: applies the rules to a linked program.
#pragma once

#include "model/program.h"
#include "rules/rules.h"

namespace opex {

/// Fills program.annotations. The same program and rules give the same annotations.
void annotate(Program &program, const rules::RuleSet &rules);

} // namespace opex
