#include "model/provenance_steps.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxVia = 3;  // Calls that tell clones of an object apart.
constexpr unsigned kMaxPath = 8; // Callers followed upwards.

} // namespace

/// Goes down into what the call runs.
void Provenance::Steps::enter(CallRef call, State &state) {
  if (inAnyContext)
    return;
  state.stack = self.append(state.stack, call);
  if (self.callLists_[state.via].size < kMaxVia)
    state.via = self.append(state.via, call);
}

void Provenance::Steps::stepFrom(uint32_t position, Index<Value> index, State state) {
  const LinkedFunction &function = self.program_.functions[position];
  const Value &value = (*function.body)[index];
  switch (value.kind) {
  case ValueKind::Cast:
  case ValueKind::AddressOf:
  case ValueKind::Deref:
  case ValueKind::Element:
  case ValueKind::Await:
    return follow(position, value.operands.empty() ? Index<Value>() : value.operands[0], state);
  case ValueKind::Choice:
    for (unsigned arm = 1; arm < value.operands.size(); ++arm)
      follow(position, value.operands[arm], state);
    return;
  case ValueKind::Binary:
    if (value.text == "," && value.operands.size() == 2)
      return follow(position, value.operands[1], state);
    if ((value.text == ".*" || value.text == "->*") && value.operands.size() == 2)
      return follow(position, value.operands[1], state);
    // `buffer + 1`, `fd + 1`: still that object.
    if ((value.text == "+" || value.text == "-") && value.operands.size() == 2 && (*function.body)[value.operands[1]].constant)
      return follow(position, value.operands[0], state);
    return value.constant ? void() : unknown(state);
  case ValueKind::List:
    if (makesObject(function, value))
      return arrive({Origin::Braces, position, index.value, {}, {}}, state);
    if (value.operands.size() == 1)
      return follow(position, value.operands[0], state);
    return unknown(state);
  case ValueKind::Local: return followLocal(function, value.index, state);
  case ValueKind::Field: return followShared(function, value, Origin::Member, state);
  case ValueKind::Global: return followShared(function, value, Origin::Global, state);
  case ValueKind::Call: return followCall(function, Index<Call>(value.index), state);
  case ValueKind::Lambda:
  case ValueKind::Function: return arrive({Origin::Callable, 0, 0, value.entity, {}}, state);
  case ValueKind::Null:
  case ValueKind::Constant: return; // Null handles and sentinels are not objects.
  default: // Nor is `-1`.
    return value.constant ? void() : unknown(state);
  }
}

bool Provenance::Steps::followIncoming(const std::vector<Incoming> &incoming, State state) {
  for (const Incoming &in : incoming) {
    State next = state;
    if (in.made) {
      arrive({Origin::Creation, in.made->function, in.made->call.value, {}, {}}, next);
      continue;
    }
    if (in.via) {
      enter(*in.via, next);
    }
    follow(in.function, in.value, next);
  }
  return !incoming.empty();
}

/// Braces around the members of an object; around an object of the same type they are only that.
bool Provenance::Steps::makesObject(const LinkedFunction &function, const Value &list) const {
  const Type *type = list.type ? &(*function.unit)[list.type] : nullptr;
  if (!type || !self.rules_.isObject || !self.rules_.isObject(function, *type))
    return false;
  Index<Type> first = list.operands.size() == 1 ? (*function.body)[list.operands[0]].type : Index<Type>();
  return !first || (*function.unit)[first].recordName != type->recordName;
}

void Provenance::Steps::followLocal(const LinkedFunction &function, uint32_t index, State state) {
  const Local &local = function.body->locals[index];
  const Type *type = local.type ? &(*function.unit)[local.type] : nullptr;
  if (local.kind == LocalKind::Capture) {
    const LinkedFunction *enclosing = self.program_.enclosing(function);
    if (!enclosing)
      return unknown(state);
    State next = state;
    next.stack = next.path = 0;
    return follow(enclosing->position, local.init, next);
  }
  if (local.kind == LocalKind::Parameter)
    return followParameter(function, index, state);
  if (type && self.rules_.isObject && self.rules_.isObject(function, *type))
    return arrive({Origin::Variable, function.position, index, {}, {}}, state);
  if (!followIncoming(self.assignedTo(function.position, index), state))
    arrive({Origin::Variable, function.position, index, {}, {}}, state);
}

/// Goes up to what the call passes as the parameter.
void Provenance::Steps::leave(CallRef call, uint32_t parameter, const State &state) {
  const Call &site = self.program_.functions[call.function].body->calls[call.call.value];
  return parameter < site.arguments.size() ? follow(call.function, site.arguments[parameter], state) : unknown(state);
}

void Provenance::Steps::followParameter(const LinkedFunction &function, uint32_t index, State state) {
  followIncoming(self.assignedTo(function.position, index), state);
  if (state.stack) {
    CallRef call = self.callLists_[state.stack].last;
    state.stack = self.callLists_[state.stack].rest;
    if (state.via && self.callLists_[state.via].last == call)
      state.via = self.callLists_[state.via].rest;
    return leave(call, index, state);
  }
  if (!intoCallers || function.callers.empty() || self.callLists_[state.path].size >= kMaxPath)
    return arrive({Origin::Parameter, function.position, index, {}, {}}, state);
  for (const CallEdge &edge : function.callers) {
    State next = state;
    if (!inAnyContext)
      next.path = self.append(next.path, {edge.caller, edge.call});
    next.isPossible |= !edge.isCertain();
    follow(edge.caller, argumentOf(self.program_, edge, index), next);
    if (inAnyContext && edge.kind == EdgeKind::Passed)
      leave({edge.caller, edge.call}, index, state);
  }
}

void Provenance::Steps::followShared(const LinkedFunction &function, const Value &value, Origin::Kind kind, State state) {
  // Whoever assigned it did so in another activation: the calls we came through say nothing there.
  // And what handed the member out made no object.
  state.via = state.stack = state.path = 0;
  state.isShared = true;
  const Type *type = value.type ? &(*function.unit)[value.type] : nullptr;
  if (type && self.rules_.isObject && self.rules_.isObject(function, *type))
    return arrive({kind, 0, 0, value.entity, {}}, state);
  std::vector<Incoming> incoming = self.assignedTo(value.entity);
  // A library's plain struct is everybody's: what others put into theirs is not in ours.
  const Declaration *member = kind == Origin::Member ? self.program_.declaration(value.entity) : nullptr;
  const Record *record = member ? self.program_.record(member->parent) : nullptr;
  if (record && !record->inProject)
    llvm::erase_if(incoming, [&](const Incoming &in) { return in.function != function.position; });
  if (!followIncoming(incoming, state))
    arrive({kind, 0, 0, value.entity, {}}, state);
}

void Provenance::Steps::followCall(const LinkedFunction &function, Index<Call> index, State state) {
  const Call &call = (*function.body)[index];
  if (self.rules_.passes) {
    auto passed = self.rules_.passes(function, index);
    for (Index<Value> value : passed)
      follow(function.position, value, state);
    if (!passed.empty())
      return;
  }
  CallRef ref{function.position, index};
  bool followed = false;
  bool recursive = self.contains(state.stack, ref);
  if (call.kind != CallKind::Constructor && !recursive) {
    for (const CallEdge &edge : self.program_.calleesAt(function, index)) {
      const bool isConstructed = self.program_.functions[edge.callee].body->kind == FunctionKind::Constructor;
      if (edge.kind == EdgeKind::Passed || isConstructed) // `make_shared` makes what the constructor fills.
        continue;
      State next = state;
      next.isPossible |= !edge.isCertain();
      enter(ref, next);
      for (Index<Value> returned : self.returns_[edge.callee])
        follow(edge.callee, returned, next);
      followed = true;
    }
  }
  if (!followed && !recursive)
    arrive({Origin::Creation, function.position, index.value, {}, {}}, state);
}

} // namespace opex
