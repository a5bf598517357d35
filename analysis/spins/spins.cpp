#include "analysis/spins/spins.h"

#include "analysis/retries/finder.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

/// Of one call in a loop that waits for work.
class Spin {
public:
  Spin(RetryFinder &finder, const LinkedFunction &function, Index<Loop> loop, Index<Call> call)
      : finder_(finder), function_(function), loop_(loop), call_(call) {
    round_.loop = loop;
  }

  /// None if its failure ends the loop, or is counted.
  std::optional<SpinUse> read() {
    bool comesBack = false, pauses = true;
    for (Assumed assumed : {Assumed::Fails, Assumed::Throws}) {
      if (assumed == Assumed::Throws && !finder_.endings.mayThrow(function_, call_))
        continue;
      const RoundAnswer answer = walk(assumed);
      if (answer.isGivenUp)
        return std::nullopt;
      comesBack |= answer.goesRound;
      pauses &= !answer.goesRound || answer.pauses;
    }
    if (!comesBack || isBounded())
      return std::nullopt;
    SpinUse use{{function_.position, call_}, loop_, finder_.work.wayToDependency({function_.position, call_}), {}, pauses};
    if (const DependencyUse *wait = use.way.empty() ? nullptr : finder_.in.get<Dependencies>().at(use.way.back()))
      use.failures = wait->failsWhileReady;
    return use;
  }

private:
  bool isWork(Index<Call> call) const { return finder_.work.reach({function_.position, call}).reaches(); }

  RoundAnswer walk(Assumed assumed) const {
    return walkRound(finder_.endings, function_, [&](Index<Call> other) { return isWork(other); }, round_, call_, assumed);
  }

  /// It gives up after some failures, or goes over what is there once.
  bool isBounded() {
    auto isMeant = [&](Index<Call> other) { return isWork(other); };
    auto counts = [&](Step change) {
      return isStepOfRounds(change) && countsFailures(finder_, function_, round_, call_, isMeant, change);
    };
    const AttemptsRead read = attemptsOf(finder_, function_, loop_, counts);
    return (read.attempts.kind != Attempts::Unbounded && mayEnd(read.site)) ||
           attemptsByFlags(finder_, function_, round_, call_, isMeant);
  }

  /// `if (++rounds > 10) tidyUp();` ends no loop without a condition.
  bool mayEnd(const Site &test) const {
    const Function &body = *function_.body;
    const Index<Value> condition = body.loops[loop_.value].condition;
    const auto branch = llvm::find_if(body.branches, [&](const Branch &other) { return other.site == test; });
    if ((condition && !body[condition].constant) || branch == body.branches.end())
      return true;
    return llvm::any_of(body.exits, [&](const Exit &exit) {
      return isIn(body, exit.block, branch->then) || isIn(body, exit.block, branch->otherwise);
    });
  }

  /// Not one of a loop inside, which goes over what there is in one round.
  bool isStepOfRounds(Step change) const {
    const Function &body = *function_.body;
    const Loop &loop = body.loops[loop_.value];
    const Index<Block> at = change.kind == StepKind::Call ? body.calls[change.index].block : body.assigns[change.index].block;
    for (Index<Block> around : enclosingBlocks(body, at)) {
      if (around == loop.body || around == loop.test || around == loop.increment)
        return true;
      if (body[around].role == BlockRole::LoopBody || body[around].role == BlockRole::LoopIncrement)
        return false;
    }
    return true;
  }

  RetryFinder &finder_;
  const LinkedFunction &function_;
  const Index<Loop> loop_;
  const Index<Call> call_;
  Round round_;
};

} // namespace

Spins Spins::run(const Needs &in) {
  const RetryWork accepts(in, RetryWork::Of::Accepts);
  std::vector<SpinUse> spins;
  if (accepts.failures().empty())
    return {};
  RetryFinder finder(in, accepts);
  for (const LinkedFunction &function : finder.program.functions) {
    const Function &body = *function.body;
    for (uint32_t call = 0; call < body.calls.size(); ++call) {
      if (!accepts.reach({function.position, Index<Call>(call)}).isCertain)
        continue;
      for (uint32_t loop = 0; loop < body.loops.size(); ++loop)
        if (body.loops[loop].kind != LoopKind::RangeFor && isInLoop(body, body.loops[loop], body.calls[call].block))
          if (std::optional<SpinUse> spin = Spin(finder, function, Index<Loop>(loop), Index<Call>(call)).read()) {
            spins.push_back(std::move(*spin));
            break;
          }
    }
  }
  // Who is called by a loop that spins itself is not to be blamed twice.
  std::set<CallRef> own;
  for (const SpinUse &spin : spins)
    if (!spin.pauses)
      own.insert(spin.call);
  llvm::erase_if(spins, [&](const SpinUse &spin) {
    return llvm::any_of(llvm::drop_begin(spin.way), [&](CallRef below) { return own.contains(below); });
  });
  return {std::move(spins)};
}

} // namespace opex
