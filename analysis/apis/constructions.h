// Constructors that library templates call for us: `std::make_shared<T>(args…)`. The template's body is not
// parsed, so link/ cannot see the edge; a `makes` row says that there is one.
#pragma once

#include "analysis/apis/roles.h"

namespace opex {

/// Adds an edge from such a call to the constructor it runs, where the program has it. Several that fit the
/// number of arguments become possible edges.
void linkConstructions(Program &program, const rules::RuleSet &rules);

} // namespace opex
