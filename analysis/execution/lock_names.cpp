// Which mutexes values name. The rest of LockFlow is in lock_flow.cpp.
#include "analysis/execution/lock_flow.h"

#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Of references as well.
bool isPointer(const Program &program, EntityId member) {
  auto found = program.declarations.find(member);
  if (found == program.declarations.end() || !found->second.first->type)
    return false;
  const Type &type = (*found->second.second)[found->second.first->type];
  return type.indirections > 0 || type.kind == TypeClass::Reference || type.canonical.ends_with("&");
}

} // namespace

LockFlow::LockFlow(const Program &program, const RoleIndex &roles, const BinarySemaphores &semaphores)
    : program_(program), roles_(roles), semaphores_(semaphores), aboutLocks_(program.functions.size()) {
  for (const LinkedFunction &function : program.functions)
    collectLockClass(function);
  for (const auto &[mutex, record] : locking_)
    if (!guarded_.contains(mutex)) {
      mutexesOf_[record].push_back(mutex);
      objects_.try_emplace(mutex);
    }
  for (const LinkedFunction &function : program.functions)
    collectGiven(function);
  for (const LinkedFunction &function : program.functions)
    collectGuards(function);
  for (const LinkedFunction &function : program.functions)
    collectObjects(function);
}

/// Methods that take a mutex of their object and leave it so; a destructor that takes one. A class that has guards of its
/// mutex as well does more than to be a lock.
void LockFlow::collectLockClass(const LinkedFunction &function) {
  const Function &body = *function.body;
  if (!body.record)
    return;
  std::set<EntityId> taken, given;
  for (uint32_t i = 0; i < body.calls.size(); ++i)
    for (const rules::Lock *row : roles_.of(body.calls[i].callee).locks) {
      const Call &call = body.calls[i];
      const rules::Lock::Does does = semaphores_.doesAt({function.position, Index<Call>(i)}, *row);
      Index<Value> lock = valueAt(function, call, row->lock);
      if (!lock || (does != rules::Lock::Hold && does != rules::Lock::Unlock))
        continue;
      const Place place = placeOf(body, lock).withoutIndirection();
      bool isOwn = place.isIn(Place::This) && place.steps().size() == 2;
      if (isOwn && place.entity())
        (call.kind == CallKind::Constructor ? guarded_ : does == rules::Lock::Hold ? taken : given).insert(place.entity());
    }
  if (body.kind == FunctionKind::Destructor && !taken.empty() && given.empty())
    takingAtEnd_.insert(body.record);
  if (body.kind != FunctionKind::Method)
    return;
  for (EntityId mutex : taken)
    if (!given.contains(mutex))
      locking_[mutex] = body.record;
}

/// `explicit Guard(Mutex &mutex) : mutex_(&mutex)`
void LockFlow::collectGiven(const LinkedFunction &constructor) {
  const Function &body = *constructor.body;
  if (body.kind != FunctionKind::Constructor)
    return;
  for (const Assign &assign : body.assigns) {
    const Place target = placeOf(body, assign.target);
    bool isMember = target.isIn(Place::This) && target.steps().size() == 2 && target.entity();
    if (!isMember || !assign.value || !parameterOf(body, assign.value) || !isPointer(program_, target.entity()))
      continue;
    for (const LockObject &object : named(constructor, assign.value))
      given_[target.entity()].push_back(object);
  }
}

/// What methods of a lock class are called on.
void LockFlow::collectObjects(const LinkedFunction &function) {
  for (uint32_t i = 0; i < function.body->calls.size() && !mutexesOf_.empty(); ++i) {
    const Call &call = function.body->calls[i];
    const LinkedFunction *callee = call.object ? program_.directCallee(function, Index<Call>(i)) : nullptr;
    auto mutexes = callee ? mutexesOf_.find(callee->body->record) : mutexesOf_.end();
    if (mutexes != mutexesOf_.end())
      for (const LockObject &object : named(function, call.object))
        for (EntityId mutex : mutexes->second)
          objects_[mutex].insert(object);
  }
}

llvm::ArrayRef<LockObject> LockFlow::givenTo(EntityId member) const {
  auto found = given_.find(member);
  return found == given_.end() ? llvm::ArrayRef<LockObject>() : llvm::ArrayRef(found->second);
}

const std::set<LockObject> &LockFlow::objectsAround(EntityId mutex) const {
  static const std::set<LockObject> none;
  auto found = objects_.find(mutex);
  return found == objects_.end() ? none : found->second;
}

std::optional<bool> LockFlow::failsWithZero(const LinkedFunction &function, Index<Call> index) const {
  auto isNumber = [](const LinkedFunction &in, const Call &call) {
    return call.type && (*in.unit)[call.type].kind == TypeClass::Integer && (*in.unit)[call.type].indirections == 0;
  };
  auto isHold = [&](const LinkedFunction &in, Index<Call> at) {
    return llvm::any_of(roles_.of((*in.body)[at].callee).locks, [&](const rules::Lock *row) {
      return semaphores_.doesAt({in.position, at}, *row) == rules::Lock::Hold;
    });
  };
  const Call &call = (*function.body)[index];
  if (call.type && (*function.unit)[call.type].kind == TypeClass::Bool)
    return true;
  if (isHold(function, index))
    return isNumber(function, call) ? std::optional(false) : std::nullopt;
  const LinkedFunction *callee = isNumber(function, call) ? program_.directCallee(function, index) : nullptr;
  if (!callee)
    return {};
  for (const Exit &exit : callee->body->exits) {
    Index<Value> answer = exit.kind == ExitKind::Return && exit.value ? withoutCasts(*callee->body, exit.value) : Index<Value>();
    if (answer && (*callee->body)[answer].kind == ValueKind::Call && isHold(*callee, Index<Call>((*callee->body)[answer].index)))
      return false;
  }
  return {};
}

void LockFlow::collectGuards(const LinkedFunction &function) {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.calls.size(); ++i)
    for (const rules::Lock *row : roles_.of(body.calls[i].callee).locks) {
      const Call &call = body.calls[i];
      const rules::Lock::Does does = semaphores_.doesAt({function.position, Index<Call>(i)}, *row);
      aboutLocks_[function.position] |= does == rules::Lock::Hold || does == rules::Lock::Unlock || does == rules::Lock::Wait;
      Index<Value> lock = valueAt(function, call, row->lock);
      if (does != rules::Lock::Hold || call.kind != CallKind::Constructor || !call.object || !lock)
        continue;
      std::vector<LockObject> objects = named(function, behindPassages(body, lock));
      const Place guard = placeOf(body, call.object).withoutIndirection();
      if (objects.empty())
        objects.push_back({Origin::Unknown, function.position, i, EntityId()});
      if (std::optional<uint32_t> local = guard.local(); local && guard.isWhole())
        guardLocals_[{function.position, *local}] = std::move(objects);
      else if (EntityId member = guard.entity(); member && objects[0].kind != Origin::Parameter)
        guardMembers_[member] = std::move(objects);
    }
}

std::vector<LockObject> LockFlow::named(const LinkedFunction &function, Index<Value> value) const {
  return namedAt(function, value ? placeOf(*function.body, value).withoutIndirection() : Place());
}

std::vector<LockObject> LockFlow::namedAt(const LinkedFunction &function, const Place &place) const {
  const Function &body = *function.body;
  if (std::optional<uint32_t> local = place.local(); local && place.isWhole()) {
    if (auto guard = guardLocals_.find({function.position, *local}); guard != guardLocals_.end())
      return guard->second;
    bool isParameter = *local < body.parameterCount;
    return {{isParameter ? Origin::Parameter : Origin::Variable, function.position, *local, EntityId()}};
  }
  EntityId entity = place.entity();
  if (!entity)
    return {};
  bool isOwn = place.isIn(Place::This) && place.steps().size() == 2;
  if (isInLockClass(entity) && !isOwn)
    return namedAt(function, Place(place.steps().drop_back())); // The object is the lock.
  if (isOwn && body.kind == FunctionKind::Constructor)
    for (const LockObject &object : givenTo(entity))
      if (object.function == function.position)
        return {object};
  if (auto guard = guardMembers_.find(entity); guard != guardMembers_.end())
    return guard->second;
  return {{place.isIn(Place::Global) && place.isWhole() ? Origin::Global : Origin::Member, 0, 0, entity}};
}

bool LockFlow::isGuard(const LinkedFunction &function, const Place &place) const {
  std::optional<uint32_t> local = place.local();
  return (local && place.isWhole() && guardLocals_.contains({function.position, *local})) || guardMembers_.contains(place.entity());
}

/// What a call leaves locked lives as long as its result, if that is an object.
bool LockFlow::hasGuard(const LinkedFunction &function, const Call &call) {
  if (call.kind == CallKind::Constructor)
    return !call.isHeap;
  return call.type && (*function.unit)[call.type].kind == TypeClass::Record;
}

/// Not what a condition says of a guard: `return ready_.wait_for(lock, limit)`.
bool LockFlow::mayCarryGuard(const LinkedFunction &function, const Value &value) {
  if (value.kind == ValueKind::Call)
    return hasGuard(function, function.body->calls[value.index]);
  return !value.type || (*function.unit)[value.type].kind == TypeClass::Record;
}

Index<Value> LockFlow::behindPassages(const Function &body, Index<Value> value) const {
  while (value && body[value].kind == ValueKind::Call) {
    const Call &call = body.calls[body[value].index];
    if (roles_.of(call.callee).passages.empty() || call.arguments.size() != 1)
      break;
    value = call.arguments[0];
  }
  return value;
}

} // namespace opex
