#include "analysis/latency/latency.h"

#include "analysis/latency/walk.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

/// Calls that a chain goes down.
constexpr unsigned kDeepestChain = 12;

/// Functions that wait, and all that run them: only they can take time.
std::vector<bool> waitingFunctions(const Latency::Needs &in, const CallTimes &calls) {
  const Program &program = in.program();
  std::vector<bool> waits(program.functions.size());
  std::vector<uint32_t> open;
  auto add = [&](uint32_t function) {
    if (!waits[function])
      open.push_back(function);
    waits[function] = true;
  };
  for (const DependencyUse &use : in.get<Dependencies>().uses)
    add(use.call.function);
  for (CallRef call : in.get<Statements>().pauses)
    if (calls.waits(call))
      add(call.function);
  std::map<uint32_t, std::vector<uint32_t>> spawners;
  for (const SpawnUse &spawn : in.get<Entries>().spawns)
    for (uint32_t entry : spawn.entries)
      spawners[entry].push_back(spawn.call.function);
  while (!open.empty()) {
    uint32_t function = open.back();
    open.pop_back();
    for (const CallEdge &edge : program.functions[function].callers)
      add(edge.caller);
    if (auto found = spawners.find(function); found != spawners.end())
      llvm::for_each(found->second, add);
  }
  return waits;
}

/// What is run before how long the function takes can be told.
std::vector<uint32_t> neededBy(const Inputs<Entries> &in, uint32_t function, const std::vector<bool> &waits) {
  std::vector<uint32_t> needed;
  for (const CallEdge &edge : in.program().functions[function].callees)
    if (waits[edge.callee])
      needed.push_back(edge.callee);
  for (const SpawnUse &spawn : in.get<Entries>().spawns.of(function))
    llvm::copy_if(spawn.entries, std::back_inserter(needed), [&](uint32_t entry) { return waits[entry]; });
  return needed;
}

/// Works out all functions that wait, what is called before who calls it.
void workOut(const Latency::Needs &in, CallTimes &calls) {
  const Program &program = in.program();
  const std::vector<bool> waits = waitingFunctions(in, calls);
  struct Visit {
    uint32_t function;
    std::vector<uint32_t> needed;
    size_t next = 0;
  };
  std::vector<bool> isSeen(program.functions.size());
  std::vector<Visit> stack;
  auto enter = [&](uint32_t function) {
    isSeen[function] = true;
    calls.underWay.insert(function);
    stack.push_back({function, neededBy(in, function, waits)});
  };
  for (uint32_t root = 0; root < program.functions.size(); ++root) {
    if (!waits[root] || isSeen[root])
      continue;
    enter(root);
    while (!stack.empty()) {
      Visit &top = stack.back();
      if (top.next < top.needed.size()) {
        if (uint32_t next = top.needed[top.next++]; !isSeen[next])
          enter(next);
        continue;
      }
      calls.functions[top.function] = timeOf(in, calls, program.functions[top.function]);
      calls.underWay.erase(top.function);
      stack.pop_back();
    }
  }
}

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
  std::vector<ChainStep> chain_;
};

} // namespace

Latency Latency::run(const Needs &in) {
  CallTimes calls(in);
  workOut(in, calls);
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
