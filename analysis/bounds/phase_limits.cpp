#include "analysis/bounds/phase_limits.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace opex {

bool sharesEarlierLimit(const DependencyUse &use, const PhaseBound &phase) {
  if (phase.limitedBy.empty() || phase.state != BoundState::Set)
    return false;
  return llvm::any_of(llvm::ArrayRef(use.phases).take_front(&phase - use.phases.data()), [&](const PhaseBound &earlier) {
    return earlier.state == BoundState::Set && earlier.limitedBy == phase.limitedBy && earlier.valueNs == phase.valueNs;
  });
}

std::optional<int64_t> limitNs(const DependencyUse &use) {
  int64_t sum = 0;
  for (const PhaseBound &phase : use.phases) {
    if (phase.state != BoundState::Set || !phase.valueNs)
      return {};
    if (!sharesEarlierLimit(use, phase) && llvm::AddOverflow(sum, *phase.valueNs, sum))
      return {};
  }
  return use.phases.empty() ? std::nullopt : std::optional(sum);
}

} // namespace opex
