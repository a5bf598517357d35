// Calls that run out of time by what is around them: a helper that ends the work it is given, whatever the
// calls in there are bounded by themselves.
#pragma once

#include "analysis/apis/subjects.h"

#include <map>

namespace opex {

/// A call of a `deadlines` row that limits another call.
struct EnclosingDeadline {
  CallRef by;
  LimitValue limit;
};

/// All calls that a deadline limits: those of the callable or future handed to it, and of functions that are
/// called from nowhere else.
std::map<CallRef, EnclosingDeadline> findDeadlines(const Program &program, const RoleIndex &roles, Subjects &subjects);

/// The phases of the call that nothing else bounds are bounded by the deadline around it.
void applyDeadline(const Program &program, const EnclosingDeadline &deadline, DependencyUse &use);

} // namespace opex
