#include "analysis/execution/lock_effects.h"

#include "analysis/body/conditions.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool isOff(const Program &program, const LinkedFunction &function, const Call &call, const rules::Lock &row) {
  return llvm::any_of(row.unless, [&](const rules::ArgumentIs &condition) {
    Index<Value> value = valueAt(function, call, condition.place);
    return value && namesOneOf(program, function, value, condition);
  });
}

} // namespace

bool LockEffects::saysFailed(Index<Value> condition, bool isTrue, Index<Call> call) const {
  bool result = false;
  visitImplied(body_, condition, isTrue, [&](Index<Value> part, bool partIsTrue) {
    Index<Value> asked = part;
    bool isZero = !partIsTrue;
    if (std::optional<Comparison> comparison = comparisonOf(body_, part, partIsTrue)) {
      if (body_[comparison->right].constant != 0 ||
          (comparison->op != Compare::Equal && comparison->op != Compare::NotEqual))
        return;
      asked = comparison->left;
      isZero = comparison->op == Compare::Equal;
    }
    asked = withoutCasts(body_, asked);
    const Value &value = body_[asked];
    auto stored = value.kind == ValueKind::Local ? results_.find(value.index) : results_.end();
    if (isResultOf(value, call) || (stored != results_.end() && stored->second == call))
      result |= flow_.failsWithZero(function_, call) == isZero;
  });
  return result;
}

void LockEffects::keep(State &state, Index<Value> made, const Place &guard) {
  made = flow_.behindPassages(body_, withoutCasts(body_, made));
  if (!guard || !made || body_[made].kind != ValueKind::Call)
    return;
  for (TakenLock &held : state.held)
    if (held.isPending && held.taken == Index<Call>(body_[made].index)) {
      held.isPending = false;
      held.guard = guard;
      addSorted(guards_[guard], held.lock);
    }
}

LockWay LockEffects::declare(uint32_t local, State state) {
  noteAnswer(local, body_.locals[local].init);
  if (body_.locals[local].init)
    keep(state, body_.locals[local].init, Place::ofLocal(local));
  return state;
}

/// Which call the variable has the answer of.
void LockEffects::noteAnswer(uint32_t local, Index<Value> value) {
  value = value ? withoutCasts(body_, value) : value;
  if (value && body_[value].kind == ValueKind::Call)
    results_[local] = Index<Call>(body_[value].index);
  else
    results_.erase(local);
}

LockWay LockEffects::assign(const Assign &assign, State state) {
  if (const Place target = placeOf(body_, assign.target); target.local() && target.isWhole())
    noteAnswer(*target.local(), assign.value);
  const Value &target = body_[assign.target];
  const Type *type = target.type ? &(*function_.unit)[target.type] : nullptr;
  bool isPointer = type && (type->indirections > 0 || llvm::StringRef(type->recordName).ends_with("_ptr"));
  if (isPointer && (target.kind != ValueKind::Local) && !(state.held.empty() && state.released.empty())) {
    LocksAtCall &at = atAssigns_[Index<Assign>(size_t(&assign - body_.assigns.data()))];
    at = {{}, state.released, {}};
    for (const TakenLock &held : state.held)
      at.held.push_back({held.lock, held.taken, held.guard});
  }
  if (assign.value)
    keep(state, assign.value, placeOf(body_, assign.target).withoutIndirection());
  return state;
}

std::vector<LockObject> LockEffects::namedBy(Index<Value> value) const {
  value = flow_.behindPassages(body_, value);
  if (value)
    if (auto guard = guards_.find(placeOf(body_, value).withoutIndirection()); guard != guards_.end())
      return guard->second;
  return flow_.named(function_, value);
}

void LockEffects::giveBack(State &state, const LockObject &object) {
  state.giveBack(object);
  givenBack_.push_back(object);
}

/// What is handed over by value, or as a thing to take from, is another's guard now.
std::vector<Place> LockEffects::movedFrom(const Call &call) const {
  std::vector<Place> places;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const Type *type = program_.parameterType(call.callee, i);
    bool isTaken = type && ((type->kind == TypeClass::Record && type->indirections == 0) ||
                            type->canonical.ends_with("&&"));
    if (isTaken && call.arguments[i])
      places.push_back(placeOf(body_, call.arguments[i]).withoutIndirection());
  }
  return places;
}

LockWay LockEffects::call(Index<Call> index, State state) {
  const Call &call = body_[index];
  note(index, state);
  const std::vector<Place> moved = movedFrom(call);
  for (const rules::Lock *row : flow_.roles_.of(call.callee).locks)
    byRow(state, index, *row);
  llvm::erase_if(state.held,
                 [&](const TakenLock &held) { return held.guard && llvm::is_contained(moved, held.guard); });
  if (unqualified(call.name) == "operator=" && call.object && !call.arguments.empty() && call.arguments[0])
    keep(state, call.arguments[0], placeOf(body_, call.object).withoutIndirection());
  byCallees(state, index);
  if (call.isNoReturn)
    return std::nullopt;
  return state;
}

void LockEffects::byRow(State &state, Index<Call> index, const rules::Lock &row) {
  const Call &call = body_[index];
  Index<Value> lock = valueAt(function_, call, row.lock);
  const rules::Lock::Does does = flow_.semaphores_.doesAt({function_.position, index}, row);
  if (!lock || (does != rules::Lock::Hold && does != rules::Lock::Unlock))
    return;
  std::vector<LockObject> objects = namedBy(lock);
  bool isGuard = call.kind == CallKind::Constructor;
  if (does == rules::Lock::Unlock) {
    for (const LockObject &object : objects)
      giveBack(state, object);
    return;
  }
  if (isGuard && objects.empty())
    objects.push_back({Origin::Unknown, function_.position, index.value, EntityId()});
  if ((isGuard && call.isHeap) || isOff(program_, function_, call, row))
    return;
  const Place place = isGuard ? Place() : placeOf(body_, lock).withoutIndirection();
  const Place guard = guards_.contains(place) || flow_.isGuard(function_, place) ? place : Place();
  const bool isBase = isGuard && call.object && placeOf(body_, call.object).withoutIndirection().isThis(); // It lives on.
  for (const LockObject &object : objects)
    state.take(object, index, isGuard && !isBase, guard);
}

void LockEffects::byCallees(State &state, Index<Call> index) {
  const Call &call = body_[index];
  for (const CallEdge &edge : program_.calleesAt(function_, index)) {
    const LockSummary *summary = edge.kind == EdgeKind::Passed ? nullptr : summaryOf_(edge);
    if (!summary)
      continue;
    for (const LockObject &object : summary->released)
      for (const LockObject &own : inCaller(edge, object, call)) {
        if (std::optional<uint32_t> local = call.object ? localOf(body_, call.object) : std::nullopt;
            local && call.kind == CallKind::Constructor &&
            flow_.takesAtEnd(program_.functions[edge.callee].body->record))
          state.suspend(*local, own);
        giveBack(state, own);
      }
    if (!edge.isCertain() || !program_.directCallee(function_, index))
      continue;
    for (const LockObject &object : summary->held) {
      std::vector<LockObject> objects = inCaller(edge, object, call);
      if (objects.empty() && LockFlow::hasGuard(function_, call))
        objects.push_back({Origin::Unknown, function_.position, index.value, EntityId()});
      for (const LockObject &own : objects)
        state.take(own, index, LockFlow::hasGuard(function_, call), Place());
    }
  }
}

/// What the callee names by its parameter, and what a lock class, or a class template of the project, has in
/// each of its objects.
std::vector<LockObject> LockEffects::inCaller(const CallEdge &edge, const LockObject &object,
                                              const Call &call) const {
  if (object.kind == Origin::Parameter) {
    Index<Value> argument = argumentOf(program_, edge, object.index);
    return argument ? namedBy(argument) : std::vector<LockObject>();
  }
  if (object.kind != Origin::Member || !call.object)
    return {object};
  if (!flow_.givenTo(object.entity).empty()) // A guard of the project's own.
    if (auto guard = guards_.find(placeOf(body_, call.object).withoutIndirection()); guard != guards_.end())
      return guard->second;
  if (call.instance || flow_.isInLockClass(object.entity))
    if (std::vector<LockObject> owner = namedBy(call.object); !owner.empty())
      return owner;
  return {object};
}

/// Some caller says so for certain.
bool LockEffects::isEverSo(LockFlag flag) const {
  return llvm::any_of(function_.callers, [&](const CallEdge &edge) {
    const Index<Value> given = argumentOf(program_, edge, flag.parameter);
    const std::optional<int64_t> number =
        given ? (*program_.functions[edge.caller].body)[given].constant : std::nullopt;
    return number && (*number != 0) == flag.isTrue;
  });
}

/// A wait gives its lock back while it lasts.
void LockEffects::note(Index<Call> index, const State &state) {
  const Call &call = body_[index];
  std::vector<LockObject> waitedWith;
  if (llvm::any_of(flow_.roles_.of(call.callee).locks,
                   [](const rules::Lock *row) { return row->does == rules::Lock::Wait; }))
    for (Index<Value> argument : call.arguments) {
      if (!argument)
        continue;
      llvm::append_range(waitedWith, namedBy(argument));
      if (placeOf(body_, argument).withoutIndirection().isIn(Place::This))
        waitedWith.push_back({Origin::Parameter, function_.position, kOwnObject, EntityId()});
    }
  LocksAtCall &at = atCalls_[index];
  at = {{}, state.released, waitedWith};
  for (const TakenLock &held : state.held)
    if (!llvm::is_contained(waitedWith, held.lock) && (!held.flag || isEverSo(*held.flag)))
      at.held.push_back({held.lock, held.taken, held.guard});
}

} // namespace opex
