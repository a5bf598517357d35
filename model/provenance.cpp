#include "model/provenance_steps.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

constexpr unsigned kMaxSteps = 4000;   // Values looked at for one question.
constexpr unsigned kMaxArrivals = 256; // Beyond this nobody could act on the answer.
constexpr unsigned kMaxDepth = 40;

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
  indexTables(function);
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

/// `Api api = {open, close};`: what members that point to functions are given by braces.
void Provenance::indexTables(const LinkedFunction &function) {
  const Function &body = *function.body;
  for (const Value &list : body.values) {
    const Type *type = list.kind == ValueKind::List && list.type ? &(*function.unit)[list.type] : nullptr;
    const Record *record = type && type->kind == TypeClass::Record ? program_.record(type->record) : nullptr;
    if (!record || !record->bases.empty() || record->members.size() != list.operands.size())
      continue;
    for (size_t i = 0; i < list.operands.size(); ++i)
      if (list.operands[i] && body[strip(body, list.operands[i])].kind == ValueKind::Function)
        shared_[record->members[i].id].push_back({function.position, list.operands[i], {}, {}});
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

/// One question, within limits.
struct Provenance::Walk : Steps {
  /// An Arrival with its lists of calls as numbers.
  using Key = std::tuple<unsigned, uint32_t, uint32_t, uint64_t, CallList, CallList, unsigned>;

  bool onlyCallables; ///< Stops at the limits: what comes to them ends in Unknown.
  unsigned steps = 0;
  llvm::DenseSet<Key> arrivals;
  llvm::DenseSet<std::tuple<uint32_t, uint32_t, CallList, CallList>> seen;

  Walk(Provenance &self, bool intoCallers, bool onlyCallables)
      : Steps(self, intoCallers, /*inAnyContext=*/false), onlyCallables(onlyCallables) {}

  void arrive(Origin origin, const State &state) override {
    CallList via = origin.kind == Origin::Unknown ? 0 : state.via;
    arrivals.insert({origin.kind, origin.function, origin.index, origin.entity.hash, via, state.path,
                     state.isPossible | unsigned(state.isShared) << 1});
  }

  void follow(uint32_t function, Index<Value> value, State state) override {
    if (steps > kMaxSteps || arrivals.size() > kMaxArrivals) {
      if (!onlyCallables)
        arrive({}, {}); // One for all that are left, however many there are.
    } else if (!value || ++steps > kMaxSteps || ++state.depth > kMaxDepth)
      arrive({}, state);
    else if (seen.insert({function, value.value, state.stack, state.path}).second)
      stepFrom(function, value, state);
  }

  std::vector<Arrival> sorted() const {
    std::vector<Arrival> result;
    result.reserve(arrivals.size());
    for (auto [kind, function, index, entity, via, path, flags] : arrivals)
      result.push_back({{Origin::Kind(kind), function, index, {entity}, self.expand(via)}, self.expand(path),
                        bool(flags & 1), bool(flags & 2)});
    llvm::sort(result);
    return result;
  }
};

const std::vector<Arrival> &Provenance::resolve(uint32_t function, Index<Value> value, bool intoCallers) {
  auto [entry, isNew] = memo_.try_emplace({function, value, intoCallers});
  if (isNew) {
    Walk walk(*this, intoCallers, /*onlyCallables=*/false);
    walk.follow(function, value, {});
    entry->second = walk.sorted();
  }
  return entry->second;
}

std::set<EntityId> Provenance::callables(uint32_t function, Index<Value> value) {
  std::set<EntityId> result;
  if (!mayBeCallable(function, value))
    return result;
  Walk walk(*this, /*intoCallers=*/true, /*onlyCallables=*/true);
  walk.follow(function, value, {});
  for (const Walk::Key &arrival : walk.arrivals)
    if (std::get<0>(arrival) == Origin::Callable)
      result.insert({std::get<3>(arrival)});
  return result;
}

} // namespace opex
