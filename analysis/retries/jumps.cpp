#include "analysis/body/region.h"
#include "analysis/retries/finder.h"
#include "analysis/retries/variation.h"

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
    Variation variation(body, isInside, {});
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
                   }).attempts;
    use.isGuarded = isGuardedIn(finder, function, isInside);
    addEvidence(finder, use, function, "`goto " + label.name.str() + "` leads back to it");
    finder.found.push_back(std::move(use));
  }
}

/// The argument is the parameter itself, or the parameter counted on; the latter is told by `counter`.
bool isSameParameter(const Function &body, Index<Value> argument, uint32_t parameter, bool &counts) {
  if (!argument)
    return false;
  const Value &value = body[argument];
  if (value.kind == ValueKind::Local)
    return value.index == parameter;
  if ((value.kind == ValueKind::Binary || value.kind == ValueKind::Unary) && !value.operands.empty() &&
      (value.text == "+" || value.text == "-" || value.text == "++" || value.text == "--")) {
    const Value &base = body[value.operands.front()];
    counts = base.kind == ValueKind::Local && base.index == parameter;
    return counts;
  }
  if ((value.kind == ValueKind::Cast || value.kind == ValueKind::AddressOf ||
       value.kind == ValueKind::Deref) &&
      !value.operands.empty())
    return isSameParameter(body, value.operands.front(), parameter, counts);
  if (value.kind == ValueKind::Call) { // std::move(x), a copy of x.
    const Call &call = body.calls[value.index];
    return call.arguments.size() == 1 &&
           (call.kind == CallKind::Constructor || unqualified(call.name) == "move" ||
            unqualified(call.name) == "forward") &&
           isSameParameter(body, call.arguments.front(), parameter, counts);
  }
  return false;
}

/// A constant of a parameter that is no counter: `fetch(url, false)`, "this time without the cache".
bool isSameWork(const Function &body, const Call &call, std::optional<uint32_t> &counter) {
  if (call.object && body[call.object].kind != ValueKind::This)
    return false;
  for (uint32_t i = 0; i < body.parameterCount; ++i) {
    bool counts = false;
    if (i >= call.arguments.size() || !isSameParameter(body, call.arguments[i], i, counts))
      return false;
    if (counts)
      counter = i;
  }
  return true;
}

/// `onError()`, which begins the operation anew.
bool comesBackThrough(const LinkedFunction &helper, uint32_t function) {
  return helper.position != function && llvm::any_of(helper.callees, [&](const CallEdge &edge) {
           std::optional<uint32_t> counter;
           const Call &call = (*helper.body)[edge.call];
           return edge.callee == function && edge.isCertain() &&
                  (call.arguments.empty() || isSameWork(*helper.body, call, counter));
         });
}

/// Where the counter begins, and where a condition ends it.
Attempts attemptsOfRecursion(RetryFinder &finder, const LinkedFunction &function,
                             std::optional<uint32_t> counter, uint32_t workOffset) {
  const Function &body = *function.body;
  auto isInside = [](Index<Block>) { return true; };
  if (!counter)
    return attemptsBetween(finder, function, isInside).attempts;
  Attempts attempts;
  attempts.kind = Attempts::Unbounded;
  for (const Branch &branch : body.branches) {
    if (!branch.condition)
      continue;
    const Value *condition = &body[branch.condition];
    if (!mentions(body, branch.condition,
                  [&](const Value &part) { return part.kind == ValueKind::Local && part.index == *counter; }))
      continue;
    attempts.kind = Attempts::Symbol;
    attempts.text = spell(finder.program, body, branch.condition);
    while (condition->kind == ValueKind::Binary && condition->text == "&&" && !condition->operands.empty())
      condition = &body[condition->operands.back()];
    if (condition->kind != ValueKind::Binary || condition->operands.size() != 2)
      return attempts;
    std::optional<int64_t> limit = body[condition->operands[1]].constant;
    std::set<int64_t> starts;
    for (const CallEdge &edge : function.callers)
      if (edge.caller != function.position)
        if (const Call &call = (*finder.program.functions[edge.caller].body)[edge.call];
            *counter < call.arguments.size() && call.arguments[*counter])
          if (std::optional<int64_t> start =
                  (*finder.program.functions[edge.caller].body)[call.arguments[*counter]].constant)
            starts.insert(*start);
    if (Index<Value> byDefault = body.locals[*counter].init;
        starts.empty() && byDefault && body[byDefault].constant)
      starts.insert(*body[byDefault].constant);
    if (!limit || starts.size() != 1)
      return attempts;
    int64_t distance = std::abs(*limit - *starts.begin());
    bool isInclusive = condition->text == "<=" || (condition->text == ">" && *limit > *starts.begin());
    attempts.kind = Attempts::Known;
    attempts.text.clear();
    attempts.count = distance + (isInclusive ? 1 : 0) + (branch.site.offset > workOffset ? 1 : 0);
    return attempts;
  }
  return attempts;
}

void findRecursion(RetryFinder &finder, const LinkedFunction &function) {
  const Function &body = *function.body;
  Round round;
  std::optional<uint32_t> counter;
  bool isDirect = false;
  for (const CallEdge &edge : function.callees) {
    if (!edge.isCertain())
      continue;
    bool comesBack = edge.callee == function.position && isSameWork(body, body[edge.call], counter);
    isDirect |= comesBack;
    if (comesBack || comesBackThrough(finder.program.functions[edge.callee], function.position))
      round.again.push_back(edge.call);
  }
  if (round.again.empty())
    return;
  RetryUse use;
  use.form = RetryForm::Recursion;
  use.function = function.position;
  use.site = body[round.again.front()].site;
  if (!collectWork(finder, function, round, [](const Call &) { return true; }, use))
    return;
  if (!isDirect) {
    use.confidence = Confidence::Medium;
    use.doubt = "the function comes back to itself over others";
  }
  use.attempts = attemptsOfRecursion(finder, function, counter, body[use.work.front().call].site.offset);
  use.isGuarded = isGuardedIn(finder, function, [](Index<Block>) { return true; });
  addEvidence(finder, use, function, "the function calls itself again");
  finder.found.push_back(std::move(use));
}

} // namespace

void findJumps(RetryFinder &finder) {
  for (const LinkedFunction &function : finder.program.functions) {
    findGotos(finder, function);
    findRecursion(finder, function);
  }
}

} // namespace opex
