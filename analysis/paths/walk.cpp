#include "analysis/body/exits.h"
#include "analysis/body/region.h"
#include "analysis/paths/walker.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Enough for functions of a few hundred lines; more has too many ways to say anything.
constexpr size_t kMostStates = 8000;
constexpr size_t kMostStatesOfEndings = 200;

/// To copy and compare what is known of so many places costs as much as a state.
constexpr size_t kPlacesForState = 4;

/// Behind that of the work: a state machine may pass some states before it is back in that of the work.
constexpr uint8_t kMostRounds = 3;

} // namespace

Walker::Walker(Endings &endings, const LinkedFunction &function, llvm::function_ref<bool(Index<Call>)> isWork,
               const Round &round, Index<Call> work, uint32_t depth)
    : endings_(endings), function_(function), body_(*function.body), retryWork_(endings.work()),
      isWork_(isWork), round_(round), work_(work), depth_(depth), outcomes_(endings.inputs(), function, endings.work().failures()),
      pausing_(endings.pausingBlocks(function)), lifetimes_(endings.lifetimesOf(function)) {}

size_t Walker::Hash::operator()(const State &state) const {
  llvm::hash_code hash = llvm::hash_combine(state.block.value, state.position, state.hasWorked, state.hasFailed, state.hasPaused,
                                            state.isHandled, state.hasCounted, state.round, state.times, state.last.value, state.caught.hash);
  for (const auto &[place, known] : state.env) {
    for (const Place::Step &step : place.steps())
      hash = llvm::hash_combine(hash, step.kind, step.which);
    hash = llvm::hash_combine(hash, known.kind, known.number);
  }
  return hash;
}

RoundAnswer Walker::walkRound(Assumed assumed) {
  assumed_ = assumed;
  State state = beginning({});
  state.last = work_;
  if (round_.told) {
    Known::Kind kind = assumed == Assumed::Succeeds ? Known::Good : Known::Bad;
    state.env[Place::ofLocal(round_.told.value)] = {kind, 0};
    state.hasWorked = true;
  }
  if (round_.loop)
    enterLoop(state, loop(round_.loop), round_.loop);
  else
    open_.push_back(std::move(state));
  answer_.pauses = true;
  if (!walk()) {
    answer_.isGivenUp = true;
    endings_.tooManyPaths.insert(function_.position);
  }
  answer_.pauses &= answer_.goesRound;
  return answer_;
}

std::optional<std::vector<Ending>> Walker::walkEndings(const Env &known) {
  open_.push_back(beginning(known));
  if (!walk())
    return std::nullopt;
  return std::vector<Ending>(ways_.begin(), ways_.end());
}

/// False: there are too many paths.
bool Walker::walk() {
  size_t &budget = endings_.budgetOf(function_);
  const size_t most = collectsEndings() ? kMostStatesOfEndings : std::min(kMostStates, budget);
  while (!open_.empty()) {
    // Of success only whether it comes back is asked, unless it comes back as it leaves.
    State state = std::move(open_.back());
    open_.pop_back();
    forgetUnasked(state);
    auto [seen, isNew] = seen_.insert(state);
    if (!isNew)
      continue;
    if (seen_.size() > most)
      return false;
    if (!collectsEndings())
      budget -= std::min(budget, 1 + state.env.size() / kPlacesForState);
    if (state.last != outcomes_.work())
      outcomes_.setWork(state.last);
    if (state.position < body_[state.block].steps.size())
      run(std::move(state));
    else
      leaveBlock(std::move(state));
  }
  return true;
}

Walker::State Walker::beginning(Env env) const {
  State state;
  state.block = Index<Block>(0);
  state.env = std::move(env);
  if (round_.label) {
    const Label &label = body_.labels[round_.label.value];
    state.block = label.block;
    state.position = positionOf(label.block, {StepKind::Label, round_.label.value});
  }
  return state;
}

uint32_t Walker::positionOf(Index<Block> block, Step step) const {
  const std::vector<Step> &steps = body_[block].steps;
  return llvm::find(steps, step) - steps.begin();
}

void Walker::go(State state, Index<Block> block, uint32_t position) {
  if (!block)
    return;
  state.block = block;
  state.position = position;
  open_.push_back(std::move(state));
}

/// Behind the step that owns the block.
void Walker::goBehind(State state, Index<Block> block) {
  const Block &inner = body_[block];
  if (inner.parent)
    go(std::move(state), inner.parent, positionOf(inner.parent, inner.owner) + 1);
}

void Walker::goBehindLoop(State state, Index<Loop> index) {
  const Loop &of = loop(index);
  if (isOwn(index))
    leaves(state);
  else
    go(std::move(state), of.block, positionOf(of.block, {StepKind::Loop, index.value}) + 1);
}

void Walker::goesRound(const State &state) {
  answer_.goesRound = true;
  answer_.pauses &= state.hasPaused;
  answer_.throughHandler |= state.isHandled;
  answer_.isUncounted |= !state.hasCounted;
}

void Walker::enterLoop(State state, const Loop &of, Index<Loop> index) {
  if (of.kind == LoopKind::For || of.kind == LoopKind::While) {
    if (of.test)
      go(std::move(state), of.test);
    else
      decide(std::move(state), of, index);
    return;
  }
  if (of.kind == LoopKind::RangeFor && !isOwn(index)) {
    State out = state;
    out.hasPaused |= hasPause(of.body);
    goBehindLoop(std::move(out), index);
  }
  go(std::move(state), of.body);
}

/// The loop's condition has been computed.
void Walker::decide(State state, const Loop &of, Index<Loop> index) {
  std::optional<bool> truth = of.condition ? outcomes_.truthOf(state.env, of.condition) : std::optional(true);
  if (truth != true) {
    State out = state;
    outcomes_.learn(out.env, of.condition, false);
    out.hasPaused |= !truth && hasPause(of.body);
    if (isOwn(index) && !truth)
      answer_.leavesInTheEnd |= out.hasWorked;
    else
      goBehindLoop(std::move(out), index);
  }
  if (truth == false)
    return;
  if (isOwn(index) && of.kind == LoopKind::DoWhile && !beginRound(state))
    return;
  // What others may change in the meantime is not known for the next test.
  outcomes_.learn(state.env, of.condition, true, /*localsOnly=*/true);
  go(std::move(state), of.body);
}

/// A round is over. After some without the work what is done next is something else.
bool Walker::beginRound(State &state) {
  if (state.round == kMostRounds)
    leaves(state);
  if (state.round == kMostRounds || !state.hasWorked)
    return false;
  ++state.round;
  return true;
}

void Walker::endOfRound(State state, const Loop &of, Index<Loop> index) {
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

void Walker::endOfBody(State state, Index<Loop> index) {
  const Loop &of = loop(index);
  if (of.increment)
    go(std::move(state), of.increment);
  else
    endOfRound(std::move(state), of, index);
}

void Walker::leaveBlock(State state) {
  const Block &block = body_[state.block];
  Index<Loop> index(block.owner.index);
  switch (block.role) {
  case BlockRole::Body: return leaves(state);
  case BlockRole::LoopTest: return decide(std::move(state), loop(index), index);
  case BlockRole::LoopBody: return endOfBody(std::move(state), index);
  case BlockRole::LoopIncrement: return endOfRound(std::move(state), loop(index), index);
  case BlockRole::HandlerBody:
    state.caught = {};
    [[fallthrough]];
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

void Walker::run(State state) {
  Step step = body_[state.block].steps[state.position];
  State next = std::move(state);
  next.hasCounted |= llvm::is_contained(round_.counts, step);
  ++next.position;
  switch (step.kind) {
  case StepKind::Call: return runCall(std::move(next), Index<Call>(step.index));
  case StepKind::Declare:
    if (round_.item && round_.item.value == step.index && next.hasWorked)
      return leaves(next);
    return runDeclare(std::move(next), Index<Local>(step.index));
  case StepKind::Assign: return runAssign(std::move(next), body_.assigns[step.index]);
  case StepKind::Branch: return runBranch(std::move(next), body_.branches[step.index]);
  case StepKind::Switch: return runSwitch(std::move(next), body_.switches[step.index]);
  case StepKind::Loop: return enterLoop(std::move(next), body_.loops[step.index], Index<Loop>(step.index));
  case StepKind::Try: return go(std::move(next), body_.tries[step.index].body);
  case StepKind::Block: return go(std::move(next), Index<Block>(step.index));
  case StepKind::Exit: return runExit(std::move(next), body_.exits[step.index]);
  case StepKind::Label: return open_.push_back(std::move(next));
  }
}

void Walker::forEachAlternative(State state, Index<Value> value, llvm::function_ref<void(State, Index<Value>)> go) {
  Index<Value> plain = value ? withoutCasts(body_, value) : value;
  if (!plain || body_[plain].kind != ValueKind::Choice || body_[plain].operands.size() != 3)
    return go(std::move(state), value);
  const Value &choice = body_[plain];
  std::optional<bool> truth = outcomes_.truthOf(state.env, choice.operands[0]);
  for (bool isTrue : {true, false})
    if (truth != !isTrue) {
      State taken = state;
      outcomes_.learn(taken.env, choice.operands[0], isTrue);
      forEachAlternative(std::move(taken), choice.operands[isTrue ? 1 : 2], go);
    }
}

void Walker::runAssign(State state, const Assign &assign) {
  forEachAlternative(std::move(state), assign.value, [&](State taken, Index<Value> value) {
    outcomes_.assign(taken.env, assign, value);
    open_.push_back(std::move(taken));
  });
}

void Walker::runDeclare(State state, Index<Local> local) {
  const Local &variable = body_.locals[local.value];
  Index<Value> init = variable.kind == LocalKind::Capture ? Index<Value>() : variable.init;
  forEachAlternative(std::move(state), init, [&](State taken, Index<Value> value) {
    outcomes_.declare(taken.env, local, value);
    open_.push_back(std::move(taken));
  });
}

/// A way that somebody else decides, past a pause: time may pass there.
bool Walker::skipsPause(Index<Block> arm) const {
  if (!arm)
    return false;
  for (Step step : body_[arm].steps)
    if (step.kind == StepKind::Exit && body_.exits[step.index].kind == ExitKind::Continue)
      if (Index<Block> out = jumpTarget(body_, body_.exits[step.index]))
        return hasPause(out);
  return false;
}

void Walker::runBranch(State state, const Branch &branch) {
  std::optional<bool> truth = outcomes_.truthOf(state.env, branch.condition);
  auto take = [&](Index<Block> arm, Index<Block> other, bool isTrue) {
    State taken = state;
    outcomes_.learn(taken.env, branch.condition, isTrue);
    taken.hasPaused |= !truth && (hasPause(other) || skipsPause(arm));
    if (arm)
      go(std::move(taken), arm);
    else
      open_.push_back(std::move(taken));
  };
  if (truth != false)
    take(branch.then, branch.otherwise, true);
  if (truth != true)
    take(branch.otherwise, branch.then, false);
}

void Walker::runSwitch(State state, const Switch &of) {
  bool isMatched = false, isOpen = false;
  const Case *fallback = nullptr;
  for (const Case &label : of.cases) {
    if (!label.low) {
      fallback = &label;
      continue;
    }
    std::optional<bool> equal = label.high ? std::nullopt : outcomes_.equals(state.env, of.condition, label.low);
    isMatched |= equal == true;
    isOpen |= !equal;
    if (equal == false)
      continue;
    State taken = state;
    taken.hasPaused |= !equal && hasPause(of.body);
    if (!label.high)
      outcomes_.learnEqual(taken.env, of.condition, label.low);
    go(std::move(taken), of.body, label.position);
  }
  if (isMatched)
    return;
  state.hasPaused |= isOpen && hasPause(of.body);
  if (fallback)
    go(std::move(state), of.body, fallback->position);
  else
    open_.push_back(std::move(state));
}

void Walker::runExit(State state, const Exit &exit) {
  switch (exit.kind) {
  case ExitKind::Return:
  case ExitKind::CoReturn:
    return forEachAlternative(std::move(state), exit.value, [&](State taken, Index<Value> value) { leaves(taken, value); });
  case ExitKind::CoYield: return open_.push_back(std::move(state));
  case ExitKind::Throw:
  case ExitKind::Rethrow: {
    // Who throws has not succeeded.
    if (assumed_ == Assumed::Succeeds)
      return;
    const Type *type = exit.value && body_[exit.value].type ? &(*function_.unit)[body_[exit.value].type] : nullptr;
    EntityId thrown = exit.kind == ExitKind::Rethrow ? state.caught : type ? type->record : EntityId();
    return throwFrom(std::move(state), thrown);
  }
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

void Walker::runGoto(State state, const Exit &exit) {
  for (uint32_t i = 0; i < body_.labels.size(); ++i) {
    const Label &label = body_.labels[i];
    if (label.name != exit.label)
      continue;
    if (round_.label && round_.label.value == i && !beginRound(state))
      return;
    if (round_.loop && !isIn(body_, label.block, loop(round_.loop).body))
      return leaves(state);
    return go(std::move(state), label.block, positionOf(label.block, {StepKind::Label, i}) + 1);
  }
}

RoundAnswer walkRound(Endings &endings, const LinkedFunction &function, llvm::function_ref<bool(Index<Call>)> isWork,
                      const Round &round, Index<Call> work, Assumed assumed) {
  return Walker(endings, function, isWork, round, work, 0).walkRound(assumed);
}

std::optional<std::vector<Ending>> walkEndings(Endings &endings, const LinkedFunction &function, const Env &known,
                                               uint32_t depth, Index<Call> failing) {
  const Round whole;
  const RetryWork &work = endings.work();
  auto isWork = [&](Index<Call> call) { return work.reach({function.position, call}).reaches(); };
  return Walker(endings, function, isWork, whole, failing, depth).walkEndings(known);
}

} // namespace opex
