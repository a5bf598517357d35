#include "analysis/paths/endings.h"

#include "analysis/body/region.h"
#include "analysis/exceptions/throwing.h"
#include "analysis/paths/walk.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

/// More ways out say nothing.
constexpr size_t kMostEndings = 32;

/// States that are walked in one function, whatever its rounds are: some for any, and more the longer it is.
constexpr size_t kStatesForAny = 10'000, kStatesForStep = 100;

/// Helpers without work that are longer are not walked.
constexpr size_t kMostStepsOfHelper = 40;

bool isReferenceTo(const Function &body, const TuFacts &unit, uint32_t parameter) {
  const Local &local = body.locals[parameter];
  return local.byReference || (local.type && unit[local.type].kind == TypeClass::Reference);
}

/// It leads to an object of the caller's: a reference, a pointer.
bool leadsOut(const Function &body, const TuFacts &unit, uint32_t parameter) {
  const Local &local = body.locals[parameter];
  return isReferenceTo(body, unit, parameter) || (local.type && unit[local.type].indirections > 0);
}

/// The place with what it begins with exchanged.
Place rebased(const Place &place, const Place &from, const Place &to) {
  llvm::SmallVector<Place::Step, 4> steps(to.steps());
  llvm::append_range(steps, place.steps().drop_front(from.steps().size()));
  return Place(steps);
}

} // namespace

Crossing::Crossing(const Program &program, const CallEdge &edge) {
  const LinkedFunction &caller = program.functions[edge.caller], &callee = program.functions[edge.callee];
  const Call &call = (*caller.body)[edge.call];
  const Place own(Place::Step{Place::This, 0});
  auto add = [&](const Place &outside, const Place &inside, bool isWholeBack) {
    if (outside)
      pairs_.push_back({outside, inside, isWholeBack});
  };
  if (callee.body->kind == FunctionKind::Lambda)
    add(own, own, false);
  else if (call.object && edge.kind != EdgeKind::Callable && edge.kind != EdgeKind::Passed)
    add(placeOf(*caller.body, call.object).withoutIndirection(), own, false);
  if (edge.kind == EdgeKind::Callable || edge.kind == EdgeKind::Passed)
    return;
  for (uint32_t i = 0; i < callee.body->parameterCount; ++i) {
    Index<Value> argument = argumentOf(program, edge, i);
    arguments_.push_back(argument);
    if (argument && leadsOut(*callee.body, *callee.unit, i))
      add(placeOf(*caller.body, argument).withoutIndirection(), Place::ofLocal(i),
          isReferenceTo(*callee.body, *callee.unit, i));
  }
}

Env Crossing::enter(const Outcomes &outcomes, const Env &env) const {
  Env inside;
  for (const auto &[place, known] : env) {
    if (place.isIn(Place::Global))
      inside.emplace(place, known);
    for (const Pair &pair : pairs_)
      if (place.isPartOf(pair.outside))
        inside.emplace(rebased(place, pair.outside, pair.inside), known);
  }
  for (uint32_t i = 0; i < arguments_.size(); ++i)
    if (arguments_[i])
      if (Known known = outcomes.valueOf(env, arguments_[i]); known.kind != Known::Nothing)
        inside.try_emplace(Place::ofLocal(i), known);
  return inside;
}

void Crossing::leave(const Ending &ending, bool isWhole, Env &env) const {
  auto isBack = [](const Pair &pair, const Place &inside) {
    return inside.isPartOf(pair.inside) && (pair.isWholeBack || inside != pair.inside || inside.isThis());
  };
  if (isWhole)
    std::erase_if(env, [&](const auto &entry) {
      if (entry.first.isIn(Place::Global))
        return true;
      return llvm::any_of(pairs_, [&](const Pair &pair) {
        return entry.first.isPartOf(pair.outside) && isBack(pair, rebased(entry.first, pair.outside, pair.inside));
      });
    });
  for (const auto &[place, known] : ending.env) {
    if (place.isIn(Place::Global))
      env[place] = known;
    for (const Pair &pair : pairs_)
      if (isBack(pair, place))
        env[rebased(place, pair.inside, pair.outside)] = known;
  }
}

Endings::Endings(const Needs &in, const RetryWork &work)
    : in_(in), work_(work), components_(CallComponents::calleesFirst(in.program())), works_(in.program().functions.size()),
      settled_(in.program().functions.size()) {
  for (const LinkedFunction &function : program().functions)
    works_[function.position] = work.worksIn(function.position);
}

const std::vector<bool> &Endings::pausingBlocks(const LinkedFunction &function) {
  auto [entry, isNew] = pausing_.try_emplace(function.position);
  if (!isNew)
    return entry->second;
  const Function &body = *function.body;
  entry->second.resize(body.blocks.size());
  for (uint32_t i = 0; i < body.calls.size(); ++i)
    if (work_.isPause({function.position, Index<Call>(i)}))
      for (Index<Block> block = body.calls[i].block; block && !entry->second[block.value]; block = body[block].parent)
        entry->second[block.value] = true;
  return entry->second;
}

const Lifetimes &Endings::lifetimesOf(const LinkedFunction &function) {
  return lifetimes_.try_emplace(function.position, *function.body).first->second;
}

size_t &Endings::budgetOf(const LinkedFunction &function) {
  auto [entry, isNew] = budgets_.try_emplace(function.position, kStatesForAny);
  if (isNew)
    for (const Block &block : function.body->blocks)
      entry->second += kStatesForStep * block.steps.size();
  return entry->second;
}

/// Unseen code of C++ may; what has the linkage of C answers by its result.
bool Endings::mayThrow(const LinkedFunction &function, Index<Call> call) const {
  const Declaration *callee = program().declaration((*function.body)[call].callee);
  return !callee || (!callee->isNoexcept && !hasCLinkage(*callee));
}

bool throwsItself(const Function &body) {
  return llvm::any_of(body.exits, [](const Exit &exit) { return exit.kind == ExitKind::Throw; });
}

/// Functions in which, or below which, something is thrown in sight, or a dependency may throw.
void Endings::findThrowing() {
  throwing_.resize(program().functions.size());
  std::vector<uint32_t> open;
  for (const LinkedFunction &function : program().functions) {
    bool throws = throwsItself(*function.body);
    for (uint32_t i = 0; i < function.body->calls.size() && !throws; ++i)
      throws = isDependency({function.position, Index<Call>(i)}) && mayThrow(function, Index<Call>(i));
    if (throws)
      open.push_back(function.position);
  }
  while (!open.empty()) {
    const uint32_t function = open.back();
    open.pop_back();
    if (throwing_[function])
      continue;
    throwing_[function] = true;
    for (const CallEdge &edge : program().functions[function].callers)
      open.push_back(edge.caller);
  }
}

bool Endings::mayThrowBelow(CallRef call) {
  if (throwing_.empty())
    findThrowing();
  const LinkedFunction &function = program().functions[call.function];
  llvm::ArrayRef<CallEdge> edges = program().calleesAt(function, call.call);
  return edges.empty() ? mayThrow(function, call.call) : llvm::any_of(edges, [&](const CallEdge &edge) { return throwing_[edge.callee]; });
}

/// What a reference or pointer among the parameters leads to is set: `isSent = false`.
static bool tellsByParameter(const Function &body) {
  return llvm::any_of(body.assigns, [&](const Assign &assign) {
    const Place place = placeOf(body, assign.target);
    const std::optional<uint32_t> local = place.local();
    return local && *local < body.parameterCount &&
           (place.isWhole() ? body.locals[*local].byReference : place.steps().back().kind == Place::Pointee);
  });
}

bool Endings::passesOn(CallRef call, bool throws) {
  const LinkedFunction &function = program().functions[call.function];
  const Function &body = *function.body;
  const bool isVoid = !body.result || (*function.unit)[body.result].canonical == "void";
  if (isVoid && !throws && body.kind == FunctionKind::Free && !tellsByParameter(body))
    return false;
  const EndingsOf *failing = whenFails(call), *all = of(call.function);
  if (!failing || !all)
    return true;
  auto isToldApart = [&](const Ending &failure) {
    if (failure.throws)
      return throws;
    if (!isVoid && (failure.result.kind == Known::Nothing || failure.result.kind == Known::Given))
      return true;
    return llvm::none_of(all->all, [&](const Ending &way) {
      return way.hasWorked && !way.hasFailed && !way.throws && way.result == failure.result && way.env == failure.env;
    });
  };
  return llvm::any_of(failing->all, [&](const Ending &way) { return way.hasFailed && isToldApart(way); });
}

bool Endings::isSmall(const LinkedFunction &function) const {
  const Function &body = *function.body;
  return body.calls.size() + body.assigns.size() + body.branches.size() + body.exits.size() <= kMostStepsOfHelper &&
         body.loops.empty();
}

/// So that a walk meets nothing that it would have to walk first, however long the chain of calls is.
void Endings::settleBelow(uint32_t function) {
  std::vector<uint32_t> open = {function}, below;
  while (!open.empty()) {
    uint32_t at = open.back();
    open.pop_back();
    if (settled_[at])
      continue;
    settled_[at] = true;
    below.push_back(at);
    for (const CallEdge &edge : program().functions[at].callees)
      if (isWork(edge.callee) && !settled_[edge.callee])
        open.push_back(edge.callee);
  }
  llvm::sort(below, [&](uint32_t a, uint32_t b) {
    return std::pair(components_.componentOf(a), a) < std::pair(components_.componentOf(b), b);
  });
  for (uint32_t at : below)
    find({at, 0, {}});
}

const EndingsOf *Endings::of(const CallEdge &edge, const Env &known, uint32_t depth) {
  const LinkedFunction &callee = program().functions[edge.callee];
  if (components_.componentOf(edge.caller) == components_.componentOf(edge.callee) || callee.body->isCoroutine ||
      callee.body->isUninstantiated)
    return nullptr;
  if (!isWork(edge.callee))
    return isSmall(callee) ? find({edge.callee, depth + 1, known}) : nullptr;
  settleBelow(edge.callee);
  // What a caller knows is followed into short functions only: each caller may know something else.
  const bool isGiven = !known.empty() && isSmall(callee);
  return isGiven ? find({edge.callee, depth + 1, known}) : find({edge.callee, 0, {}});
}

const EndingsOf *Endings::of(uint32_t function) {
  settleBelow(function);
  return find({function, 0, {}});
}

static void markLikeFailures(EndingsOf &ways) {
  auto isLike = [](const Ending &a, const Ending &b) {
    return !a.throws && !b.throws && a.result == b.result;
  };
  auto isSuccess = [](const Ending &way) { return way.hasWorked && !way.hasFailed && !way.throws; };
  for (Ending &way : ways.all)
    way.looksFailed = !way.hasFailed && way.result.kind == Known::Number &&
                      llvm::any_of(ways.all, [&](const Ending &other) { return other.hasFailed && isLike(way, other); });
  if (llvm::any_of(ways.all, [&](const Ending &way) { return isSuccess(way) && !way.looksFailed; }))
    return;
  for (Ending &way : ways.all)
    way.looksFailed = false;
}

/// What failures return, and what successes do.
static std::pair<std::set<Known>, std::set<Known>> resultsOf(llvm::ArrayRef<Ending> ways) {
  std::pair<std::set<Known>, std::set<Known>> results;
  for (const Ending &way : ways)
    if (!way.throws && way.hasWorked)
      (way.hasFailed ? results.first : results.second).insert(way.result);
  return results;
}

static std::optional<EndingsOf> asEndings(std::optional<std::vector<Ending>> ways, const Function &body, const TuFacts &unit) {
  if (!ways || ways->size() > kMostEndings)
    return std::nullopt;
  EndingsOf result{.all = std::move(*ways)};
  const auto [failures, successes] = resultsOf(result.all);
  result.isAlike = failures.size() > 1 && failures == successes;
  if (result.isAlike)
    return result;
  result.isBlurred = llvm::any_of(failures, [](const Known &known) { return known.kind == Known::Given; });
  if (failures.size() == 1 && failures.begin()->kind == Known::Number) {
    result.sentinel = failures.begin()->number;
    result.isApart = *result.sentinel < 0 || (body.result && unit[body.result].kind == TypeClass::Pointer);
  }
  markLikeFailures(result);
  return result;
}

const EndingsOf *Endings::find(const Key &key) {
  auto [entry, isNew] = known_.try_emplace(key);
  if (isNew) {
    const LinkedFunction &function = program().functions[key.function];
    std::optional<EndingsOf> ways = asEndings(walkEndings(*this, function, key.env, key.depth), *function.body, *function.unit);
    entry->second = std::move(ways);
  }
  return entry->second ? &*entry->second : nullptr;
}

const EndingsOf *Endings::whenFails(CallRef call) {
  auto [entry, isNew] = failing_.try_emplace(call);
  if (isNew) {
    const LinkedFunction &function = program().functions[call.function];
    settleBelow(call.function);
    entry->second = asEndings(walkEndings(*this, function, {}, 0, call.call), *function.body, *function.unit);
  }
  return entry->second ? &*entry->second : nullptr;
}

} // namespace opex
