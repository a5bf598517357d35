// Calls that run out of time by what is around them: a helper that ends the work it is given, whatever the
// calls in there are bounded by themselves.
#pragma once

#include "analysis/apis/subjects.h"
#include "model/dependency.h"

#include <map>

namespace opex {

/// A call of a `deadlines` row that limits another call.
struct EnclosingDeadline {
  CallRef by;
  LimitValue limit;
};

/// All calls that a deadline limits: those of the callable or future handed to it, and of functions that are
/// called from nowhere else.
struct Deadlines {
  using Result = std::map<CallRef, EnclosingDeadline>;
  using Needs = Inputs<RoleIndex, Subjects>;
  static Result run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "deadlines";
};

/// The phases of the call that nothing else bounds are bounded by the deadline around it.
void applyDeadline(const Program &program, const EnclosingDeadline &deadline, DependencyUse &use);

} // namespace opex
