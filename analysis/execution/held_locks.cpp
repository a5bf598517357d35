#include "analysis/execution/held_locks.h"

#include "analysis/body/exits.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

HeldLocks::HeldLocks(const Needs &in)
    : program_(in.program()), roles_(in.get<RoleIndex>()), semaphores_(in.get<BinarySemaphores>()),
      flow_(program_, roles_, semaphores_), atCalls_(program_.functions.size()),
      atAssigns_(program_.functions.size()) {
  settleSummaries();
  auto addAll = [&](const auto &places) {
    for (const auto &[place, at] : places) {
      for (const OwnLock &held : at.held)
        addNumbers(held.lock);
      for (const LockObject &object : at.waited)
        addNumbers(object);
      for (const LockObject &object : at.released) {
        addNumbers(object);
        for (const LockObject &around : flow_.objectsAround(object.entity)) // Any of them may be meant.
          addNumbers(around);
      }
    }
  };
  for (const LockFlow::AtCalls &calls : atCalls_)
    addAll(calls);
  for (const LockFlow::AtAssigns &assigns : atAssigns_)
    addAll(assigns);
  settleAbove();
}

/// Among functions that call one another around a circle, as they do over a log, calls are taken to leave locks as they did
/// when the circle was looked at before: at first as they were.
void HeldLocks::settleSummaries() {
  constexpr unsigned kRounds = 3; // A mutex class and a guard of it lie between who locks and who takes the mutex.
  const CallComponents components = CallComponents::calleesFirst(program_);
  std::vector<LockSummary> before(program_.functions.size());
  for (unsigned round = 0; round < kRounds; ++round)
    before = settle(components, LockSummary(), [&](uint32_t position, const std::vector<LockSummary> &known) {
      auto summaryOf = [&](const CallEdge &edge) -> const LockSummary * {
        bool isCircle = components.componentOf(edge.callee) == components.componentOf(position);
        const LockSummary &summary = (isCircle ? before : known)[edge.callee];
        return summary.isEmpty() || edge.callee == position ? nullptr : &summary;
      };
      const LinkedFunction &function = program_.functions[position];
      bool isWanted =
          flow_.isAboutLocks(function) ||
          llvm::any_of(function.callees, [&](const CallEdge &edge) { return summaryOf(edge) != nullptr; });
      atCalls_[position].clear();
      return isWanted ? flow_.run(function, summaryOf, atCalls_[position], atAssigns_[position])
                      : LockSummary();
    });
}

/// Gives each mutex that the object may be its number.
void HeldLocks::addNumbers(const LockObject &object) {
  auto [known, isNew] = numbers_.try_emplace(object);
  if (!isNew)
    return;
  for (const LockObject &mutex : resolved(object)) {
    auto [number, isFirst] = numberOf_.try_emplace(mutex, objects_.size());
    if (isFirst)
      objects_.push_back(mutex);
    known->second.push_back(number->second);
  }
}

/// What the caller gives for the parameter, or calls the method on: the mutexes that it names, or that the guard has.
std::vector<LockObject> HeldLocks::givenAt(const CallEdge &edge, uint32_t parameter) const {
  const LinkedFunction &caller = program_.functions[edge.caller];
  const bool isMethod = edge.kind == EdgeKind::Direct || edge.kind == EdgeKind::Virtual;
  const Index<Value> value = parameter != kOwnObject ? argumentOf(program_, edge, parameter)
                             : isMethod              ? (*caller.body)[edge.call].object
                                                     : Index<Value>();
  if (!value)
    return {};
  std::vector<LockObject> given = flow_.named(caller, value);
  const Place place = placeOf(*caller.body, value).withoutIndirection();
  if (parameter == kOwnObject && place.isIn(Place::This))
    given.push_back({Origin::Parameter, edge.caller, kOwnObject, EntityId()});
  const LocksAtCall *there = own({edge.caller, edge.call});
  if (!there)
    return given;
  bool isVariable = llvm::all_of(given, [](const LockObject &one) { return one.kind == Origin::Variable; });
  const bool isGuard = place && llvm::any_of(there->held, [&](const OwnLock &held) { return held.guard == place; });
  for (const OwnLock &held : there->held)
    if (isGuard ? held.guard == place : isVariable && parameter != kOwnObject) // It may be of any of these.
      given.push_back(held.lock);
  return given;
}

/// A parameter is what callers give for it, however far up, and a pointer what constructors are given; itself where nobody is
/// seen that does.
std::set<LockObject> HeldLocks::resolved(const LockObject &object) const {
  std::set<LockObject> result, seen = {object};
  std::vector<LockObject> open = {object};
  while (!open.empty()) {
    const LockObject next = open.back();
    open.pop_back();
    bool isGiven = false;
    if (next.kind == Origin::Parameter)
      for (const CallEdge &edge : program_.functions[next.function].callers)
        for (const LockObject &given : givenAt(edge, next.index)) {
          isGiven = true;
          if (seen.insert(given).second)
            open.push_back(given);
        }
    if (next.kind == Origin::Member)
      for (const LockObject &given : flow_.givenTo(next.entity)) {
        isGiven = true;
        if (seen.insert(given).second)
          open.push_back(given);
      }
    if (!isGiven)
      result.insert(next);
  }
  return result;
}

/// What the caller holds is held in the function that it calls.
bool HeldLocks::comesWithLocks(const CallEdge &edge) const {
  return edge.kind != EdgeKind::Passed && edge.caller != edge.callee && !endsProcess(program_, edge);
}

void HeldLocks::settleAbove() {
  auto step = [&](uint32_t function, const std::vector<Above> &known) {
    Above held;
    for (const CallEdge &edge : program_.functions[function].callers)
      if (comesWithLocks(edge))
        llvm::append_range(held, heldAt({edge.caller, edge.call}, known[edge.caller]));
    for (LockAbove &lock : held)
      ++lock.distance;
    return nearest(std::move(held));
  };
  above_ = settle(CallComponents::callersFirst(program_), Above(), step);
}

/// Each lock once, and no more than the nearest.
HeldLocks::Above HeldLocks::nearest(Above locks) {
  constexpr size_t kMost = 16; // Nobody reads about more, and with all of them a chain of n holders would cost n².
  llvm::sort(locks);
  std::set<uint32_t> seen;
  llvm::erase_if(locks, [&](const LockAbove &lock) { return !seen.insert(lock.number).second; });
  locks.resize(std::min(locks.size(), kMost));
  return locks;
}

const LocksAtCall *HeldLocks::own(CallRef call) const {
  const LockFlow::AtCalls &calls = atCalls_[call.function];
  auto found = llvm::lower_bound(calls, call.call, [](const auto &entry, Index<Call> index) { return entry.first < index; });
  return found == calls.end() || found->first != call.call ? nullptr : &found->second;
}

bool HeldLocks::holds(CallRef call, uint32_t number) const {
  const LocksAtCall *here = own(call);
  return here && llvm::any_of(here->held, [&](const OwnLock &held) { return llvm::is_contained(numbers_.at(held.lock), number); });
}

/// While the call runs: what callers hold and the function does not give back, and at distance 0 what it holds itself.
HeldLocks::Above HeldLocks::heldAt(const LocksAtCall *here, const Above &above) const {
  if (!here)
    return above;
  Above held;
  for (const OwnLock &lock : here->held)
    for (uint32_t number : numbers_.at(lock.lock))
      held.push_back({0, number});
  std::set<uint32_t> released;
  for (const LockObject &object : here->waited)
    released.insert(numbers_.at(object).begin(), numbers_.at(object).end());
  for (const LockObject &object : here->released) {
    released.insert(numbers_.at(object).begin(), numbers_.at(object).end());
    for (const LockObject &around : flow_.objectsAround(object.entity))
      released.insert(numbers_.at(around).begin(), numbers_.at(around).end());
  }
  for (const LockAbove &lock : above)
    if (!released.contains(lock.number))
      held.push_back(lock);
  return nearest(std::move(held));
}

std::set<LockObject> HeldLocks::at(uint32_t function, Index<Assign> assign, unsigned callers) const {
  const LocksAtCall *here = nullptr;
  for (const auto &[place, at] : atAssigns_[function])
    if (place == assign)
      here = &at;
  std::set<LockObject> result;
  for (const LockAbove &lock : heldAt(here, above_[function]))
    if (lock.distance <= callers)
      result.insert(objects_[lock.number]);
  return result;
}

std::vector<HeldLock> HeldLocks::at(CallRef call) const {
  std::vector<HeldLock> result;
  if (const LocksAtCall *here = own(call))
    for (const OwnLock &held : here->held)
      result.push_back({held.lock, {call.function, held.taken}, {}, nameOf(held.lock, {call.function, held.taken})});
  for (const LockAbove &lock : heldAt(call, above_[call.function]))
    if (lock.distance != 0)
      result.push_back(fromCallers(call.function, lock.number));
  llvm::sort(result, [](const HeldLock &a, const HeldLock &b) {
    return std::tuple(a.way.size(), a.name, a.lock) < std::tuple(b.way.size(), b.name, b.lock);
  });
  return result;
}

/// Over the fewest calls; among equals the first, which is so by name.
HeldLock HeldLocks::fromCallers(uint32_t start, uint32_t number) const {
  auto rank = [](const CallEdge &edge) { return std::tuple(!edge.isCertain(), edge.caller, edge.call); };
  auto isBetter = [&](const CallEdge &one, const CallEdge *other) { return !other || rank(one) < rank(*other); };
  std::map<uint32_t, const CallEdge *> down = {{start, nullptr}}; // The call that each function comes to the start by.
  std::vector<uint32_t> level = {start};
  while (!level.empty()) {
    const CallEdge *holder = nullptr;
    std::map<uint32_t, const CallEdge *> next;
    for (uint32_t function : level)
      for (const CallEdge &edge : program_.functions[function].callers) {
        CallRef call{edge.caller, edge.call};
        if (!comesWithLocks(edge))
          continue;
        if (holds(call, number) && isBetter(edge, holder))
          holder = &edge;
        const Above held = heldAt(call, above_[edge.caller]);
        if (down.contains(edge.caller) || llvm::none_of(held, [&](const LockAbove &lock) { return lock.number == number; }))
          continue;
        if (const CallEdge *&best = next[edge.caller]; isBetter(edge, best))
          best = &edge;
      }
    if (holder) {
      HeldLock found{objects_[number], {}, {{holder->caller, holder->call}}, {}};
      for (const LocksAtCall *here = own(found.way[0]); const OwnLock &held : here->held)
        if (llvm::is_contained(numbers_.at(held.lock), number) && !found.taken.call)
          found.taken = {holder->caller, held.taken};
      for (const CallEdge *edge = down[holder->callee]; edge; edge = down[edge->callee])
        found.way.push_back({edge->caller, edge->call});
      found.name = nameOf(found.lock, found.taken);
      return found;
    }
    level.clear();
    for (const auto &[function, edge] : next) {
      down[function] = edge;
      level.push_back(function);
    }
  }
  llvm_unreachable("some caller holds it");
}

std::string HeldLocks::nameOf(const LockObject &object, CallRef taken) const {
  if (const Declaration *mutex = program_.declaration(object.entity))
    return unqualified(mutex->name).str();
  const LinkedFunction &function = program_.functions[taken.function];
  const Call &call = (*function.body)[taken.call];
  for (const rules::Lock *row : roles_.of(call.callee).locks)
    if (Index<Value> lock = valueAt(function, call, row->lock); lock && semaphores_.doesAt(taken, *row) == rules::Lock::Hold)
      return spell(program_, *function.body, lock);
  return call.object ? spell(program_, *function.body, call.object) : std::string();
}

} // namespace opex
