// How much of a unit was seen. A unit that lost a declaration, a class or an include may do anything
// (`TuStatus::Partial`); one that lost single expressions in bodies has calls without a body in their place.
#pragma once

#include "model/facts.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

/// Errors in code of its own cost calls in bodies and nothing else.
inline bool hasHoles(const TuFacts &unit) {
  return unit.status == TuStatus::Complete &&
         llvm::any_of(unit.notices, [](const ParseNotice &notice) { return notice.isError && !notice.inSystem; });
}

/// What people are told of it.
inline TuStatus shownStatus(const TuFacts &unit) { return hasHoles(unit) ? TuStatus::Partial : unit.status; }

} // namespace opex
