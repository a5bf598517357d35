// What the walk makes of calls, of what is thrown, and of the ways out of a body.
#include "analysis/conventions/outcome_words.h"
#include "analysis/paths/walker.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// In one body so many different calls fail together at most.
constexpr size_t kMostFailing = 2;

/// More ways out of a helper say nothing.
constexpr size_t kMostWaysOfHelper = 4;

} // namespace

void Walker::leaves(const State &state, Index<Value> result) {
  answer_.leaves |= state.hasWorked;
  if (!collectsEndings())
    return;
  ways_.insert({.hasWorked = state.hasWorked,
                .hasFailed = state.hasFailed,
                .hasPaused = state.hasPaused,
                .result = resultOf(state.env, result),
                .env = envOutside(state.env)});
}

void Walker::leavesThrowing(const State &state, EntityId thrown) {
  if (collectsEndings())
    ways_.insert({.hasWorked = state.hasWorked,
                  .hasFailed = state.hasFailed,
                  .throws = true,
                  .hasPaused = state.hasPaused,
                  .thrown = thrown,
                  .env = envOutside(state.env)});
}

/// As the function's type tells it: a status that becomes a bool is none any more.
Known Walker::resultOf(const Env &env, Index<Value> value) const {
  if (!value)
    return {};
  Known known = outcomes_.valueOf(env, value);
  const Type *result = body_.result ? &(*function_.unit)[body_.result] : nullptr;
  const Type *type = body_[value].type ? &(*function_.unit)[body_[value].type] : nullptr;
  if (known.isOutcome() && result && result->kind == TypeClass::Bool && type && type->kind != TypeClass::Bool)
    if (std::optional<bool> truth = outcomes_.truthOf(env, value))
      return {Known::Number, *truth};
  return known;
}

Env Walker::envOutside(const Env &env) const {
  Env outside;
  for (const auto &[place, known] : env)
    if (place.isIn(Place::This) || place.isIn(Place::Global) || (place.local() && *place.local() < body_.parameterCount))
      outside.emplace(place, known);
  return outside;
}

/// To the handlers around, as far as they stand inside what is walked.
void Walker::throwFrom(State state, EntityId thrown) {
  const Program &program = endings_.program();
  for (Index<Block> around : enclosingBlocks(body_, state.block)) {
    if (round_.loop && around == loop(round_.loop).block)
      return;
    if (body_[around].role != BlockRole::TryBody)
      continue;
    const Try &owner = body_.tries[body_[around].owner.index];
    for (Index<Handler> handler : owner.handlers) {
      const Handler &by = body_[handler];
      const Type *caught = by.caught ? &(*function_.unit)[by.caught] : nullptr;
      bool isKnown = thrown && caught && caught->record;
      if (isKnown && !llvm::any_of(program.withBases(thrown), [&](const Record *record) { return record->id == caught->record; }) &&
          thrown != caught->record && program.record(thrown))
        continue;
      State entered = state;
      entered.isHandled = true;
      entered.caught = thrown;
      entered.hasPaused |= !thrown && llvm::any_of(owner.handlers, [&](Index<Handler> h) { return hasPause(body_[h].body); });
      go(std::move(entered), by.body);
      if (!caught || caught->recordName == "std::exception" || (isKnown && program.record(thrown)))
        return;
    }
  }
  leavesThrowing(state, thrown);
}

/// But for how the work went, which questions about its object rest on.
void Walker::forgetUnasked(State &state) const {
  const Lifetimes::Moment now = lifetimes_.at(state.block, state.position);
  std::erase_if(state.env, [&](const auto &entry) {
    const Place &place = entry.first;
    const bool isOfWork = place.isIn(Place::Result) && place.steps().front().which == state.last.value;
    return !isOfWork && !lifetimes_.matters(place, now);
  });
}

void Walker::runCall(State state, Index<Call> index) {
  if (state.hasWorked && llvm::is_contained(round_.again, index)) {
    if (!work_ || !round_.isOneObject)
      goesRound(state);
    else
      beginAnew(state, index);
  }
  state.env.erase(Place::ofResult(index.value));
  if (index != work_ && retryWork_.neverReturns(function_, index) && !isWork_(index))
    return assumed_ == Assumed::Succeeds ? void() : throwFrom(std::move(state), {});
  if (index != work_ && retryWork_.isPause({function_.position, index}))
    state.hasPaused = true;
  if (index == work_ || isWork_(index))
    runWork(std::move(state), index);
  else
    runOther(std::move(state), index);
}

/// The function calls itself: what its object knows is known there.
void Walker::beginAnew(const State &state, Index<Call> index) {
  if (state.round > 0)
    return;
  State next = beginning({});
  for (const auto &[place, known] : state.env)
    if (place.isIn(Place::This) || place.isIn(Place::Global))
      next.env.emplace(place, known);
  next.hasWorked = state.hasWorked;
  next.hasFailed = state.hasFailed;
  next.hasPaused = state.hasPaused;
  next.isHandled = state.isHandled;
  next.hasCounted = state.hasCounted;
  next.last = state.last;
  next.times = state.times;
  next.round = 1;
  open_.push_back(std::move(next));
}

void Walker::runWork(State state, Index<Call> index) {
  if (index == work_ && assumed_) {
    if (state.round > 0 && state.times >= round_.times)
      return goesRound(state);
    state.times += state.round > 0 || !state.hasWorked;
    state.round = 0;
    state.hasWorked = true;
    state.hasCounted = false;
    state.hasFailed = *assumed_ != Assumed::Succeeds;
    return come(state, index, *assumed_);
  }
  // Where rounds are asked for, other work succeeds; where ways out are, whatever comes.
  const EntityId callee = body_[index].callee;
  const bool mayFail = !assumed_ || round_.othersFail;
  const bool isMeantToFail = !assumed_ && index == work_;
  const bool failsAgain = llvm::is_contained(state.failing, callee);
  if (!assumed_)
    state.hasWorked = true;
  if (!failsAgain && !isMeantToFail)
    come(state, index, Assumed::Succeeds);
  if (!mayFail || (!failsAgain && !isMeantToFail && state.failing.size() >= kMostFailing))
    return;
  if (!failsAgain && !isMeantToFail)
    state.failing.push_back(callee);
  if (!assumed_) {
    state.hasFailed |= !work_ || isMeantToFail;
    state.last = index;
  }
  come(state, index, Assumed::Fails);
  come(state, index, Assumed::Throws);
}

/// What a caller can tell from the result.
static Known toldBy(const Ending &way, const EndingsOf &ways) {
  Known result = way.result;
  if (result.kind == Known::Nothing || ways.isAlike || (result.kind == Known::Given && ways.isBlurred))
    result = {way.hasFailed ? Known::Bad : Known::Good};
  if (way.hasFailed || !ways.sentinel)
    return result;
  if (result.kind == Known::Given && ways.isApart)
    return {Known::Not, *ways.sentinel};
  if (result.kind == Known::Good && *ways.sentinel == 0)
    result.number = kOtherThanZero;
  return result;
}

/// Of work that succeeds, ways that nobody can tell from failures are none, if there are others.
static bool isMeant(const Ending &way, const EndingsOf &ways, Assumed how, bool isTarget) {
  if (way.throws != (how == Assumed::Throws) || way.hasFailed != (how != Assumed::Succeeds))
    return false;
  return (way.hasFailed || !way.looksFailed) && (way.hasWorked || (!isTarget && how == Assumed::Succeeds));
}

/// The call ends as `how` says, in each way in which it can.
void Walker::come(const State &state, Index<Call> index, Assumed how) {
  const CallRef ref{function_.position, index};
  bool isTold = false, isOpen = false;
  if (!endings_.isDependency(ref))
    for (const CallEdge &edge : endings_.program().calleesAt(function_, index)) {
      if (!endings_.isWork(edge.callee))
        continue;
      const Crossing crossing(endings_.program(), edge);
      Env inside = crossing.enter(outcomes_, state.env);
      const bool isWhole = depth_ < Endings::kDeepest;
      const EndingsOf *ways = endings_.of(edge, isWhole ? inside : Env(), depth_);
      if (!ways) {
        isOpen = true;
        continue;
      }
      isTold = true;
      for (const Ending &way : ways->all)
        if (isMeant(way, *ways, how, index == work_))
          comeBack(state, edge, way, toldBy(way, *ways), isWhole);
    }
  if (isOpen || !isTold)
    comeByConvention(state, index, how);
}

void Walker::comeBack(State state, const CallEdge &edge, const Ending &way, Known result, bool isWhole) {
  // Pauses of work that succeeds are its own.
  state.hasPaused |= way.hasPaused && (way.hasFailed || !way.hasWorked);
  const Known told = way.hasWorked ? Known{way.hasFailed ? Known::Bad : Known::Good} : Known();
  if (way.throws)
    return throwFrom(std::move(state), way.thrown);
  outcomes_.tell(state.env, edge.call, told);
  if (!isWhole)
    outcomes_.forget(state.env, edge.call);
  Crossing(endings_.program(), edge).leave(way, isWhole, state.env);
  setResult(state, edge.call, result);
  open_.push_back(std::move(state));
}

void Walker::setResult(State &state, Index<Call> index, Known result) const {
  if (result.kind != Known::Nothing)
    state.env[Place::ofResult(index.value)] = result;
}

void Walker::comeByConvention(State state, Index<Call> index, Assumed how) {
  if (how == Assumed::Throws)
    return endings_.mayThrow(function_, index) || assumed_ ? throwFrom(std::move(state), {}) : void();
  const bool isDependency = endings_.isDependency({function_.position, index});
  const Known outcome{how == Assumed::Succeeds ? Known::Good : Known::Bad};
  outcomes_.apply(state.env, index, outcome);
  // A name decides only where neither a body nor a row does.
  bool isQuestion = !isDependency && endings_.program().calleesAt(function_, index).empty() &&
                    isNamedLikeQuestion(unqualified(body_[index].name));
  setResult(state, index, isQuestion ? Known{Known::Given} : outcome);
  open_.push_back(std::move(state));
}

/// A call that is no work: what its body makes of what is known.
void Walker::runOther(State state, Index<Call> index) {
  const Program &program = endings_.program();
  llvm::ArrayRef<CallEdge> edges = program.calleesAt(function_, index);
  const EndingsOf *ways = nullptr;
  if (depth_ < Endings::kDeepest && edges.size() == 1 && edges.front().isCertain() && !endings_.isWork(edges.front().callee))
    ways = endings_.of(edges.front(), Crossing(program, edges.front()).enter(outcomes_, state.env), depth_);
  if (!ways || ways->all.empty() || ways->all.size() > kMostWaysOfHelper) {
    outcomes_.apply(state.env, index, {});
    return open_.push_back(std::move(state));
  }
  const bool throwsAlways = llvm::all_of(ways->all, [](const Ending &way) { return way.throws; });
  for (const Ending &way : ways->all) {
    if (way.throws && (!throwsAlways || assumed_ == Assumed::Succeeds))
      continue;
    comeBack(state, edges.front(), way, way.result, true);
  }
}

} // namespace opex
