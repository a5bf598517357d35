// Work that is done again because it failed: loops, recursion, helpers that take a callable, tasks that
// submit themselves again, retries inside libraries; and how often at most. See the SPEC's vocabulary for
// what is none.
#pragma once

#include "analysis/apis/subjects.h"

namespace opex {

/// Fills Annotations::retries. Needs reach, statements and dependencies.
void annotateRetries(Program &program, const RoleIndex &roles, Subjects &subjects);

} // namespace opex
