#include "analysis/latency/latency.h"

#include "analysis/latency/function_times.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <set>

namespace opex {
namespace {

/// Calls that a chain goes down; it explains no more than that.
constexpr unsigned kDeepestChain = 12;

/// The calls that take most of an entry point's time, and down the heaviest of them.
class ChainBuilder {
public:
  ChainBuilder(const Inputs<Dependencies> &in, const CallTimes &calls) : in_(in), program_(in.program()), calls_(calls) {}

  std::vector<ChainStep> of(uint32_t function) {
    addCallsOf(function, 0);
    return std::move(chain_);
  }

private:
  void addCallsOf(uint32_t function, unsigned depth) {
    if (function >= calls_.functions.size() || !calls_.functions[function] || depth >= kDeepestChain)
      return;
    if (!seen_.insert(function).second)
      return;
    const auto &heaviest = calls_.functions[function]->heaviest;
    const Contribution *most = nullptr;
    for (const Contribution &contribution : heaviest)
      if (!most || contribution.allNs > most->allNs)
        most = &contribution;
    for (const Contribution &contribution : heaviest) {
      // Further down, only the way to what takes longest.
      if (contribution.allNs == 0 || (depth > 0 && &contribution != most))
        continue;
      addStep(contribution);
      if (&contribution == most)
        addCallsOf(contribution.callee, depth + 1);
    }
  }

  void addStep(const Contribution &contribution) {
    const LinkedFunction &function = program_.functions[contribution.call.function];
    const Call &call = (*function.body)[contribution.call.call];
    std::string message = "`" + unqualified(call.name).str() + "` can take " + durationText(contribution.onceNs);
    if (contribution.allNs > contribution.onceNs)
      message += " each time, " + durationText(contribution.allNs) + " in all";
    const DependencyUse *use = in_.get<Dependencies>().at(contribution.call);
    chain_.push_back({program_.location(function, call.site), std::move(message), use && !use->isLocalWait, true});
  }

  const Inputs<Dependencies> in_;
  const Program &program_;
  const CallTimes &calls_;
  std::set<uint32_t> seen_;
  std::vector<ChainStep> chain_;
};

} // namespace

Latency Latency::run(const Needs &in) {
  CallTimes calls(in);
  settleTimes(in, calls);
  Latency result;
  const std::vector<EntryPointUse> &entryPoints = in.get<Entries>().entryPoints;
  result.entryPoints.resize(entryPoints.size());
  result.chains.resize(entryPoints.size());
  for (const auto &[i, entry] : llvm::enumerate(entryPoints)) {
    if (!calls.functions[entry.function])
      continue;
    result.entryPoints[i] = calls.functions[entry.function]->worst;
    if (entry.slaNs)
      result.chains[i] = ChainBuilder(in, calls).of(entry.function);
  }
  result.retries.resize(in.get<Retries>().retries.size());
  for (const auto &[retry, time] : calls.retries)
    result.retries[retry] = time.worst;
  return result;
}

} // namespace opex
