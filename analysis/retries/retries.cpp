#include "analysis/retries/retries.h"

#include "analysis/entries/reach.h"
#include "analysis/retries/finder.h"
#include "analysis/retries/nesting.h"

#include "llvm/ADT/STLExtras.h"

#include <set>
#include <tuple>

namespace opex {
namespace {

/// Lambdas and functions that threads, pools and event loops run. Who is handed one besides, as the assignment
/// of the thread made from it, does not call it.
std::set<uint32_t> entriesOf(const Inputs<Entries> &in) {
  std::set<uint32_t> entries;
  for (const SpawnUse &spawn : in.get<Entries>().spawns)
    entries.insert(spawn.entries.begin(), spawn.entries.end());
  return entries;
}

/// Functions reached from `roots` without what they start on threads, pools and event loops.
std::vector<bool> reachedFrom(const Inputs<Entries> &in, const std::set<CallRef> &handedOver,
                              const std::set<uint32_t> &entries, std::vector<uint32_t> roots) {
  const Program &program = in.program();
  std::vector<bool> reached(program.functions.size());
  while (!roots.empty()) {
    uint32_t at = roots.back();
    roots.pop_back();
    if (reached[at])
      continue;
    reached[at] = true;
    for (const CallEdge &edge : program.functions[at].callees)
      if (CallRef call{edge.caller, edge.call};
          !in.get<Entries>().spawns.at(call) && !handedOver.contains(call) &&
          !(edge.kind == EdgeKind::Passed && entries.contains(edge.callee)))
        roots.push_back(edge.callee);
  }
  return reached;
}

/// Retries on threads of the process' own, which neither requests nor the start wait for.
void markBackground(const Inputs<Entries, RequestPaths> &in, std::vector<RetryUse> &retries) {
  const Program &program = in.program();
  std::vector<uint32_t> threads, starts;
  for (const SpawnUse &spawn : in.get<Entries>().spawns)
    llvm::append_range(threads, spawn.entries);
  for (const LinkedFunction &function : program.functions)
    if (function.body->isMain)
      starts.push_back(function.position);
  std::set<CallRef> handedOver = callsHandedOver(in);
  for (CallRef call : handedOver)
    for (const CallEdge &edge : program.calleesAt(program.functions[call.function], call.call))
      threads.push_back(edge.callee);
  std::set<uint32_t> entries = entriesOf(in);
  std::vector<bool> onThread = reachedFrom(in, handedOver, entries, std::move(threads));
  std::vector<bool> atStart = reachedFrom(in, handedOver, entries, std::move(starts));
  for (RetryUse &retry : retries)
    retry.isBackground = onThread[retry.function] && !atStart[retry.function] &&
                         in.get<RequestPaths>()[retry.function] == OnRequestPath::Unknown;
}

} // namespace

Retries Retries::run(const Needs &in) {
  RetryFinder finder(in);
  findLoops(finder);
  findJumps(finder);
  findRecursions(finder);
  findResubmissions(finder);
  findRetryCalls(finder);
  findAnswers(finder);
  std::erase_if(finder.found, [](const RetryUse &use) {
    return use.attempts.kind == Attempts::Known && use.attempts.count < 2;
  });
  auto place = [](const RetryUse &use) { return std::tuple(use.function, use.site, use.form); };
  llvm::sort(finder.found, [&](const RetryUse &a, const RetryUse &b) { return place(a) < place(b); });
  markBackground(in, finder.found);
  std::vector<RetryNest> nests = nestRetries(finder);
  return {std::move(finder.found), std::move(nests), std::move(finder.rejections), std::move(finder.endings.tooManyPaths)};
}

} // namespace opex
