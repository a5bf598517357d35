#include "analysis/retries/nesting.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <deque>
#include <map>

namespace opex {
namespace {

/// Calls between two retries; what is further away is no longer the same operation.
constexpr unsigned kFarthest = 8;

struct Inner {
  uint32_t retry = 0;
  std::vector<CallRef> way;
  bool isCertain = true;
};

class Nesting {
public:
  using Needs = Inputs<Entries, Statements, Dependencies, RetryWork>;

  Nesting(const Needs &in, llvm::ArrayRef<RetryUse> retries)
      : in_(in), program_(in.program()), retries_(retries), work_(in.get<RetryWork>()) {
    for (uint32_t i = 0; i < retries_.size(); ++i)
      byFunction_[retries_[i].function].push_back(i);
  }

  std::vector<RetryNest> all() {
    std::vector<RetryNest> nests;
    for (uint32_t i = 0; i < retries_.size(); ++i) {
      if (!multiplies(retries_[i]))
        continue;
      RetryNest nest = deepest(i);
      if (nest.levels.size() < 2)
        continue;
      const RetryUse &last = retries_[nest.levels.back().retry];
      if (!last.work.empty())
        nest.work = work_.wayToDependency(last.work.front());
      nests.push_back(std::move(nest));
    }
    return nests;
  }

private:
  /// Who never gives up never fails, and a breaker ends the multiplication.
  static bool multiplies(const RetryUse &use) {
    return use.attempts.kind != Attempts::Unbounded && !use.isGuarded;
  }

  RetryNest deepest(uint32_t retry) {
    if (auto known = memo_.find(retry); known != memo_.end())
      return known->second;
    memo_[retry] = {{{retry, {}}}, {}, true}; // What comes back to itself ends there.
    RetryNest best = memo_[retry];
    for (Inner &inner : innerOf(retry)) {
      RetryNest below = deepest(inner.retry);
      if (llvm::any_of(below.levels, [&](const RetryLevel &level) { return level.retry == retry; }))
        continue;
      RetryNest nest{{{retry, {}}}, {}, below.isCertain && inner.isCertain};
      below.levels.front().way = inner.way;
      llvm::append_range(nest.levels, below.levels);
      if (weight(nest) > weight(best))
        best = std::move(nest);
    }
    memo_[retry] = best;
    return best;
  }

  /// Deeper first, then the product, then the surer and the shorter way.
  std::tuple<size_t, bool, int64_t, int64_t> weight(const RetryNest &nest) const {
    int64_t product = 1, length = 0;
    for (const RetryLevel &level : nest.levels) {
      const Attempts &attempts = retries_[level.retry].attempts;
      product = std::min<int64_t>(
          product * (attempts.kind == Attempts::Known ? std::clamp<int64_t>(attempts.count, 1, 1000) : 2),
          1'000'000'000);
      length += level.way.size();
    }
    return {nest.levels.size(), nest.isCertain, product, -length};
  }

  std::vector<Inner> innerOf(uint32_t outer) {
    std::map<uint32_t, Inner> found;
    const RetryUse &use = retries_[outer];
    addInSameLoop(outer, found);
    struct Visit {
      uint32_t function;
      std::vector<CallRef> way;
      bool isCertain;
    };
    std::deque<Visit> queue;
    std::map<uint32_t, bool> seen; // Function → reached for certain.
    auto follow = [&](CallRef call, const Visit &from) {
      for (uint32_t i : at(call.function))
        if (i != outer && retries_[i].call == call.call && multiplies(retries_[i])) {
          std::vector<CallRef> way = from.way;
          way.push_back(call);
          add(found, {i, std::move(way), from.isCertain});
        }
      if (from.way.size() >= kFarthest || in_.get<Entries>().spawns.at(call) || in_.get<Statements>().logs.at(call))
        return;
      for (const CallEdge &edge : program_.calleesAt(program_.functions[call.function], call.call)) {
        bool isCertain = from.isCertain && edge.isCertain();
        if (auto [entry, isNew] = seen.try_emplace(edge.callee, isCertain);
            !isNew && (entry->second || !isCertain))
          continue;
        seen[edge.callee] = isCertain;
        Visit next{edge.callee, from.way, isCertain};
        next.way.push_back(call);
        queue.push_back(std::move(next));
      }
    };
    for (CallRef call : use.work)
      follow(call, {call.function, {}, true});
    while (!queue.empty()) {
      Visit visit = std::move(queue.front());
      queue.pop_front();
      if (isGuardedFunction(visit.function))
        continue;
      for (uint32_t i : at(visit.function))
        if (i != outer && !retries_[i].call && multiplies(retries_[i]))
          add(found, {i, visit.way, visit.isCertain});
      const LinkedFunction &function = program_.functions[visit.function];
      for (uint32_t i = 0; i < function.body->calls.size(); ++i)
        if (CallRef call{visit.function, Index<Call>(i)}; work_.reach(call).reaches())
          follow(call, visit);
    }
    std::vector<Inner> list;
    for (auto &[retry, inner] : found)
      list.push_back(std::move(inner));
    return list;
  }

  /// Loops inside the loop.
  void addInSameLoop(uint32_t outer, std::map<uint32_t, Inner> &found) const {
    const RetryUse &use = retries_[outer];
    if (!use.loop)
      return;
    const Function &body = *program_.functions[use.function].body;
    for (uint32_t i : at(use.function)) {
      if (i == outer || !retries_[i].loop || !multiplies(retries_[i]))
        continue;
      Index<Block> block = body.loops[retries_[i].loop.value].block;
      if (llvm::is_contained(enclosingBlocks(body, block), body.loops[use.loop.value].body))
        found.try_emplace(i, Inner{i, {}, true});
    }
  }

  void add(std::map<uint32_t, Inner> &found, Inner inner) const {
    auto [entry, isNew] = found.try_emplace(inner.retry, inner);
    if (!isNew && inner.isCertain && !entry->second.isCertain)
      entry->second = std::move(inner);
  }

  const std::vector<uint32_t> &at(uint32_t function) const {
    static const std::vector<uint32_t> none;
    auto found = byFunction_.find(function);
    return found == byFunction_.end() ? none : found->second;
  }

  bool isGuardedFunction(uint32_t function) const {
    const Function &body = *program_.functions[function].body;
    for (uint32_t i = 0; i < body.calls.size(); ++i)
      if (const GuardUse *guard = in_.get<Statements>().guards.at({function, Index<Call>(i)});
          guard && (guard->kind == GuardKind::Breaker || guard->kind == GuardKind::RetryBudget))
        return true;
    return false;
  }

  const Needs in_;
  const Program &program_;
  llvm::ArrayRef<RetryUse> retries_;
  const RetryWork &work_;
  std::map<uint32_t, std::vector<uint32_t>> byFunction_;
  std::map<uint32_t, RetryNest> memo_;
};

} // namespace

std::vector<RetryNest> nestRetries(const Nesting::Needs &in, llvm::ArrayRef<RetryUse> retries) {
  return Nesting(in, retries).all();
}

} // namespace opex
