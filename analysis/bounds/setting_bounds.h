// What the events on the objects that carry configuration amount to at one call: which of them surely happen
// before it, which only may, and what an object has from the one it was made from, or from the library.
#pragma once

#include "analysis/bounds/bound_verdict.h"
#include "analysis/bounds/instance_states.h"

namespace opex {

/// A call, and what is known of the objects that arrive there.
struct SettingQuestion {
  const Program &program;
  const RoleIndex &roles;
  const Subjects &subjects;
  const InstanceStates &instances;
  CallRef call;
  Index<Value> subject = {}; ///< The object as the call names it; none if it makes it.
};

/// What the setting of the object that arrives at the call is there.
Bound settingAt(const SettingQuestion &question, const Arrival &arrival, const std::string &setting);

} // namespace opex
