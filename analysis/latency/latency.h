// How long entry points, functions and retries take at worst: the limits of the dependency calls and the pauses below
// them, put together along the tree of blocks. What comes one after the other adds up, of several ways the longest
// counts, and so does the longest of what runs at the same time; loops and retries multiply. What is not known stays
// in the result by name (model/symbolic_time.h). Also how often a dependency call is tried.
#pragma once

#include "analysis/bounds/deadlines.h"

namespace opex {

/// Fills `worst` of entry points and retries, and the chains of entry points that have an SLA. Needs everything that
/// is known of dependencies, pauses, spawns and retries. Linear in the functions that can wait.
void annotateLatency(Program &program, const RoleIndex &roles, Subjects &subjects,
                     const std::map<CallRef, EnclosingDeadline> &deadlines);

} // namespace opex
