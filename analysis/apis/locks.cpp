#include "analysis/apis/locks.h"

#include "analysis/body/order.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxGuards = 3; // Guard classes and helpers around one another.

/// The mutex that the value names by itself, however it was initialised; none if it is only a way to one.
std::optional<ObjectId> namedObject(const LinkedFunction &function, Index<Value> value) {
  const Function &body = *function.body;
  while (body[value].kind == ValueKind::AddressOf || body[value].kind == ValueKind::Cast) {
    if (body[value].operands.empty())
      return {};
    value = body[value].operands[0];
  }
  const Value &named = body[value];
  if (!named.type || (*function.unit)[named.type].indirections > 0)
    return {};
  if (named.kind == ValueKind::Field)
    return ObjectId{Origin::Member, 0, 0, named.entity};
  if (named.kind == ValueKind::Global)
    return ObjectId{Origin::Global, 0, 0, named.entity};
  return {};
}

} // namespace

Locks::Locks(const Program &program, const RoleIndex &roles, Provenance &provenance)
    : program_(program), uses_(program.functions.size()) {
  for (const LinkedFunction &function : program.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i)
      collect(roles, provenance, function, Index<Call>(i));
  collectAccessors();
  for (std::vector<Use> &uses : uses_) {
    llvm::sort(uses);
    uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
  }
}

bool Locks::holds(uint32_t function) const {
  return llvm::any_of(uses_[function], [](const Use &use) { return use.does == rules::Lock::Hold; });
}

/// Functions that return a guard of the project's own, whose constructor takes the lock: `Lock lock() { return Lock(*this); }`
bool Locks::returnsGuard(const LinkedFunction &function) const {
  for (const Exit &exit : function.body->exits) {
    Index<Value> value = exit.kind == ExitKind::Return ? withoutCasts(*function.body, exit.value) : Index<Value>();
    if (!value || (*function.body)[value].kind != ValueKind::Call)
      continue;
    const LinkedFunction *callee = program_.directCallee(function, Index<Call>((*function.body)[value].index));
    if (callee && callee->body->kind == FunctionKind::Constructor && holds(callee->position))
      return true;
  }
  return false;
}

/// `guarded.lock()` of a class template of the project, or a guard of its own that is made for `guarded`: who calls it holds the
/// lock of `guarded`.
void Locks::collectAccessors() {
  std::vector<Use> found;
  for (const LinkedFunction &function : program_.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      const Call &call = function.body->calls[i];
      const LinkedFunction *callee = program_.directCallee(function, Index<Call>(i));
      if (!callee)
        continue;
      bool isGuard = callee->body->kind == FunctionKind::Constructor && holds(callee->position) && !call.arguments.empty();
      bool isAccessor = call.object && !isGuard && ((call.instance && holds(callee->position)) || returnsGuard(*callee));
      Index<Value> guarded = isGuard ? call.arguments[0] : isAccessor ? call.object : Index<Value>();
      if (std::optional<ObjectId> object = guarded ? namedObject(function, guarded) : std::nullopt)
        found.push_back({{function.position, Index<Call>(i)}, rules::Lock::Hold, *object});
    }
  for (const Use &use : found)
    uses_[use.call.function].push_back(use);
}

/// The lock by its own name, or by that which the callers of a guard class or helper give it.
bool Locks::collectNamed(CallRef at, Index<Value> lock, rules::Lock::Does does, unsigned depth) {
  const LinkedFunction &function = program_.functions[at.function];
  if (std::optional<ObjectId> object = namedObject(function, lock)) {
    uses_[at.function].push_back({at, does, *object});
    return true;
  }
  const std::optional<uint32_t> parameter = parameterOf(*function.body, lock);
  if (!parameter || depth == 0)
    return false;
  bool isNamed = false;
  for (const CallEdge &edge : function.callers) {
    const Call &site = (*program_.functions[edge.caller].body)[edge.call];
    if (edge.kind != EdgeKind::Passed && *parameter < site.arguments.size() && site.arguments[*parameter])
      isNamed |= collectNamed({edge.caller, edge.call}, site.arguments[*parameter], does, depth - 1);
  }
  return isNamed;
}

void Locks::collect(const RoleIndex &roles, Provenance &provenance, const LinkedFunction &function,
                    Index<Call> index) {
  const Call &call = (*function.body)[index];
  for (const rules::Lock *row : roles.of(call.callee).locks) {
    Index<Value> lock = valueAt(function, call, row->lock);
    if (!lock || row->does == rules::Lock::Unlock || row->does == rules::Lock::Make)
      continue;
    if (collectNamed({function.position, index}, lock, row->does, kMaxGuards))
      continue;
    for (const Arrival &arrival : provenance.resolve(function.position, lock)) {
      if (arrival.origin.kind == Origin::Unknown || arrival.origin.kind == Origin::Callable)
        continue;
      // A guard class or helper works on its caller's lock.
      CallRef at = arrival.path.empty() ? CallRef{function.position, index} : arrival.path.back();
      uses_[at.function].push_back(
          {at,
           row->does,
           arrival.origin.object()});
    }
  }
}

std::set<ObjectId> Locks::around(uint32_t start, rules::Lock::Does does, unsigned callers,
                                      unsigned callees) const {
  std::set<ObjectId> objects;
  std::set<uint32_t> seen;
  auto walk = [&](auto &self, uint32_t position, unsigned up, unsigned down) -> void {
    seen.insert(position);
    for (const Use &use : uses_[position])
      if (use.does == does)
        objects.insert(use.object);
    const LinkedFunction &function = program_.functions[position];
    if (down)
      for (const CallEdge &edge : function.callees)
        if (edge.isCertain() && !seen.contains(edge.callee))
          self(self, edge.callee, 0, down - 1);
    if (up)
      for (const CallEdge &edge : function.callers)
        if (edge.kind != EdgeKind::Passed && !seen.contains(edge.caller))
          self(self, edge.caller, up - 1, 0);
  };
  walk(walk, start, callers, callees);
  return objects;
}

/// The guard that `hold` makes is alive at the call; what is locked by a plain call stays so.
bool Locks::isHeldAt(const LinkedFunction &function, Index<Call> hold, Index<Call> call) const {
  const Function &body = *function.body;
  auto isHold = [&](const Value &part) { return part.kind == ValueKind::Call && part.index == hold.value; };
  const Call &holding = body[hold];
  auto mentionsHold = [&](Index<Value> value) { return value && mentions(body, value, isHold); };
  if (mentionsHold(body[call].object) || llvm::any_of(body[call].arguments, mentionsHold))
    return true; // `guarded.lock()->push(x)`
  if (!standsBefore(body, momentOf(body, hold), momentOf(body, call)))
    return false;
  Index<Block> scope;
  for (const Local &local : body.locals)
    if (local.init && local.kind != LocalKind::Capture && local.kind != LocalKind::Parameter &&
        isHold(body[local.init]))
      scope = local.block;
  if (!scope && (holding.isTemporary || (holding.instance && holding.kind == CallKind::Method)))
    return false; // Gone at the end of its own expression.
  return !scope || isIn(body, body[call].block, scope);
}

std::set<ObjectId> Locks::heldAt(CallRef at, unsigned callers) const {
  std::set<ObjectId> held;
  const LinkedFunction &function = program_.functions[at.function];
  for (const Use &use : uses_[at.function])
    if (use.does == rules::Lock::Hold && use.call.call != at.call &&
        isHeldAt(function, use.call.call, at.call))
      held.insert(use.object);
  if (callers)
    for (const CallEdge &edge : function.callers)
      if (edge.kind != EdgeKind::Passed && edge.caller != at.function)
        held.merge(heldAt({edge.caller, edge.call}, callers - 1));
  return held;
}

} // namespace opex
