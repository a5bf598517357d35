#include "analysis/latency/timed.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

constexpr size_t kMostContributions = 3;

/// The least of more than a few goes.
void keepHeaviest(llvm::SmallVector<Contribution, 3> &heaviest) {
  while (heaviest.size() > kMostContributions) {
    auto lightest = std::min_element(heaviest.begin(), heaviest.end(),
                                     [](const Contribution &a, const Contribution &b) { return a.allNs < b.allNs; });
    heaviest.erase(lightest);
  }
}

} // namespace

Timed inSequence(Timed first, const Timed &second) {
  if (second.isNothing())
    return first;
  first.worst.time = first.worst.time + second.worst.time;
  first.worst.sureNs = std::min(saturatingSum(first.worst.sureNs, second.worst.sureNs), first.worst.time.atLeastNs());
  first.worst.amplification = std::max(first.worst.amplification, second.worst.amplification);
  first.heaviest.append(second.heaviest.begin(), second.heaviest.end());
  keepHeaviest(first.heaviest);
  return first;
}

Timed longest(const Timed &first, const Timed &second) {
  if (first.isNothing() || second.isNothing())
    return first.isNothing() ? second : first;
  Timed result = second.worst.time.atLeastNs() > first.worst.time.atLeastNs() ? second : first;
  result.worst.time = longer(first.worst.time, second.worst.time);
  result.worst.sureNs = std::max(first.worst.sureNs, second.worst.sureNs);
  result.worst.amplification = std::max(first.worst.amplification, second.worst.amplification);
  return result;
}

Timed repeated(const TimeFactor &factor, bool isSure, int64_t attempts, Timed round) {
  if (round.isNothing())
    return round;
  int64_t count = factor.isKnown() ? factor.count : 1;
  round.worst.time = factor * round.worst.time;
  if (isSure)
    round.worst.sureNs = saturatingProduct(round.worst.sureNs, count);
  round.worst.amplification = saturatingProduct(round.worst.amplification, attempts);
  for (Contribution &contribution : round.heaviest)
    contribution.allNs = saturatingProduct(contribution.allNs, count);
  return round;
}

std::optional<Timed> either(std::optional<Timed> one, const std::optional<Timed> &other) {
  if (!one || !other)
    return one ? one : other;
  return longest(*one, *other);
}

Outcome only(Timed time) {
  Outcome outcome;
  outcome.through = std::move(time);
  return outcome;
}

void append(Outcome &outcome, Outcome next) {
  if (!outcome.through)
    return; // Never reached.
  auto after = [&](const std::optional<Timed> &way) {
    return way ? std::optional(inSequence(*outcome.through, *way)) : std::nullopt;
  };
  outcome.again = either(std::move(outcome.again), after(next.again));
  outcome.broken = either(std::move(outcome.broken), after(next.broken));
  outcome.left = either(std::move(outcome.left), after(next.left));
  size_t known = outcome.lanes.size();
  for (Lane &lane : next.lanes)
    outcome.lanes.push_back({lane.spawn, inSequence(*outcome.through, lane.end)});
  outcome.through = after(next.through);
  for (CallRef spawn : next.joined) {
    auto lane = llvm::find_if(llvm::ArrayRef(outcome.lanes).take_front(known), [&](const Lane &l) { return l.spawn == spawn; });
    if (lane == outcome.lanes.begin() + known)
      outcome.joined.push_back(spawn);
    else if (outcome.through)
      outcome.through = longest(*outcome.through, lane->end);
    if (lane != outcome.lanes.begin() + known && outcome.left && !outcome.through)
      outcome.left = longest(*outcome.left, lane->end);
  }
}

Outcome alternatives(Outcome one, Outcome other) {
  one.through = either(std::move(one.through), other.through);
  one.again = either(std::move(one.again), other.again);
  one.broken = either(std::move(one.broken), other.broken);
  one.left = either(std::move(one.left), other.left);
  one.lanes.append(other.lanes.begin(), other.lanes.end());
  one.joined.append(other.joined.begin(), other.joined.end());
  return one;
}

Timed longestWay(const Outcome &outcome) {
  std::optional<Timed> way = either(either(outcome.through, outcome.again), either(outcome.broken, outcome.left));
  return way ? *way : Timed();
}

} // namespace opex
