// Which mutexes values name. The rest of LockFlow is in lock_flow.cpp.
#include "analysis/execution/lock_flow.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

LockFlow::LockFlow(const Program &program, const RoleIndex &roles)
    : program_(program), roles_(roles), aboutLocks_(program.functions.size()) {
  for (const LinkedFunction &function : program.functions)
    collectGuards(function);
}

void LockFlow::collectGuards(const LinkedFunction &function) {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.calls.size(); ++i)
    for (const rules::Lock *row : roles_.of(body.calls[i].callee).locks) {
      const Call &call = body.calls[i];
      aboutLocks_[function.position] |= row->does == rules::Lock::Hold || row->does == rules::Lock::Unlock || row->does == rules::Lock::Wait;
      Index<Value> lock = valueAt(function, call, row->lock);
      if (row->does != rules::Lock::Hold || call.kind != CallKind::Constructor || !call.object || !lock)
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
  const Function &body = *function.body;
  const Place place = value ? placeOf(body, value).withoutIndirection() : Place();
  if (std::optional<uint32_t> local = place.local(); local && place.isWhole()) {
    if (auto guard = guardLocals_.find({function.position, *local}); guard != guardLocals_.end())
      return guard->second;
    bool isParameter = *local < body.parameterCount;
    return {{isParameter ? Origin::Parameter : Origin::Variable, function.position, *local, EntityId()}};
  }
  EntityId entity = place.entity();
  if (!entity)
    return {};
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
