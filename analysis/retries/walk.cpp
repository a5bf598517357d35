#include "analysis/retries/walk.h"

#include "analysis/body/exits.h"
#include "analysis/body/order.h"
#include "analysis/conventions/outcome_words.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

/// Enough for functions of a few hundred lines; more has too many ways to say anything.
constexpr size_t kMostStates = 8000;

struct State {
  Index<Block> block;
  uint32_t position = 0;
  bool hasWorked = false, hasPaused = false, isHandled = false, hasCounted = false;
  uint8_t round = 0;
  Env env;

  auto operator<=>(const State &) const = default;
};

class Walker {
public:
  Walker(const Inputs<Dependencies, RetryWork> &in, const LinkedFunction &function,
         llvm::function_ref<bool(Index<Call>)> isWork, const Round &round, Index<Call> work, Assumed assumed)
      : function_(function), body_(*function.body), retryWork_(in.get<RetryWork>()), isWork_(isWork), round_(round),
        work_(work), assumed_(assumed), outcomes_(in, function) {
    outcomes_.setWork(work);
  }

  RoundAnswer walk() {
    begin();
    while (!open_.empty() && !isDecided()) {
      State state = std::move(open_.back());
      open_.pop_back();
      if (!seen_.insert(state).second)
        continue;
      if (seen_.size() > kMostStates) {
        answer_.isGivenUp = true;
        break;
      }
      if (state.position < body_[state.block].steps.size())
        run(std::move(state));
      else
        leaveBlock(std::move(state));
    }
    return answer_;
  }

private:
  /// Of success only whether it comes back is asked.
  bool isDecided() const { return answer_.isGivenUp || (assumed_ == Assumed::Succeeds && answer_.goesRound); }

  void begin() {
    State state;
    if (round_.told) {
      Known::Kind kind = assumed_ == Assumed::Succeeds ? Known::Good : Known::Bad;
      state.env[Place::ofLocal(round_.told.value)] = {kind, 0};
      state.hasWorked = true;
    }
    if (round_.loop) {
      enterLoop(state, loop(round_.loop), round_.loop);
      return;
    }
    state.block = Index<Block>(0);
    if (round_.label) {
      const Label &label = body_.labels[round_.label.value];
      state.block = label.block;
      state.position = positionOf(label.block, {StepKind::Label, round_.label.value});
    }
    open_.push_back(std::move(state));
  }

  const Loop &loop(Index<Loop> index) const { return body_.loops[index.value]; }
  bool isOwn(Index<Loop> index) const { return round_.loop && index == round_.loop; }

  uint32_t positionOf(Index<Block> block, Step step) const {
    const std::vector<Step> &steps = body_[block].steps;
    return llvm::find(steps, step) - steps.begin();
  }

  void go(State state, Index<Block> block, uint32_t position = 0) {
    if (!block)
      return;
    state.block = block;
    state.position = position;
    open_.push_back(std::move(state));
  }

  /// Behind the step that owns the block.
  void goBehind(State state, Index<Block> block) {
    const Block &inner = body_[block];
    if (inner.parent)
      go(std::move(state), inner.parent, positionOf(inner.parent, inner.owner) + 1);
  }

  void leaves(const State &state) { answer_.leaves |= state.hasWorked; }

  void goBehindLoop(State state, Index<Loop> index) {
    const Loop &of = loop(index);
    if (isOwn(index))
      leaves(state);
    else
      go(std::move(state), of.block, positionOf(of.block, {StepKind::Loop, index.value}) + 1);
  }

  void goesRound(const State &state) {
    answer_.goesRound = true;
    answer_.pauses |= state.hasPaused;
    answer_.throughHandler |= state.isHandled;
    answer_.isUncounted |= !state.hasCounted;
  }

  void enterLoop(State state, const Loop &of, Index<Loop> index) {
    if (of.kind == LoopKind::For || of.kind == LoopKind::While) {
      if (of.test)
        go(std::move(state), of.test);
      else
        decide(std::move(state), of, index);
      return;
    }
    if (of.kind == LoopKind::RangeFor && !isOwn(index))
      goBehindLoop(state, index);
    go(std::move(state), of.body);
  }

  /// The loop's condition has been computed.
  void decide(State state, const Loop &of, Index<Loop> index) {
    std::optional<bool> truth =
        of.condition ? outcomes_.truthOf(state.env, of.condition) : std::optional(true);
    if (truth != true) {
      State out = state;
      outcomes_.learn(out.env, of.condition, false);
      goBehindLoop(std::move(out), index);
    }
    if (truth == false)
      return;
    if (isOwn(index) && of.kind == LoopKind::DoWhile && !beginRound(state))
      return;
    outcomes_.learn(state.env, of.condition, true);
    go(std::move(state), of.body);
  }

  /// The first round is over, or the second: then what is done next is something else.
  bool beginRound(State &state) {
    if (state.round > 0)
      leaves(state);
    if (state.round > 0 || !state.hasWorked)
      return false;
    state.round = 1;
    return true;
  }

  void endOfRound(State state, const Loop &of, Index<Loop> index) {
    if (isOwn(index) && of.kind != LoopKind::DoWhile && !beginRound(state))
      return;
    if (of.kind == LoopKind::RangeFor) {
      if (!isOwn(index))
        goBehindLoop(state, index);
      go(std::move(state), of.body);
      return;
    }
    if (of.test)
      go(std::move(state), of.test);
    else
      decide(std::move(state), of, index);
  }

  void endOfBody(State state, Index<Loop> index) {
    const Loop &of = loop(index);
    if (of.increment)
      go(std::move(state), of.increment);
    else
      endOfRound(std::move(state), of, index);
  }

  void leaveBlock(State state) {
    const Block &block = body_[state.block];
    Index<Loop> index(block.owner.index);
    switch (block.role) {
    case BlockRole::Body: return leaves(state);
    case BlockRole::LoopTest: return decide(std::move(state), loop(index), index);
    case BlockRole::LoopBody: return endOfBody(std::move(state), index);
    case BlockRole::LoopIncrement: return endOfRound(std::move(state), loop(index), index);
    case BlockRole::HandlerBody:
    case BlockRole::Plain:
    case BlockRole::Then:
    case BlockRole::Else:
    case BlockRole::SwitchBody:
    case BlockRole::TryBody: {
      Index<Block> from = state.block;
      return goBehind(std::move(state), from);
    }
    }
  }

  void run(State state) {
    Step step = body_[state.block].steps[state.position];
    State next = state;
    next.hasCounted |= llvm::is_contained(round_.counts, step);
    ++next.position;
    switch (step.kind) {
    case StepKind::Call: return runCall(std::move(next), Index<Call>(step.index));
    case StepKind::Declare: {
      if (round_.item && round_.item.value == step.index && state.hasWorked)
        return leaves(state);
      outcomes_.declare(next.env, Index<Local>(step.index));
      break;
    }
    case StepKind::Assign: outcomes_.assign(next.env, body_.assigns[step.index]); break;
    case StepKind::Branch: return runBranch(std::move(next), body_.branches[step.index]);
    case StepKind::Switch: return runSwitch(std::move(next), body_.switches[step.index]);
    case StepKind::Loop: return enterLoop(std::move(next), body_.loops[step.index], Index<Loop>(step.index));
    case StepKind::Try: return go(std::move(next), body_.tries[step.index].body);
    case StepKind::Block: return go(std::move(next), Index<Block>(step.index));
    case StepKind::Exit: return runExit(std::move(next), body_.exits[step.index]);
    case StepKind::Label: break;
    }
    open_.push_back(std::move(next));
  }

  void runCall(State state, Index<Call> index) {
    if (llvm::is_contained(round_.again, index) && state.hasWorked)
      goesRound(state);
    if (index != work_ && retryWork_.neverReturns(function_, index))
      return assumed_ == Assumed::Succeeds ? void() : throwFrom(std::move(state));
    if (!isWork_(index) && retryWork_.isPause({function_.position, index}))
      state.hasPaused = true;
    Known outcome;
    if (index == work_) {
      if (state.round > 0)
        return goesRound(state);
      state.hasWorked = true;
      state.hasCounted = false;
      if (assumed_ == Assumed::Throws)
        return throwFrom(std::move(state));
      outcome.kind = assumed_ == Assumed::Succeeds ? Known::Good : Known::Bad;
    } else if (isWork_(index)) {
      outcome.kind = Known::Good;
    }
    outcomes_.apply(state.env, index, outcome);
    if (outcome.kind != Known::Nothing)
      state.env[Place::ofResult(index.value)] =
          isNamedLikeQuestion(unqualified(body_[index].name)) ? Known{Known::Given} : outcome;
    open_.push_back(std::move(state));
  }

  void runBranch(State state, const Branch &branch) {
    std::optional<bool> truth = outcomes_.truthOf(state.env, branch.condition);
    auto take = [&](Index<Block> arm, bool isTrue) {
      State taken = state;
      outcomes_.learn(taken.env, branch.condition, isTrue);
      if (arm)
        go(std::move(taken), arm);
      else
        open_.push_back(std::move(taken));
    };
    if (truth != false)
      take(branch.then, true);
    if (truth != true)
      take(branch.otherwise, false);
  }

  void runSwitch(State state, const Switch &of) {
    bool isMatched = false;
    const Case *fallback = nullptr;
    for (const Case &label : of.cases) {
      if (!label.low) {
        fallback = &label;
        continue;
      }
      std::optional<bool> equal =
          label.high ? std::nullopt : outcomes_.equals(state.env, of.condition, label.low);
      isMatched |= equal == true;
      if (equal != false)
        go(state, of.body, label.position);
    }
    if (isMatched)
      return;
    if (fallback)
      go(std::move(state), of.body, fallback->position);
    else
      open_.push_back(std::move(state));
  }

  void runExit(State state, const Exit &exit) {
    switch (exit.kind) {
    case ExitKind::Return:
    case ExitKind::CoReturn: return leaves(state);
    case ExitKind::CoYield: return open_.push_back(std::move(state));
    case ExitKind::Throw:
    case ExitKind::Rethrow:
      // Who throws has not succeeded.
      return assumed_ == Assumed::Succeeds ? void() : throwFrom(std::move(state));
    case ExitKind::Break:
      if (Index<Block> out = jumpTarget(body_, exit)) {
        if (body_[out].role == BlockRole::LoopBody)
          goBehindLoop(std::move(state), Index<Loop>(body_[out].owner.index));
        else
          goBehind(std::move(state), out);
      }
      return;
    case ExitKind::Continue:
      if (Index<Block> out = jumpTarget(body_, exit))
        endOfBody(std::move(state), Index<Loop>(body_[out].owner.index));
      return;
    case ExitKind::Goto: return runGoto(std::move(state), exit);
    }
  }

  void runGoto(State state, const Exit &exit) {
    for (uint32_t i = 0; i < body_.labels.size(); ++i) {
      const Label &label = body_.labels[i];
      if (label.name != exit.label)
        continue;
      if (round_.label && round_.label.value == i && !beginRound(state))
        return;
      if (round_.loop && !llvm::is_contained(enclosingBlocks(body_, label.block), loop(round_.loop).body))
        return leaves(state);
      return go(std::move(state), label.block, positionOf(label.block, {StepKind::Label, i}) + 1);
    }
  }

  /// To the handlers around, as far as they stand inside what is walked.
  void throwFrom(State state) {
    for (Index<Block> around : enclosingBlocks(body_, state.block)) {
      if (round_.loop && around == loop(round_.loop).block)
        return;
      if (body_[around].role != BlockRole::TryBody)
        continue;
      for (Index<Handler> handler : body_.tries[body_[around].owner.index].handlers) {
        State caught = state;
        caught.isHandled = true;
        go(std::move(caught), body_[handler].body);
        if (!body_[handler].caught || (*function_.unit)[body_[handler].caught].recordName == "std::exception")
          return;
      }
    }
  }

  const LinkedFunction &function_;
  const Function &body_;
  const RetryWork &retryWork_;
  llvm::function_ref<bool(Index<Call>)> isWork_;
  const Round &round_;
  Index<Call> work_;
  Assumed assumed_;
  Outcomes outcomes_;
  std::vector<State> open_;
  std::set<State> seen_;
  RoundAnswer answer_;
};

} // namespace

RoundAnswer walkRound(const Inputs<Dependencies, RetryWork> &in, const LinkedFunction &function,
                      llvm::function_ref<bool(Index<Call>)> isWork, const Round &round, Index<Call> work,
                      Assumed assumed) {
  return Walker(in, function, isWork, round, work, assumed).walk();
}

} // namespace opex
