#include "analysis/bounds/bound_verdict.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

unsigned badness(BoundState state) {
  switch (state) {
  case BoundState::Set: return 0;
  case BoundState::Unknown: return 1;
  case BoundState::Partly: return 2;
  case BoundState::Infinite: return 3;
  case BoundState::Unset: return 4;
  }
  return 4;
}

/// Of two that are as bad, the surer one: what holds for it needs no step that may not happen.
bool isWorse(const Bound &next, const Bound &worst) {
  return next.state == worst.state ? next.confidence > worst.confidence : badness(next.state) > badness(worst.state);
}

void keepWorst(std::optional<Bound> &worst, Bound next) {
  if (!worst) {
    worst = std::move(next);
    return;
  }
  const bool isSame = worst->state == next.state, isOneValue = worst->valueNs == next.valueNs;
  if (isWorse(next, *worst))
    std::swap(*worst, next);
  if (isSame && !isOneValue)
    worst->valueNs.reset();
  if (!isMissing(next.state))
    return;
  auto addOther = [&](ChainStep step) {
    auto isSame = [&](const ChainStep &known) { return known.where == step.where; };
    if (!worst->evidence.empty() && !isSame(worst->evidence.front()) && llvm::none_of(worst->others, isSame))
      worst->others.push_back(std::move(step));
  };
  for (ChainStep &step : next.others)
    addOther(std::move(step));
  if (!next.evidence.empty())
    addOther(std::move(next.evidence.front()));
}

Bound verdictOf(const LimitValue &limit) {
  Bound verdict;
  switch (limit.kind) {
  case LimitValue::Finite:
  case LimitValue::Unknown: // A value we cannot read is still a limit somebody chose.
    verdict.state = BoundState::Set;
    verdict.valueNs = limit.ns;
    verdict.until = limit.until;
    break;
  case LimitValue::Infinite: verdict.state = BoundState::Infinite; break;
  case LimitValue::Mixed:
    verdict.state = BoundState::Partly;
    verdict.confidence = Confidence::Medium;
    break;
  }
  return verdict;
}

} // namespace opex
