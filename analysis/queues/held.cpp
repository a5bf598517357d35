// What holds back a push across functions: helpers that refuse when the queue is full, and guards in what calls the push.
// The rest of QueueGuards is in guards.cpp and room.cpp.
#include "analysis/queues/guards.h"

#include "analysis/body/counters.h"
#include "analysis/execution/call_components.h"
#include "analysis/queues/instances.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>
#include <utility>

namespace opex {

/// Functions that look at the size of the queue, take from it, or wait: one at least is in or below every guard of it.
std::set<uint32_t> QueueGuards::lookingAtSize() const {
  std::set<uint32_t> result = lookers_;
  result.insert(takers_.begin(), takers_.end());
  auto isCounter = [&](const Value &value) {
    return (value.kind == ValueKind::Field || value.kind == ValueKind::Global) && counters_.contains(value.entity);
  };
  for (const LinkedFunction &function : program_.functions) {
    bool waits = llvm::any_of(locks_.of(function.position), [&](const Locks::Use &use) {
      return use.does == rules::Lock::Wait || (use.does == rules::Lock::Acquire && permits_.contains(use.object));
    });
    if (waits || (!counters_.empty() && llvm::any_of(function.body->values, isCounter)))
      result.insert(function.position);
  }
  return result;
}

/// Settles for each function that has to do with the size whether it throws or waits when the queue is full.
void QueueGuards::findHelpers() {
  for (const GuardUse &guard : in_.get<Statements>().guards)
    if (guard.kind == GuardKind::Limiter)
      limited_.insert(guard.call.function);
  std::vector<uint32_t> functions;
  auto add = [&](uint32_t function) {
    if (below_.try_emplace(function, functions.size()).second)
      functions.push_back(function);
  };
  for (uint32_t function : lookingAtSize())
    add(function);
  for (size_t i = 0; i < functions.size(); ++i)
    for (const CallEdge &edge : program_.functions[functions[i]].callers)
      if (edge.isCertain())
        add(edge.caller);
  const CallComponents components(functions.size(), [&](uint32_t i, llvm::SmallVectorImpl<uint32_t> &into) {
    for (const CallEdge &edge : program_.functions[functions[i]].callees)
      if (auto callee = below_.find(edge.callee); edge.isCertain() && callee != below_.end())
        into.push_back(callee->second);
  });
  isInHelper_ = true;
  for (bool countsEmptiness : {false, true}) {
    countsEmptiness_ = countsEmptiness;
    helpers_[countsEmptiness] = settle(components, uint8_t(0), [&](uint32_t i, const std::vector<uint8_t> &known) {
      helping_ = &known;
      const LinkedFunction &function = program_.functions[functions[i]];
      return uint8_t(!function.body->blocks.empty() && guardInSteps(function, function.body->blocks[0].steps, /*byThrowOnly=*/true));
    });
  }
  isInHelper_ = false;
  helping_ = nullptr;
}

bool QueueGuards::isHelper(uint32_t function) const {
  auto at = below_.find(function);
  return at != below_.end() && (helping_ ? *helping_ : helpers_[countsEmptiness_])[at->second];
}

/// A caller that sees an empty queue adds any number to it, one after the other.
std::optional<Site> QueueGuards::guardOf(CallRef ref, bool isCaller) {
  const LinkedFunction &function = program_.functions[ref.function];
  countsEmptiness_ = !isCaller;
  std::optional<Site> guard = guardAround(function, (*function.body)[ref.call].block);
  if (!guard)
    guard = guardBefore(function, ref.call);
  if (!guard)
    guard = dropsWhenFull(function);
  if (!guard)
    guard = isCaller ? takesBackAfter(function, ref.call) : waitAfter(function, ref.call);
  return guard;
}

const QueueGuards::Hold &QueueGuards::holdOf(CallRef ref, bool isCaller) {
  auto [known, isNew] = holds_.try_emplace({ref, isCaller});
  Hold &hold = known->second;
  if (!isNew || (isCaller && !below_.contains(ref.function) && !limited_.contains(ref.function)))
    return hold;
  switches_.clear();
  visitedHelpers_.clear();
  hold.guard = guardOf(ref, isCaller);
  isInHelper_ = true; // For the limits that the helpers look at.
  std::set<uint32_t> seen;
  for (size_t i = 0; i < visitedHelpers_.size(); ++i)
    if (const LinkedFunction &helper = program_.functions[visitedHelpers_[i]]; seen.insert(helper.position).second)
      guardInSteps(helper, helper.body->blocks[0].steps, /*byThrowOnly=*/true);
  isInHelper_ = false;
  hold.switches = std::move(switches_);
  return hold;
}

/// Whether the call is held back in its own function; notes by what.
bool QueueGuards::addHold(CallRef ref, bool isCaller, PushGuard &into) {
  const Hold &hold = holdOf(ref, isCaller);
  if (hold.guard)
    into.guards.push_back({ref.function, *hold.guard});
  for (const Limit &limit : hold.switches)
    addMadeWithout(limit, into);
  return hold.guard.has_value();
}

/// What holds back the callers of the function; Unset if it has none. Callers are looked at as far up as there is no
/// guard, nearest first.
BoundState QueueGuards::callersOf(uint32_t position, PushGuard &into) {
  struct Above {
    explicit Above(uint32_t function) : function(function) {}
    uint32_t function;
    bool isGuarded = false;          ///< One of its callers is.
    std::vector<uint32_t> unguarded; ///< The others, as numbers.
  };
  std::deque<Above> above = {Above(position)};
  std::map<uint32_t, uint32_t> numbers = {{position, 0}};
  for (uint32_t i = 0; i < above.size(); ++i)
    for (const CallEdge &edge : program_.functions[above[i].function].callers) {
      if (edge.caller == above[i].function)
        continue;
      if (addHold({edge.caller, edge.call}, true, into)) {
        above[i].isGuarded = true;
        continue;
      }
      auto [number, isNew] = numbers.try_emplace(edge.caller, above.size());
      if (isNew)
        above.emplace_back(edge.caller);
      above[i].unguarded.push_back(number->second);
    }
  const CallComponents components(above.size(), [&](uint32_t i, llvm::SmallVectorImpl<uint32_t> &into) {
    into.append(above[i].unguarded.begin(), above[i].unguarded.end());
  });
  auto step = [&](uint32_t i, const std::vector<BoundState> &known) {
    auto is = [&](BoundState state) { return [&, state](uint32_t caller) { return known[caller] == state; }; };
    bool isOpen = !llvm::all_of(above[i].unguarded, is(BoundState::Set));
    bool isGuarded = above[i].isGuarded || !llvm::all_of(above[i].unguarded, is(BoundState::Unset));
    return !isGuarded ? BoundState::Unset : isOpen ? BoundState::Partly : BoundState::Set;
  };
  return settle(components, BoundState::Unset, step)[0];
}

bool QueueGuards::isHeldBack(CallRef call) {
  PushGuard ignored;
  return addHold(call, true, ignored) || callersOf(call.function, ignored) == BoundState::Set;
}

PushGuard QueueGuards::of(const QueueTouch &push) {
  PushGuard result;
  bool isHeld = addHold(push.call, false, result) ||
                llvm::any_of(push.path, [&](CallRef above) { return addHold(above, false, result); });
  result.state = isHeld ? BoundState::Set : callersOf(push.actor(), result);
  llvm::sort(result.switchedOff);
  result.switchedOff.erase(std::unique(result.switchedOff.begin(), result.switchedOff.end()), result.switchedOff.end());
  if (result.state == BoundState::Set && (!result.switchedOff.empty() || !result.unlimited.empty()))
    result.state = BoundState::Infinite;
  return result;
}

/// Constructions that give the limit the value 0. A value that we do not know counts as a limit.
void QueueGuards::addMadeWithout(const Limit &limit, PushGuard &into) {
  const LinkedFunction &function = program_.functions[limit.function];
  const Value &value = (*function.body)[withoutCasts(*function.body, limit.value)];
  if (value.kind != ValueKind::Field)
    return;
  for (const Provenance::Incoming &in : subjects_.provenance().assignedTo(value.entity)) {
    if (!in.value)
      continue;
    const LinkedFunction &maker = program_.functions[in.function];
    Index<Value> source = withoutCasts(*maker.body, in.value);
    if (maker.body->kind != FunctionKind::Constructor || (*maker.body)[source].kind != ValueKind::Local)
      continue;
    QueueInstances instances = instancesOf(program_, maker, (*maker.body)[source].index);
    for (QueueInstance &instance : instances.unlimited) {
      if (instance.made)
        into.switchedOff.push_back(*instance.made);
      if (instances.isSomeLimited)
        into.unlimited.push_back(std::move(instance));
    }
  }
}

} // namespace opex
