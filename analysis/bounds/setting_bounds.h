// What the events on the objects that carry configuration amount to at one call: which of them surely happen
// before it, which only may, and what an object has from the one it was made from, or from the library.
#pragma once

#include "analysis/bounds/bound_verdict.h"
#include "analysis/apis/subjects.h"

namespace opex {

/// What the setting of the object that arrives at the call is there.
Bound settingAt(const Program &program, const RoleIndex &roles, const Subjects &subjects, CallRef call,
                       const Arrival &arrival, const std::string &setting);

} // namespace opex
