#include "analysis/queues/guards.h"

#include "analysis/body/counters.h"
#include "analysis/body/exits.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <iterator>

namespace opex {
namespace {

/// Its end is not reached; with `byThrowOnly`, because of an exception.
bool leaves(const Function &body, Index<Block> block, bool byThrowOnly) {
  Exits exits = exitsOf(body, block);
  bool isOrdinary = exits.returns || exits.breaks || exits.continues || exits.jumps;
  return !exits.fallsThrough && !(byThrowOnly && isOrdinary);
}

} // namespace

QueueGuards::QueueGuards(const Needs &in, const Locks &locks, const QueueObject &queue)
    : in_(in), program_(in.program()), subjects_(in.get<Subjects>()), locks_(locks) {
  std::set<uint32_t> pushers;
  for (const QueueTouch &touch : queue.touches) {
    switch (touch.row->does) {
    case rules::QueueCall::Push: pushers.insert(touch.actor()); break;
    case rules::QueueCall::Pop:
    case rules::QueueCall::Erase:
    case rules::QueueCall::Clear:
      takes_.insert(touch.call);
      takers_.insert(touch.actor());
      takers_.insert(touch.call.function);
      break;
    case rules::QueueCall::Size: sizes_.insert(touch.call); break;
    case rules::QueueCall::Empty: empties_.insert(touch.call); break;
    }
    if (touch.row->does == rules::QueueCall::Size || touch.row->does == rules::QueueCall::Empty)
      lookers_.insert(touch.call.function);
  }
  for (uint32_t taker : std::set<uint32_t>(takers_)) {
    if (!pushers.contains(taker))
      ownTakers_.insert(taker);
    for (const CallEdge &edge : program_.functions[taker].callers)
      if (edge.isCertain())
        takers_.insert(edge.caller);
    permits_.merge(locks.around(taker, rules::Lock::Release, 1, 1));
    filled_.merge(locks.around(taker, rules::Lock::Wait, 0, 0));
  }
  collectCounters(pushers);
  findHelpers();
}

void QueueGuards::collectCounters(const std::set<uint32_t> &pushers) {
  std::set<EntityId> up, down;
  for (const LinkedFunction &function : program_.functions) {
    const Function &body = *function.body;
    auto note = [&](Index<Value> target, llvm::StringRef op) {
      target = withoutCasts(body, target);
      if (!target || (body[target].kind != ValueKind::Field && body[target].kind != ValueKind::Global))
        return;
      if ((op == "++" || op == "+=") && pushers.contains(function.position))
        up.insert(body[target].entity);
      if (op == "--" || op == "-=")
        down.insert(body[target].entity);
    };
    for (const Assign &assign : body.assigns)
      note(assign.target, assign.op);
    for (const Call &call : body.calls) // The same on atomics and other classes.
      if (llvm::StringRef op = unqualified(call.name);
          call.kind == CallKind::Operator && op.consume_front("operator"))
        note(targetOf(call), op.trim());
  }
  std::set_intersection(up.begin(), up.end(), down.begin(), down.end(),
                        std::inserter(counters_, counters_.end()));
}

bool QueueGuards::takesIn(const LinkedFunction &function, Index<Block> block) const {
  if (!block)
    return false;
  return llvm::any_of(takesOf(function),
                      [&](Index<Call> call) { return isIn(*function.body, (*function.body)[call].block, block); });
}

/// Calls of the function that take from the queue, or run something that does.
const std::vector<Index<Call>> &QueueGuards::takesOf(const LinkedFunction &function) const {
  auto [known, isNew] = takesOf_.try_emplace(function.position);
  for (uint32_t i = 0; isNew && i < function.body->calls.size(); ++i) {
    const LinkedFunction *callee = program_.directCallee(function, Index<Call>(i));
    if (takes_.contains({function.position, Index<Call>(i)}) || (callee && takers_.contains(callee->position)))
      known->second.push_back(Index<Call>(i));
  }
  return known->second;
}

bool QueueGuards::pausesIn(const LinkedFunction &function, Index<Block> block) const {
  if (!block)
    return false;
  auto isHere = [&](CallRef ref) {
    return ref.function == function.position && isIn(*function.body, (*function.body)[ref.call].block, block);
  };
  return llvm::any_of(
             locks_.of(function.position),
             [&](const Locks::Use &use) { return use.does == rules::Lock::Wait && isHere(use.call); }) ||
         llvm::any_of(in_.get<Statements>().pausesOf(function.position), isHere);
}

/// The branches and loops that decide whether the call is reached.
std::optional<Site> QueueGuards::guardAround(const LinkedFunction &function, Index<Block> block) {
  const Function &body = *function.body;
  for (Index<Block> around : enclosingBlocks(body, block)) {
    const Block &here = body[around];
    bool isThen = here.role == BlockRole::Then;
    if (isThen || here.role == BlockRole::Else) {
      const Branch &branch = body.branches[here.owner.index];
      if (room(function, branch.condition, isThen) == Room::Limited)
        return branch.site;
    }
    if (here.role == BlockRole::LoopBody && here.owner.kind == StepKind::Loop) {
      const Loop &loop = body.loops[here.owner.index];
      if (loop.condition && room(function, loop.condition, true) == Room::Limited)
        return loop.site;
    }
  }
  return {};
}

/// The step leaves, waits or makes room when the queue is full.
std::optional<Site> QueueGuards::guardInStep(const LinkedFunction &function, const Step &step,
                                             bool byThrowOnly) {
  const Function &body = *function.body;
  auto stops = [&](Index<Block> arm) {
    return leaves(body, arm, byThrowOnly) || pausesIn(function, arm) || takesIn(function, arm);
  };
  switch (step.kind) {
  case StepKind::Branch: {
    const Branch &branch = body.branches[step.index];
    if ((stops(branch.then) && room(function, branch.condition, false) == Room::Limited) ||
        (stops(branch.otherwise) && room(function, branch.condition, true) == Room::Limited))
      return branch.site;
    // `if (mayWait) { while (full) wait(); }`
    for (Index<Block> arm : {branch.then, branch.otherwise})
      if (std::optional<Site> inside =
              arm ? guardInSteps(function, body[arm].steps, byThrowOnly) : std::nullopt) {
        if (lastLimit_.value && isSwitchOf(function, branch.condition, lastLimit_))
          switches_.push_back(lastLimit_);
        return inside;
      }
    return {};
  }
  case StepKind::Loop: {
    const Loop &loop = body.loops[step.index];
    bool turns = pausesIn(function, loop.body) || takesIn(function, loop.body);
    if (turns && loop.condition && room(function, loop.condition, false) == Room::Limited)
      return loop.site;
    if (!turns || !loop.body)
      return {};
    for (const Step &inner : body[loop.body].steps) // `for (;;) { if (there is room) break; wait(); }`
      if (inner.kind == StepKind::Branch)
        if (const Branch &branch = body.branches[inner.index];
            leaves(body, branch.then, false) && room(function, branch.condition, true) == Room::Limited)
          return branch.site;
    return guardInSteps(function, body[loop.body].steps, byThrowOnly);
  }
  case StepKind::Call: return guardInCall(function, Index<Call>(step.index));
  case StepKind::Block: return guardInSteps(function, body.blocks[step.index].steps, byThrowOnly);
  case StepKind::Try: return guardInSteps(function, body[body.tries[step.index].body].steps, byThrowOnly);
  default: return {};
  }
}

std::optional<Site> QueueGuards::guardInSteps(const LinkedFunction &function, llvm::ArrayRef<Step> steps,
                                              bool byThrowOnly) {
  for (const Step &step : steps)
    if (std::optional<Site> guard = guardInStep(function, step, byThrowOnly))
      return guard;
  return {};
}

/// A wait until there is room, or a function that does it.
std::optional<Site> QueueGuards::guardInCall(const LinkedFunction &function, Index<Call> index) {
  const Call &call = (*function.body)[index];
  CallRef ref{function.position, index};
  for (const Locks::Use &use : locks_.of(function.position)) {
    if (use.call != ref)
      continue;
    if (use.does == rules::Lock::Acquire && permits_.contains(use.object))
      return call.site;
    if (use.does == rules::Lock::Wait)
      for (Index<Value> argument : call.arguments)
        if (isRoomPredicate(function, argument))
          return call.site;
  }
  const GuardUse *limiter =
      isInHelper_ ? nullptr : in_.get<Statements>().guards.at(ref); // A helper's ends with it.
  bool isOwn = localOf(*function.body, call.object).has_value(); // It waits for its own answer.
  if (limiter && limiter->kind == GuardKind::Limiter && limiter->work.empty() && !isOwn)
    return call.site;
  const LinkedFunction *callee = program_.directCallee(function, index);
  if (!callee || !isHelper(callee->position))
    return {};
  visitedHelpers_.push_back(callee->position);
  return call.site;
}

/// `wait(lock, [this] { return queue_.size() < limit_; })`
bool QueueGuards::isRoomPredicate(const LinkedFunction &function, Index<Value> argument) {
  argument = withoutCasts(*function.body, argument);
  if (!argument || (*function.body)[argument].kind != ValueKind::Lambda)
    return false;
  auto bodies = program_.bodies.find((*function.body)[argument].entity);
  return bodies != program_.bodies.end() && llvm::any_of(bodies->second, [&](uint32_t lambda) {
           return llvm::any_of(subjects_.provenance().returned(lambda), [&](Index<Value> returned) {
             return room(program_.functions[lambda], returned, true) == Room::Limited;
           });
         });
}

/// Everything that stands before the call on its way through the function.
std::optional<Site> QueueGuards::guardBefore(const LinkedFunction &function, Index<Call> index) {
  const Function &body = *function.body;
  Moment moment = momentOf(body, index);
  while (moment.valid()) {
    llvm::ArrayRef<Step> steps = body[moment.block].steps;
    if (std::optional<Site> guard = guardInSteps(function, steps.take_front(moment.position), false))
      return guard;
    const Block &here = body[moment.block];
    if (!here.parent)
      break;
    const std::vector<Step> &around = body[here.parent].steps;
    auto owner = llvm::find(around, here.owner);
    if (owner == around.end())
      break;
    moment = {here.parent, static_cast<uint32_t>(owner - around.begin())};
  }
  return {};
}

/// `if (queue.size() > limit) queue.pop();`, wherever it stands in the function.
std::optional<Site> QueueGuards::dropsWhenFull(const LinkedFunction &function) {
  const Function &body = *function.body;
  for (const Branch &branch : body.branches)
    if ((takesIn(function, branch.then) && room(function, branch.condition, false) == Room::Limited) ||
        (takesIn(function, branch.otherwise) && room(function, branch.condition, true) == Room::Limited))
      return branch.site;
  for (const Loop &loop : body.loops)
    if (loop.condition && takesIn(function, loop.body) &&
        room(function, loop.condition, false) == Room::Limited)
      return loop.site;
  return {};
}

/// A user of a queue class takes out what is too old, or too much, as soon as it has added: of the same object, and only
/// so much as some condition says.
std::optional<Site> QueueGuards::takesBackAfter(const LinkedFunction &function, Index<Call> index) const {
  const Function &body = *function.body;
  if (!body[index].object)
    return {};
  std::string object = spell(program_, body, body[index].object);
  for (Index<Call> take : takesOf(function)) {
    const LinkedFunction *taker = program_.directCallee(function, take);
    if (!taker || !ownTakers_.contains(taker->position))
      continue;
    bool isBehind = body[take].block != body[index].block && standsBefore(body, momentOf(body, index), momentOf(body, take)) &&
                    isIn(body, body[take].block, body[index].block);
    if (isBehind && body[take].object && spell(program_, body, body[take].object) == object)
      return body[take].site;
  }
  return {};
}

/// Whoever adds waits until it is done, so that there are no more items than there are callers.
std::optional<Site> QueueGuards::waitAfter(const LinkedFunction &function, Index<Call> index) const {
  const Function &body = *function.body;
  std::vector<Index<Block>> around = enclosingBlocks(body, body[index].block);
  auto follows = [&](Index<Call> wait) {
    auto level = llvm::find(around, body[wait].block);
    return level != around.end() && standsBefore(body, momentOf(body, index), momentOf(body, wait)) &&
           std::none_of(around.begin(), level,
                        [&](Index<Block> block) { return body[block].role == BlockRole::LoopBody; });
  };
  for (const Locks::Use &use : locks_.of(function.position))
    if ((use.does == rules::Lock::Wait || use.does == rules::Lock::Acquire) &&
        use.call.function == function.position && !filled_.contains(use.object) && follows(use.call.call))
      return body[use.call.call].site;
  for (const DependencyUse &use : in_.get<Dependencies>().uses.of(function.position))
    if (use.isLocalWait && follows(use.call.call))
      return body[use.call.call].site;
  return {};
}

} // namespace opex
