#include "analysis/latency/walk.h"

#include "analysis/body/counters.h"
#include "analysis/body/loops.h"

#include "llvm/ADT/STLExtras.h"

#include <memory>

namespace opex {
namespace {

/// Loops of more rounds than that go over data in pieces; that each takes its full time says nothing.
constexpr int64_t kMostRounds = 1000;

/// How often the rounds of a loop come one after the other.
struct LoopFactor {
  TimeFactor factor;
  bool isSure = true;
  int64_t attempts = 1; ///< 1 for what is no retry.
  bool isEndless = false; ///< Only left from inside.
};

class FunctionWalk {
public:
  FunctionWalk(const Inputs<Entries, RetryWork, Retries> &in, CallTimes &calls, const LinkedFunction &function)
      : in_(in), program_(in.program()), calls_(calls), function_(function), body_(*function.body),
        outcomes_(function.body->blocks.size()) {
    const std::vector<RetryUse> &uses = in.get<Retries>().retries; // Sorted by function.
    auto before = [](const RetryUse &use, uint32_t position) { return use.function < position; };
    auto first = std::lower_bound(uses.begin(), uses.end(), function.position, before);
    for (; first != uses.end() && first->function == function.position; ++first)
      retries_.push_back(uint32_t(first - uses.begin()));
  }

  Timed run() {
    const std::vector<Index<Block>> blocks = outerFirst();
    for (Index<Block> inner : llvm::reverse(blocks))
      if (body_[inner].role != BlockRole::SwitchBody) // Read in pieces, between its labels.
        if (Outcome outcome = steps(body_[inner].steps); !outcome.isNothing())
          outcomes_[inner.value] = std::make_unique<Outcome>(std::move(outcome));
    Outcome outcome = block(Index<Block>(size_t(0)));
    Timed time = longestWay(outcome);
    // Work that somebody else started: no less than all of it, for it may have begun just now.
    for (CallRef spawn : outcome.joined)
      if (const SpawnUse *use = in_.get<Entries>().spawns.at(spawn))
        time = longest(time, calls_.spawned(*use));
    return time;
  }

private:
  /// All blocks: blocks may be nested deeper than the stack is.
  std::vector<Index<Block>> outerFirst() const {
    std::vector<std::vector<Index<Block>>> inner(body_.blocks.size());
    for (uint32_t i = 1; i < body_.blocks.size(); ++i)
      inner[body_.blocks[i].parent.value].emplace_back(i);
    std::vector<Index<Block>> order = {Index<Block>(size_t(0))};
    for (size_t i = 0; i < order.size(); ++i)
      llvm::append_range(order, inner[order[i].value]);
    return order;
  }

  /// What has been read of it. Each is asked for once, where it hangs.
  Outcome block(Index<Block> index) {
    return index && outcomes_[index.value] ? std::move(*std::exchange(outcomes_[index.value], nullptr)) : Outcome();
  }

  Outcome steps(llvm::ArrayRef<Step> steps) {
    Outcome outcome;
    for (const Step &step : steps) {
      if (step.kind == StepKind::Label && !outcome.through)
        outcome.through = outcome.left ? *outcome.left : Timed(); // A goto comes back here.
      if (!outcome.through)
        continue;
      append(outcome, this->step(step));
    }
    return outcome;
  }

  Outcome step(const Step &step) {
    switch (step.kind) {
    case StepKind::Call: return call(Index<Call>(step.index));
    case StepKind::Branch:
      return alternatives(block(body_.branches[step.index].then), block(body_.branches[step.index].otherwise));
    case StepKind::Switch: return switched(body_.switches[step.index]);
    case StepKind::Loop: return loop(step.index);
    case StepKind::Try: return tried(body_.tries[step.index]);
    case StepKind::Exit: return exit(body_.exits[step.index]);
    case StepKind::Block: return block(Index<Block>(step.index));
    case StepKind::Declare:
    case StepKind::Assign:
    case StepKind::Label: return {};
    }
    llvm_unreachable("unknown step");
  }

  Outcome call(Index<Call> index) {
    CallRef call{function_.position, index};
    Outcome outcome = only(calls_.of(function_, index));
    if (const SpawnUse *spawn = in_.get<Entries>().spawns.at(call))
      if (Timed work = calls_.spawned(*spawn); !work.isNothing())
        outcome.lanes.push_back({call, std::move(work)});
    outcome.joined.append(calls_.joinedBy(function_, index));
    if (body_[index].isNoReturn) {
      outcome.left = std::move(outcome.through);
      outcome.through.reset();
    }
    return outcome;
  }

  static Outcome exit(const Exit &exit) {
    Outcome outcome;
    if (exit.kind == ExitKind::CoYield)
      return outcome;
    std::optional<Timed> &way = exit.kind == ExitKind::Break      ? outcome.broken
                                : exit.kind == ExitKind::Continue ? outcome.again
                                                                  : outcome.left;
    way = std::move(outcome.through);
    outcome.through.reset();
    return outcome;
  }

  /// Each label leads to what stands from there on, through the labels behind it, to the next `break`.
  Outcome switched(const Switch &it) {
    llvm::ArrayRef<Step> all = body_[it.body].steps;
    std::vector<uint32_t> starts;
    for (const Case &label : it.cases)
      starts.push_back(std::min<uint32_t>(label.position, all.size()));
    llvm::sort(starts);
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    Outcome result, rest;
    if (it.hasDefault)
      result.through.reset();
    for (size_t i = starts.size(); i-- > 0;) {
      uint32_t end = i + 1 < starts.size() ? starts[i + 1] : uint32_t(all.size());
      Outcome here = steps(all.slice(starts[i], end - starts[i]));
      append(here, std::move(rest));
      rest = here;
      here.through = either(std::move(here.through), here.broken);
      here.broken.reset();
      result = alternatives(std::move(result), std::move(here));
    }
    return result;
  }

  Outcome tried(const Try &it) {
    Outcome body = block(it.body);
    Timed worst = longestWay(body); // It may be the last thing in there that throws, after all its time.
    Outcome result = body;
    for (Index<Handler> handler : it.handlers) {
      Outcome caught = only(worst);
      append(caught, block(body_[handler].body));
      caught.lanes.clear();
      result = alternatives(std::move(result), std::move(caught));
    }
    return result;
  }

  Outcome loop(uint32_t index) {
    const Loop &it = body_.loops[index];
    Outcome round = block(it.kind == LoopKind::DoWhile ? it.body : it.test);
    std::optional<Timed> broken = std::move(round.broken), again = std::move(round.again);
    if (it.kind != LoopKind::DoWhile) {
      round.broken.reset();
      round.again.reset();
      append(round, block(it.body));
      broken = std::move(round.broken);
      again = std::move(round.again);
    }
    round.broken.reset();
    round.again.reset();
    round.through = either(std::move(round.through), again);
    append(round, block(it.kind == LoopKind::DoWhile ? it.test : it.increment));
    return rounds(index, std::move(round), std::move(broken));
  }

  /// `round` leads back through its end; `broken` is the way out of one.
  Outcome rounds(uint32_t index, Outcome round, std::optional<Timed> broken) {
    bool isNothing = (!round.through || round.through->isNothing()) && (!broken || broken->isNothing()) &&
                     (!round.left || round.left->isNothing());
    LoopFactor factor;
    if (isNothing)
      factor.isEndless = isEndless(body_.loops[index]);
    else
      factor = factorOf(index);
    Outcome result;
    std::optional<Timed> back = std::move(round.through);
    std::optional<Timed> all = back ? std::optional(times(index, factor, *back)) : std::nullopt;
    auto lastOf = [&](const std::optional<Timed> &way) {
      return way ? std::optional(last(index, factor, back, all, *way)) : std::nullopt;
    };
    result.through = lastOf(broken);
    if (!factor.isEndless)
      result.through = either(std::move(result.through), back ? all : Timed());
    result.left = lastOf(round.left);
    result.lanes = std::move(round.lanes);
    result.joined = std::move(round.joined);
    noteRetry(index, longestWay(result));
    return result;
  }

  /// Rounds one after the other; all of them together end by the points in time that are fixed before the loop.
  Timed times(uint32_t index, const LoopFactor &factor, Timed round) const {
    int64_t sureNs = round.worst.sureNs;
    SymbolicTime fixed = round.worst.time.takeFixed(
        [&](uint32_t scope) { return isInLoop(body_, body_.loops[index], Index<Block>(size_t(scope))); });
    round.worst.sureNs = std::min(sureNs, round.worst.time.atLeastNs());
    int64_t once = sureNs - round.worst.sureNs;
    Timed all = repeated(factor.factor, factor.isSure, factor.attempts, std::move(round));
    all.worst.time = fixed + all.worst.time;
    all.worst.sureNs = saturatingSum(all.worst.sureNs, once);
    return all;
  }

  /// All rounds but one come back, the last leaves by `way`.
  Timed last(uint32_t index, const LoopFactor &factor, const std::optional<Timed> &back, const std::optional<Timed> &all,
             const Timed &way) const {
    if (!back)
      return way;
    if (!factor.factor.isKnown())
      return longest(*all, way);
    if (longer(back->worst.time, way.worst.time) == back->worst.time)
      return *all;
    LoopFactor before = factor;
    if (--before.factor.count == 0)
      return way;
    Timed time = inSequence(times(index, before, *back), way);
    time.worst.amplification = std::max(time.worst.amplification, all->worst.amplification);
    return time;
  }

  bool isEndless(const Loop &it) const {
    return it.kind != LoopKind::RangeFor && (!it.condition || (body_[it.condition].constant && *body_[it.condition].constant));
  }

  LoopFactor factorOf(uint32_t index) const {
    const Loop &it = body_.loops[index];
    LoopFactor result;
    result.isEndless = isEndless(it);
    for (uint32_t i : retries_) {
      const RetryUse &use = in_.get<Retries>().retries[i];
      if (use.loop != Index<Loop>(index))
        continue;
      result.factor = CallTimes::factorOf(use.attempts);
      result.isSure = use.attempts.text.empty() && use.confidence == Confidence::High;
      result.attempts = result.factor.isKnown() ? result.factor.count : 1;
      if (use.attempts.kind != Attempts::Symbol)
        return result;
    }
    auto neverReturns = [&](Index<Call> call) { return in_.get<RetryWork>().neverReturns(function_, call); };
    Rounds rounds = roundsOf(program_, function_, Index<Loop>(index), {}, neverReturns);
    if (rounds.kind == Rounds::Once || (rounds.kind == Rounds::Constant && rounds.count <= kMostRounds)) {
      result.factor = {std::max<int64_t>(rounds.count, 1), {}, TimeFactor::kNoParameter, 0};
      return result;
    }
    if (result.factor.text.empty())
      result.factor.text = textOf(it, rounds);
    const Value *limit = rounds.limit ? &body_[rounds.limit] : nullptr;
    if (rounds.kind == Rounds::Symbol && limit && limit->kind == ValueKind::Local && limit->index < body_.parameterCount) {
      result.factor.parameter = limit->index;
      result.factor.offset = rounds.offset;
    }
    return result;
  }

  std::string textOf(const Loop &it, const Rounds &rounds) const {
    std::string text = rounds.kind == Rounds::Symbol ? rounds.text : std::string();
    if (rounds.kind == Rounds::Constant)
      return std::to_string(rounds.count);
    if (text.empty() && it.kind == LoopKind::RangeFor && it.range) {
      // What the loop goes over, not the reference that the compiler makes of it.
      const Value &range = body_[it.range];
      bool isNamed = range.kind != ValueKind::Local || body_.locals[range.index].kind != LocalKind::Range;
      text = isNamed ? spell(program_, body_, it.range, 30) : std::string();
    }
    return text.empty() ? "?" : "`" + text + "`";
  }

  void noteRetry(uint32_t loop, const Timed &time) {
    for (uint32_t i : retries_)
      if (in_.get<Retries>().retries[i].loop == Index<Loop>(loop))
        calls_.retries[i] = time;
  }

  const Inputs<Entries, RetryWork, Retries> in_;
  const Program &program_;
  CallTimes &calls_;
  const LinkedFunction &function_;
  const Function &body_;
  std::vector<uint32_t> retries_;
  std::vector<std::unique_ptr<Outcome>> outcomes_; ///< Of blocks; null: nothing.
};

} // namespace

Timed timeOf(const Inputs<Entries, RetryWork, Retries> &in, CallTimes &calls, const LinkedFunction &function) {
  return FunctionWalk(in, calls, function).run();
}

} // namespace opex
