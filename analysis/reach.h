// Where requests enter the program, what runs on threads of its own, and what each can reach.
#pragma once

#include "analysis/subjects.h"

namespace opex {

/// Fills entryPoints, spawns and onRequestPath.
void annotateReach(Program &program, const RoleIndex &roles, Subjects &subjects);

} // namespace opex
