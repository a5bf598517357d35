#include "analysis/body/region.h"
#include "analysis/retries/finder.h"
#include "analysis/rounds/variation.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool isWorkIn(const RetryFinder &finder, const LinkedFunction &function, Index<Call> call) {
  return finder.work.reach({function.position, call}).reaches();
}

} // namespace

bool collectWork(RetryFinder &finder, const LinkedFunction &function, const Round &round,
                 llvm::function_ref<bool(const Call &)> isMeant, RetryUse &use) {
  use.confidence = Confidence::Medium;
  use.doubt = kUncertainReach;
  for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
    Index<Call> call(i);
    if (!isWorkIn(finder, function, call) || !isMeant(function.body->calls[i]) ||
        llvm::is_contained(round.again, call))
      continue;
    RetryProof proof = proveRetry(finder, function, round, call, [&](Index<Call> other) {
      return isWorkIn(finder, function, other) && !llvm::is_contained(round.again, other);
    });
    if (!proof.isRetry)
      continue;
    use.work.push_back({function.position, call});
    use.pauses |= proof.pauses;
    if (finder.work.reach({function.position, call}).isCertain)
      use.confidence = Confidence::High;
  }
  return !use.work.empty();
}

namespace {

void addEvidence(RetryFinder &finder, RetryUse &use, const LinkedFunction &function,
                 const std::string &what) {
  const Call &call = (*function.body)[use.work.front().call];
  use.evidence.push_back({finder.program.location(function, call.site),
                          "when `" + unqualified(call.name).str() + "` fails, " + what});
}

void findGotos(RetryFinder &finder, const LinkedFunction &function) {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.labels.size(); ++i) {
    const Label &label = body.labels[i];
    uint32_t end = 0;
    for (const Exit &exit : body.exits)
      if (exit.kind == ExitKind::Goto && exit.label == label.name && exit.site.offset > label.site.offset)
        end = std::max(end, exit.site.offset);
    if (!end)
      continue;
    Round round;
    round.label = Index<Label>(i);
    RetryUse use;
    use.function = function.position;
    auto isBetween = [&](const Site &site) { return site.offset >= label.site.offset && site.offset <= end; };
    auto isInside = [&](Index<Block> block) { return block == label.block || isBetween(body[block].site); };
    Variation variation(finder.program, function, isInside, {});
    auto isMeant = [&](const Call &call) {
      return isBetween(call.site) && !variation.isOtherWork(Index<Call>(&call - body.calls.data()));
    };
    if (!collectWork(finder, function, round, isMeant, use))
      continue;
    use.site = label.site;
    Index<Call> work = use.work.front().call;
    use.attempts = attemptsBetween(finder, function, isInside, [&](Step change) {
                     return countsFailures(
                         finder, function, round, work,
                         [&](Index<Call> other) { return isWorkIn(finder, function, other); }, change);
                   }, {label.site.offset, body[work].site.offset}).attempts;
    if (use.attempts.kind == Attempts::Unbounded)
      if (std::optional<int64_t> count =
              attemptsByFlags(finder, function, round, work, [&](Index<Call> other) { return isWorkIn(finder, function, other); }))
        use.attempts = {Attempts::Known, *count, {}};
    use.isGuarded = isGuardedIn(finder, function, isInside);
    addEvidence(finder, use, function, "`goto " + label.name.str() + "` leads back to it");
    finder.found.push_back(std::move(use));
  }
}

} // namespace

void findJumps(RetryFinder &finder) {
  for (const LinkedFunction &function : finder.program.functions)
    findGotos(finder, function);
}

} // namespace opex
