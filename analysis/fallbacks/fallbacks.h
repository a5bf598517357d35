// Where a program has two ways to one result, a common and a rare one: the cache and what is asked on a miss,
// the primary and what stands in when it fails. Built on reads.h (what a call asks), presence.h (what tells
// whether it found it) and mode_limits.h (what holds the rare way back).
#pragma once

#include "analysis/apis/subjects.h"

namespace opex {

/// Fills Annotations::twoWays. Needs dependencies, spawns and guards.
void annotateModes(Program &program, const RoleIndex &roles, Subjects &subjects);

} // namespace opex
