#include "analysis/latency/function_times.h"

#include "analysis/execution/call_components.h"
#include "analysis/latency/walk.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

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

/// The same without what only the function's callers could say.
Timed withoutParameters(Timed time) {
  auto callable = [](const SymbolicTime &unknown) { return SymbolicTime::unknown(unknown.text()); };
  auto count = [](const TimeFactor &factor) { return TimeFactor{0, factor.text, TimeFactor::kNoParameter, 0}; };
  time.worst.time = time.worst.time.substituted(callable, count).released().summedUp();
  return time;
}

class FunctionTimes {
public:
  FunctionTimes(const Latency::Needs &in, CallTimes &calls)
      : in_(in), program_(in.program()), calls_(calls), waits_(waitingFunctions(in, calls)), needed_(needed()) {
    for (const RetryUse &use : in.get<Retries>().retries)
      if (use.form == RetryForm::Recursion)
        selfCalling_.try_emplace(use.function, &use);
  }

  void settle() {
    for (size_t i = 0; i < needed_.size(); ++i) {
      llvm::ArrayRef<uint32_t> members = needed_.members(i);
      if (!waits_[members.front()])
        continue;
      if (needed_.isRecursive(i))
        settleCircle(members);
      else
        settle(members.front());
    }
  }

private:
  CallComponents needed() const {
    return CallComponents(program_.functions.size(), [&](uint32_t function, llvm::SmallVectorImpl<uint32_t> &into) {
      if (!waits_[function])
        return;
      const LinkedFunction &caller = program_.functions[function];
      for (uint32_t i = 0; i < caller.body->calls.size(); ++i)
        calls_.addNeeded(caller, Index<Call>(i), into);
      llvm::erase_if(into, [&](uint32_t callee) { return !waits_[callee]; });
    });
  }

  Timed own(uint32_t function) { return timeOf(in_, calls_, program_.functions[function]); }

  /// One that does not lead back to itself, or whose calls back count nothing.
  void settle(uint32_t function) {
    Timed time = own(function);
    calls_.functions[function] = repeatedBy(function, std::move(time));
  }

  Timed repeatedBy(uint32_t function, Timed time) {
    auto found = selfCalling_.find(function);
    if (found == selfCalling_.end())
      return time;
    const RetryUse &use = *found->second;
    TimeFactor factor = CallTimes::factorOf(use.attempts);
    time = repeated(factor, use.attempts.text.empty(), factor.isKnown() ? factor.count : 1, std::move(time));
    calls_.retries[uint32_t(&use - in_.get<Retries>().retries.data())] = time;
    return time;
  }

  void settleCircle(llvm::ArrayRef<uint32_t> members) {
    std::vector<uint32_t> inside(members.begin(), members.end()), heads, others;
    llvm::sort(inside);
    for (uint32_t function : inside)
      (selfCalling_.contains(function) ? heads : others).push_back(function);
    if (heads.empty())
      return settleRounds(inside);
    settleInside(inside, heads);
    for (uint32_t function : others)
      calls_.functions[function].reset();
    settleInside(others, {});
  }

  /// Without what leads back to `cut`, or out of `inside`. Both sorted.
  void settleInside(llvm::ArrayRef<uint32_t> inside, llvm::ArrayRef<uint32_t> cut) {
    CallComponents components(inside.size(), [&](uint32_t place, llvm::SmallVectorImpl<uint32_t> &into) {
      for (uint32_t callee : needed_.successors(inside[place]))
        if (auto found = llvm::lower_bound(inside, callee); found != inside.end() && *found == callee)
          if (!std::binary_search(cut.begin(), cut.end(), callee))
            into.push_back(uint32_t(found - inside.begin()));
    });
    std::vector<std::pair<uint32_t, Timed>> heads;
    for (size_t i = 0; i < components.size(); ++i) {
      std::vector<uint32_t> members;
      for (uint32_t place : components.members(i))
        members.push_back(inside[place]);
      uint32_t first = members.front();
      if (components.isRecursive(i))
        settleRounds(members);
      else if (std::binary_search(cut.begin(), cut.end(), first))
        heads.push_back({first, own(first)}); // Counts as nothing for now.
      else
        settle(first);
    }
    for (auto &[function, time] : heads)
      calls_.functions[function] = repeatedBy(function, std::move(time));
  }

  /// Nobody knows how often they run.
  void settleRounds(llvm::ArrayRef<uint32_t> members) {
    std::map<uint32_t, Timed> once;
    for (uint32_t function : members)
      once[function] = own(function);
    std::vector<uint32_t> order(members.begin(), members.end());
    llvm::sort(order);
    Timed all;
    for (uint32_t function : order)
      all = longest(all, order.size() == 1 ? once[function] : withoutParameters(once[function]));
    all = repeated({0, "?", TimeFactor::kNoParameter, 0}, true, 1, std::move(all));
    const std::vector<int64_t> sure = sureTimes(order, once);
    for (size_t i = 0; i < order.size(); ++i) {
      Timed time = all;
      time.worst.sureNs = sure[i];
      if (const Timed &first = once[order[i]]; !first.isNothing())
        time.heaviest = first.heaviest;
      calls_.functions[order[i]] = std::move(time);
    }
  }

  /// The longest that is surely run by each: over calls whose callees are certain.
  std::vector<int64_t> sureTimes(llvm::ArrayRef<uint32_t> members, const std::map<uint32_t, Timed> &once) const {
    std::map<uint32_t, uint32_t> places;
    for (uint32_t i = 0; i < members.size(); ++i)
      places[members[i]] = i;
    CallComponents certain(members.size(), [&](uint32_t place, llvm::SmallVectorImpl<uint32_t> &into) {
      for (const CallEdge &edge : program_.functions[members[place]].callees)
        if (auto found = places.find(edge.callee); edge.isCertain() && found != places.end())
          into.push_back(found->second);
    });
    return opex::settle(certain, int64_t(0), [&](uint32_t place, const std::vector<int64_t> &known) {
      int64_t ns = once.at(members[place]).worst.sureNs;
      for (uint32_t next : certain.successors(place))
        ns = std::max(ns, known[next]);
      return ns;
    });
  }

  const Latency::Needs in_;
  const Program &program_;
  CallTimes &calls_;
  const std::vector<bool> waits_;
  const CallComponents needed_;
  std::map<uint32_t, const RetryUse *> selfCalling_; ///< Retries by recursion, by function.
};

} // namespace

void settleTimes(const Latency::Needs &in, CallTimes &calls) { FunctionTimes(in, calls).settle(); }

} // namespace opex
