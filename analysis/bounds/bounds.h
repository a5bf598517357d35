// How each phase of a dependency call is bounded: the three states of the SPEC, with the evidence. Setters
// count when they run before the call on the same object; see docs/architecture.md for the rules.
#pragma once

#include "analysis/bounds/instance_states.h"
#include "model/dependency.h"

namespace opex {

/// The subject that one caller of the call's function gives it.
struct GivenSubject {
  CallRef caller;
  Index<Value> subject;
};

/// Fills phases, subject and their evidence of `use`, whose call and row are given. False if the row does
/// not apply to this call after all (its conditions, or another row's call that only looks alike). With `through` only what that
/// caller gives counts.
bool evaluateBounds(const Program &program, const RoleIndex &roles, const Subjects &subjects,
                    const InstanceStates &instances, const rules::DependencyCall &row, DependencyUse &use,
                    std::optional<GivenSubject> through = {});

} // namespace opex
