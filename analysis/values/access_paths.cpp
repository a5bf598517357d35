#include "analysis/values/access_paths.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxSteps = 200; // Values looked at for one question.

/// Longer ways are unknown (k-limiting): those over linked objects have no end.
constexpr size_t kMostMembers = 8;

void appendMembers(std::vector<AccessPath> &paths, llvm::ArrayRef<EntityId> members) {
  for (AccessPath &path : paths)
    if (path.members.size() + members.size() > kMostMembers)
      path = {};
    else
      path.members.insert(path.members.end(), members.begin(), members.end());
}

void makeUnique(std::vector<AccessPath> &paths) {
  llvm::sort(paths);
  paths.erase(llvm::unique(paths), paths.end());
}

} // namespace

struct AccessPaths::Walk {
  const AccessPaths &self;
  unsigned steps = 0;
  std::set<std::pair<uint32_t, uint32_t>> open; ///< Values under way: what is made from itself ends there.

  std::vector<AccessPath> of(uint32_t position, Index<Value> index) {
    std::vector<AccessPath> found;
    if (!index || ++steps > kMaxSteps)
      return {{}};
    if (!open.insert({position, index.value}).second)
      return {};
    found = step(self.program_.functions[position], (*self.program_.functions[position].body)[index]);
    open.erase({position, index.value});
    makeUnique(found);
    return found;
  }

  std::vector<AccessPath> step(const LinkedFunction &function, const Value &value) {
    uint32_t position = function.position;
    switch (value.kind) {
    case ValueKind::Cast:
    case ValueKind::AddressOf:
    case ValueKind::Deref:
    case ValueKind::Await: return of(position, value.operands.empty() ? Index<Value>() : value.operands[0]);
    case ValueKind::Binary: // `fd + 1` is still about it.
      if ((value.text == "+" || value.text == "-") && value.operands.size() == 2 &&
          (*function.body)[value.operands[1]].constant)
        return of(position, value.operands[0]);
      return {{}};
    case ValueKind::List:
      return value.operands.size() == 1 ? of(position, value.operands[0]) : std::vector<AccessPath>{{}};
    case ValueKind::Choice: {
      std::vector<AccessPath> both = of(position, value.operands[1]);
      llvm::append_range(both, of(position, value.operands[2]));
      return both;
    }
    case ValueKind::This: return {{AccessPath::This, 0, {}}};
    case ValueKind::Field: {
      std::vector<AccessPath> base =
          of(position, value.operands.empty() ? Index<Value>() : value.operands[0]);
      appendMembers(base, value.entity);
      return base;
    }
    case ValueKind::Global: return {{AccessPath::Global, value.entity.hash, {}}};
    case ValueKind::Local: return ofLocal(function, value.index);
    case ValueKind::Call: return ofCall(function, Index<Call>(value.index));
    case ValueKind::Null:
    case ValueKind::Constant: return {};
    default: return value.constant ? std::vector<AccessPath>() : std::vector<AccessPath>{{}};
    }
  }

  std::vector<AccessPath> ofLocal(const LinkedFunction &function, uint32_t index) {
    const Local &local = function.body->locals[index];
    if (local.kind == LocalKind::Parameter)
      return {{AccessPath::Parameter, index, {}}};
    if (local.kind == LocalKind::Capture)
      return {{AccessPath::Capture, index, {}}};
    if (local.kind == LocalKind::Static || local.kind == LocalKind::ThreadLocal) // Others may be handed it.
      return {{AccessPath::Global, uint64_t(function.position) << 32 | index, {}}};
    const Type *type = local.type ? &(*function.unit)[local.type] : nullptr;
    if (type && type->kind == TypeClass::Record && type->indirections == 0 && !local.byReference &&
        !(self.rules_.isHandle && self.rules_.isHandle(*type)))
      return {{AccessPath::Local, index, {}}};
    std::vector<AccessPath> found;
    for (const Provenance::Incoming &in : self.provenance_.assignedTo(function.position, index))
      if (in.function == function.position && in.value && !in.via)
        llvm::append_range(found, of(in.function, in.value));
      else if (in.made && in.made->function == function.position)
        found.push_back({AccessPath::Made, in.made->call.value, {}});
      else
        found.push_back({});
    return found.empty() ? std::vector<AccessPath>{{AccessPath::Local, index, {}}} : found;
  }

  std::vector<AccessPath> ofCall(const LinkedFunction &function, Index<Call> index) {
    const Call &call = (*function.body)[index];
    std::vector<AccessPath> found;
    if (self.rules_.passes)
      for (Index<Value> passed : self.rules_.passes(function, index))
        llvm::append_range(found, of(function.position, passed));
    if (!found.empty())
      return found;
    if (call.kind == CallKind::Constructor)
      return isNullHandle(function, call) ? found : constructedBy(function.position, index);
    for (const CallEdge &edge : self.program_.calleesAt(function, index)) {
      if (edge.kind == EdgeKind::Passed)
        continue;
      for (Index<Value> returned : self.provenance_.returned(edge.callee))
        for (const AccessPath &inside : of(edge.callee, returned))
          llvm::append_range(found, fromCallee(edge, inside));
    }
    return found.empty() ? std::vector<AccessPath>{{AccessPath::Made, index.value, {}}} : found;
  }

  bool isNullHandle(const LinkedFunction &function, const Call &call) const {
    return call.type && self.rules_.isHandle && self.rules_.isHandle((*function.unit)[call.type]) &&
           llvm::all_of(call.arguments, [&](Index<Value> value) {
             return value && (*function.body)[value].kind == ValueKind::Null;
           });
  }

  /// The variable or member that the constructor makes, if it makes one.
  std::vector<AccessPath> constructedBy(uint32_t position, Index<Call> index) {
    const LinkedFunction &function = self.program_.functions[position];
    const Function &body = *function.body;
    const Call &call = body[index];
    if (call.object && body[call.object].kind != ValueKind::Call)
      return of(position, call.object);
    auto isCall = [&](Index<Value> value) {
      return value && body[value].kind == ValueKind::Call && body[value].index == index.value;
    };
    if (!call.isHeap) {
      for (uint32_t i = body.parameterCount; i < body.locals.size(); ++i)
        if (isCall(body.locals[i].init) && body.locals[i].kind != LocalKind::Capture)
          return {{AccessPath::Local, i, {}}};
      for (const Assign &assign : body.assigns)
        if (assign.isInitializer && isCall(assign.value))
          return of(position, assign.target);
      EntityId made = call.type ? (*function.unit)[call.type].record : EntityId();
      bool isBase =
          body.kind == FunctionKind::Constructor && made &&
          llvm::any_of(self.program_.withBases(body.record), [&](const Record *base) { return base->id == made; });
      if (isBase && !call.isTemporary)
        return {{AccessPath::This, 0, {}}};
    }
    return {{AccessPath::Made, index.value, {}}};
  }

  /// What the callee returns, as its caller sees it.
  std::vector<AccessPath> fromCallee(const CallEdge &edge, const AccessPath &inside) {
    const Call &call = (*self.program_.functions[edge.caller].body)[edge.call];
    std::vector<AccessPath> outside;
    switch (inside.root) {
    case AccessPath::This: outside = of(edge.caller, call.object); break;
    case AccessPath::Parameter:
      outside = of(edge.caller, argumentOf(self.program_, edge, inside.which));
      break;
    case AccessPath::Global: return {inside};
    case AccessPath::Local:
    case AccessPath::Made: outside = {{AccessPath::Made, edge.call.value, {}}}; break;
    case AccessPath::Capture:
    case AccessPath::Unknown: return {{}};
    }
    appendMembers(outside, inside.members);
    return outside;
  }
};

std::vector<AccessPath> AccessPaths::of(uint32_t function, Index<Value> value) const {
  return Walk{*this}.of(function, value);
}

/// The class of an object that is there itself.
static EntityId recordOf(const Type *type) {
  return type && type->kind == TypeClass::Record && type->indirections == 0 ? type->record : EntityId();
}

bool AccessPaths::isOwn(const LinkedFunction &function, const AccessPath &path) const {
  if (path.root != AccessPath::Local)
    return false;
  const Local &local = function.body->locals[path.which];
  return local.type && !local.byReference && isWithin(recordOf(&(*function.unit)[local.type]), path.members);
}

bool AccessPaths::isExact(const LinkedFunction &function, const AccessPath &path) const {
  const Function &body = *function.body;
  EntityId around;
  if (path.root == AccessPath::Local) {
    const Local &local = body.locals[path.which];
    const Value *init = local.init ? &body[local.init] : nullptr;
    bool isConstructed =
        init && init->kind == ValueKind::Call && body.calls[init->index].kind == CallKind::Constructor;
    if (isConstructed && local.type)
      around = recordOf(&(*function.unit)[local.type]);
  } else if (const Call *made = path.root == AccessPath::Made ? &body.calls[path.which] : nullptr) {
    if (made->kind == CallKind::Constructor && made->type)
      around = recordOf(&(*function.unit)[made->type]);
    for (const CallEdge &edge : program_.calleesAt(function, Index<Call>(path.which))) // `make_unique` and its like.
      if (const Function &callee = *program_.functions[edge.callee].body;
          !around && callee.kind == FunctionKind::Constructor)
        around = callee.record;
  }
  return isWithin(around, path.members);
}

/// Each member is one of the object before it, and none is a pointer to another one.
bool AccessPaths::isWithin(EntityId around, llvm::ArrayRef<EntityId> members) const {
  for (EntityId member : members) {
    const Declaration *declared = program_.declaration(member);
    bool isIn = around && declared && llvm::any_of(program_.withBases(around), [&](const Record *base) {
                  return base->id == declared->parent;
                });
    if (!isIn)
      return false;
    around = recordOf(program_.typeOf(member));
  }
  return true;
}

std::vector<AccessPath> AccessPaths::givenToMember(const LinkedFunction &function, const AccessPath &path) const {
  const Function &body = *function.body;
  Index<Call> made = path.root == AccessPath::Made ? Index<Call>(path.which) : Index<Call>();
  if (path.root == AccessPath::Local)
    if (Index<Value> init = body.locals[path.which].init; init && body[init].kind == ValueKind::Call)
      made = Index<Call>(body[init].index);
  if (!made || path.members.size() < 2)
    return {};
  std::vector<AccessPath> given;
  for (const Provenance::Incoming &in : provenance_.assignedTo(path.members.front())) {
    const LinkedFunction &setter = program_.functions[in.function];
    if (in.value && ((*setter.body)[in.value].kind == ValueKind::Null || (*setter.body)[in.value].constant))
      continue;
    if (setter.body->kind != FunctionKind::Constructor || !in.value || in.via)
      return {};
    for (const AccessPath &inside : of(in.function, in.value))
      addOutside(setter, inside, {function.position, made}, given);
  }
  appendMembers(given, llvm::ArrayRef(path.members).drop_front());
  makeUnique(given);
  return given;
}

/// The way of a constructor's own `inside`, where it is called, through the constructors of derived classes.
void AccessPaths::addOutside(const LinkedFunction &constructor, const AccessPath &inside, CallRef made,
                             std::vector<AccessPath> &outside) const {
  for (const CallEdge &edge : constructor.callers) {
    const LinkedFunction &caller = program_.functions[edge.caller];
    bool isIt = edge.caller == made.function && edge.call == made.call;
    if (!isIt && caller.body->kind != FunctionKind::Constructor)
      continue;
    for (const AccessPath &there : inCaller(edge, inside))
      if (isIt)
        outside.push_back(there);
      else if (caller.body->record != constructor.body->record && there.root == AccessPath::Parameter)
        addOutside(caller, there, made, outside);
  }
}

/// The object is of a class that has the first member of the way, or of one that is a base of such.
bool AccessPaths::mayHave(const LinkedFunction &function, Index<Value> object, const AccessPath &path) const {
  Index<Type> index = (*function.body)[object].type;
  const Declaration *member = path.members.empty() ? nullptr : program_.declaration(path.members.front());
  EntityId has = member ? member->parent : EntityId(), given = index ? (*function.unit)[index].record : EntityId();
  auto isBase = [this](EntityId base, EntityId derived) {
    return llvm::any_of(program_.withBases(derived), [&](const Record *record) { return record->id == base; });
  };
  return !program_.record(has) || !program_.record(given) || isBase(has, given) || isBase(given, has);
}

std::vector<AccessPath> AccessPaths::inCaller(const CallEdge &edge, const AccessPath &path) const {
  const LinkedFunction &caller = program_.functions[edge.caller];
  const Call &call = (*caller.body)[edge.call];
  std::vector<AccessPath> outside;
  if (path.root == AccessPath::This && edge.kind == EdgeKind::Passed &&
      program_.functions[edge.callee].body->kind != FunctionKind::Constructor)
    return ofPassedObject(edge, path);
  if (path.root == AccessPath::This && call.object && !mayHave(caller, call.object, path))
    return {};
  if (path.root == AccessPath::Parameter)
    outside = of(edge.caller, argumentOf(program_, edge, path.which));
  else if (path.root == AccessPath::This && call.kind == CallKind::Constructor)
    outside = Walk{*this}.constructedBy(edge.caller, edge.call);
  else if (path.root == AccessPath::This && call.object && edge.kind != EdgeKind::Passed)
    outside = of(edge.caller, call.object);
  else if (path.root == AccessPath::This &&
           program_.functions[edge.callee].body->kind == FunctionKind::Constructor)
    outside = {{AccessPath::Made, edge.call.value, {}}}; // `make_unique` and its like.
  else
    return {{}};
  appendMembers(outside, path.members);
  return outside;
}

/// `thread(&Worker::run, worker)`: whoever gets the method gets its object beside it.
std::vector<AccessPath> AccessPaths::ofPassedObject(const CallEdge &edge, const AccessPath &path) const {
  const LinkedFunction &caller = program_.functions[edge.caller];
  const EntityId wanted = program_.functions[edge.callee].body->record;
  auto isA = [&](EntityId base, EntityId derived) {
    return llvm::any_of(program_.withBases(derived), [&](const Record *record) { return record->id == base; });
  };
  std::vector<AccessPath> outside;
  for (Index<Value> argument : (*caller.body)[edge.call].arguments) {
    const Index<Type> type = argument ? (*caller.body)[argument].type : Index<Type>();
    const EntityId given = type ? (*caller.unit)[type].record : EntityId();
    if (given && wanted && (isA(wanted, given) || isA(given, wanted)))
      llvm::append_range(outside, of(edge.caller, argument));
  }
  if (outside.empty())
    return {{}};
  appendMembers(outside, path.members);
  return outside;
}

std::vector<AccessPath> AccessPaths::ofResult(const CallEdge &edge) const {
  const Function &body = *program_.functions[edge.caller].body;
  auto isIt = [&](Index<Value> value) {
    return value && body[value].kind == ValueKind::Call && body[value].index == edge.call.value;
  };
  std::vector<AccessPath> places;
  for (uint32_t i = body.parameterCount; i < body.locals.size(); ++i)
    if (isIt(body.locals[i].init) && body.locals[i].kind == LocalKind::Automatic)
      places.push_back({AccessPath::Local, i, {}});
  for (const Assign &assign : body.assigns)
    if (isIt(assign.value))
      llvm::append_range(places, of(edge.caller, assign.target));
  return places.empty() ? std::vector<AccessPath>{{AccessPath::Made, edge.call.value, {}}} : places;
}

std::vector<AccessPath> AccessPaths::aroundLambda(const LinkedFunction &lambda,
                                                  const AccessPath &path) const {
  const LinkedFunction *around = program_.enclosing(lambda);
  if (!around || path.root == AccessPath::Parameter)
    return {{}};
  if (path.root == AccessPath::This)
    return {path};
  std::vector<AccessPath> outside = of(around->position, lambda.body->locals[path.which].init);
  appendMembers(outside, path.members);
  return outside;
}

} // namespace opex
