// Queues between threads: which objects are filled by some and emptied by others, and what bounds them. A
// plain container counts only where it is used so; see docs/architecture.md for what bounds one.
#pragma once

#include "analysis/apis/subjects.h"

namespace opex {

/// Fills Annotations::queues. Needs reach and statements.
void annotateQueues(Program &program, const RoleIndex &roles, Subjects &subjects);

} // namespace opex
