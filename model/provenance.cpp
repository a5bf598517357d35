#include "model/provenance.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

constexpr unsigned kMaxSteps = 4000;   // Values looked at for one question.
constexpr unsigned kMaxArrivals = 256; // Beyond this nobody could act on the answer.
constexpr unsigned kMaxDepth = 40;
constexpr unsigned kMaxVia = 3;  // Calls that tell clones of an object apart.
constexpr unsigned kMaxPath = 8; // Callers followed upwards.

/// The value without casts, address-of and dereference: the variable it names.
Index<Value> strip(const Function &function, Index<Value> value) {
  while (value) {
    const Value &v = function[value];
    bool transparent = v.kind == ValueKind::Cast || v.kind == ValueKind::AddressOf ||
                       v.kind == ValueKind::Deref || v.kind == ValueKind::Element;
    if (!transparent || v.operands.empty())
      return value;
    value = v.operands[0];
  }
  return value;
}

/// Whether assigning through `value` reaches the caller's variable: `*out`, or a reference parameter.
bool writesThrough(const LinkedFunction &function, Index<Value> target, uint32_t parameter) {
  const Function &body = *function.body;
  if (body[target].kind == ValueKind::Deref)
    return true;
  const Local &local = body.locals[parameter];
  return local.type && (*function.unit)[local.type].kind == TypeClass::Reference;
}

} // namespace

Provenance::Provenance(const Program &program, ProvenanceRules rules)
    : program_(program), rules_(std::move(rules)), returns_(program.functions.size()) {
  for (const LinkedFunction &function : program_.functions)
    indexFunction(function);
  for (const LinkedFunction &function : program_.functions)
    indexOutParameters(function);
}

void Provenance::addIncoming(const LinkedFunction &function, Index<Value> target, Incoming incoming) {
  const Function &body = *function.body;
  Index<Value> root = strip(body, target);
  if (!root)
    return;
  const Value &value = body[root];
  std::vector<Incoming> *list = nullptr;
  if (value.kind == ValueKind::Local) {
    list = &locals_[{function.position, value.index}];
    if (value.index < body.parameterCount && writesThrough(function, target, value.index))
      outParameters_[{function.position, value.index}].push_back(incoming);
  } else if (value.kind == ValueKind::Field || value.kind == ValueKind::Global) {
    list = &shared_[value.entity];
  }
  if (list)
    list->push_back(incoming);
}

void Provenance::touch(const LinkedFunction &function, Index<Value> target) {
  Index<Value> root = strip(*function.body, target);
  if (!root)
    return;
  const Value &value = (*function.body)[root];
  if (value.kind == ValueKind::Local)
    touchedLocals_.insert({function.position, value.index});
  else if (value.kind == ValueKind::Field || value.kind == ValueKind::Global)
    touchedShared_.insert(value.entity);
}

void Provenance::touchArguments(const LinkedFunction &function, const Call &call) {
  for (uint32_t i = 0; i < call.arguments.size(); ++i) {
    if (!call.arguments[i])
      continue;
    const Type *parameter = program_.parameterType(call.callee, i);
    bool isReference = parameter && parameter->kind == TypeClass::Reference && !parameter->isConst;
    if (isReference || (*function.body)[call.arguments[i]].kind == ValueKind::AddressOf)
      touch(function, call.arguments[i]);
  }
}

void Provenance::indexFunction(const LinkedFunction &function) {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.locals.size(); ++i) {
    const Local &local = body.locals[i];
    if (local.init && local.kind != LocalKind::Capture && local.kind != LocalKind::Parameter)
      locals_[{function.position, i}].push_back({function.position, local.init, {}, {}});
  }
  for (const Assign &assign : body.assigns)
    if (assign.op == "=" && assign.value)
      addIncoming(function, assign.target, {function.position, assign.value, {}, {}, assign.block});
    else
      touch(function, assign.target);
  for (const Exit &exit : body.exits)
    if ((exit.kind == ExitKind::Return || exit.kind == ExitKind::CoReturn) && exit.value)
      returns_[function.position].push_back(exit.value);
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    const Call &call = body.calls[i];
    if (program_.calleesAt(function, Index<Call>(i)).empty())
      touchArguments(function, call);
    if (rules_.stores)
      for (auto [target, source] : rules_.stores(function, Index<Call>(i)))
        addIncoming(function, target, {function.position, source, {}, {}});
    if (rules_.makesIn)
      for (Index<Value> target : rules_.makesIn(function, Index<Call>(i)))
        addIncoming(function, target, {function.position, {}, CallRef{function.position, Index<Call>(i)}, {}});
  }
}

void Provenance::indexOutParameters(const LinkedFunction &function) {
  const Function &body = *function.body;
  for (const CallEdge &edge : function.callees) {
    const Call &call = body[edge.call];
    for (uint32_t i = 0; i < call.arguments.size(); ++i) {
      auto found = outParameters_.find({edge.callee, i});
      if (found == outParameters_.end())
        continue;
      std::vector<Incoming> written = found->second; // addIncoming may grow the map.
      for (Incoming incoming : written) {
        if (!incoming.made)
          incoming.via = CallRef{function.position, edge.call};
        addIncoming(function, call.arguments[i], incoming);
      }
    }
  }
}

const std::vector<Provenance::Incoming> &Provenance::assignedTo(EntityId entity) const {
  static const std::vector<Incoming> none;
  auto found = shared_.find(entity);
  return found == shared_.end() ? none : found->second;
}

const std::vector<Provenance::Incoming> &Provenance::assignedTo(uint32_t function, uint32_t local) const {
  static const std::vector<Incoming> none;
  auto found = locals_.find({function, local});
  return found == locals_.end() ? none : found->second;
}

Provenance::CallList Provenance::append(CallList list, CallRef call) {
  uint64_t last = uint64_t(call.function) << 32 | call.call.value;
  auto [entry, isNew] = numbers_.try_emplace({last, list}, callLists_.size());
  if (isNew)
    callLists_.push_back({list, call, callLists_[list].size + 1});
  return entry->second;
}

std::vector<CallRef> Provenance::expand(CallList list) const {
  std::vector<CallRef> calls(callLists_[list].size);
  for (; list; list = callLists_[list].rest)
    calls[callLists_[list].size - 1] = callLists_[list].last;
  return calls;
}

bool Provenance::contains(CallList list, CallRef call) const {
  for (; list; list = callLists_[list].rest)
    if (callLists_[list].last == call)
      return true;
  return false;
}

/// One question. `stack` holds the calls we descended through towards return values: a parameter of the
/// callee is then the argument of exactly that call.
struct Provenance::Walk {
  Provenance &self;
  bool intoCallers;
  unsigned steps = 0;
  std::set<Arrival> arrivals;
  llvm::DenseSet<std::tuple<uint32_t, uint32_t, CallList, CallList>> seen;

  struct State {
    CallList via = 0, path = 0, stack = 0;
    bool isPossible = false, isShared = false;
    unsigned depth = 0;
  };

  void arrive(Origin origin, const State &state) {
    if (origin.kind == Origin::Unknown)
      origin = {};
    else
      origin.via = self.expand(state.via);
    arrivals.insert({std::move(origin), self.expand(state.path), state.isPossible, state.isShared});
  }

  /// Goes down into what the call runs.
  void enter(CallRef call, State &state) {
    state.stack = self.append(state.stack, call);
    if (self.callLists_[state.via].size < kMaxVia)
      state.via = self.append(state.via, call);
  }

  void unknown(const State &state) { arrive({}, state); }

  void follow(uint32_t position, Index<Value> index, State state) {
    if (!index || ++steps > kMaxSteps || ++state.depth > kMaxDepth || arrivals.size() > kMaxArrivals)
      return unknown(state);
    if (!seen.insert({position, index.value, state.stack, state.path}).second)
      return;
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

  bool followIncoming(const std::vector<Incoming> &incoming, State state) {
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
  bool makesObject(const LinkedFunction &function, const Value &list) const {
    const Type *type = list.type ? &(*function.unit)[list.type] : nullptr;
    if (!type || !self.rules_.isObject || !self.rules_.isObject(function, *type))
      return false;
    Index<Type> first = list.operands.size() == 1 ? (*function.body)[list.operands[0]].type : Index<Type>();
    return !first || (*function.unit)[first].recordName != type->recordName;
  }

  void followLocal(const LinkedFunction &function, uint32_t index, State state) {
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

  void followParameter(const LinkedFunction &function, uint32_t index, State state) {
    followIncoming(self.assignedTo(function.position, index), state);
    if (state.stack) {
      CallRef call = self.callLists_[state.stack].last;
      state.stack = self.callLists_[state.stack].rest;
      if (state.via && self.callLists_[state.via].last == call)
        state.via = self.callLists_[state.via].rest;
      const Call &site = self.program_.functions[call.function].body->calls[call.call.value];
      return index < site.arguments.size() ? follow(call.function, site.arguments[index], state) : unknown(state);
    }
    if (!intoCallers || function.callers.empty() || self.callLists_[state.path].size >= kMaxPath)
      return arrive({Origin::Parameter, function.position, index, {}, {}}, state);
    for (const CallEdge &edge : function.callers) {
      State next = state;
      next.path = self.append(next.path, {edge.caller, edge.call});
      next.isPossible |= !edge.isCertain();
      follow(edge.caller, argumentOf(self.program_, edge, index), next);
    }
  }

  void followShared(const LinkedFunction &function, const Value &value, Origin::Kind kind, State state) {
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

  void followCall(const LinkedFunction &function, Index<Call> index, State state) {
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
        if (edge.kind == EdgeKind::Passed)
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
};

const std::vector<Arrival> &Provenance::resolve(uint32_t function, Index<Value> value, bool intoCallers) {
  auto [entry, isNew] = memo_.try_emplace({function, value, intoCallers});
  if (isNew) {
    Walk walk{*this, intoCallers, 0, {}, {}};
    walk.follow(function, value, {});
    entry->second.assign(walk.arrivals.begin(), walk.arrivals.end());
  }
  return entry->second;
}

} // namespace opex
