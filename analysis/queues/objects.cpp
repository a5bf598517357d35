#include "analysis/queues/objects.h"

#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <iterator>

namespace opex {
namespace {

/// Those that declare a row's method, and those it is called on (a base may be hidden in template arguments).
std::set<EntityId> classesOf(const Program &program, const RoleIndex &roles) {
  std::set<EntityId> classes;
  for (const auto &[id, entry] : program.declarations)
    if (entry.first->parent && !roles.of(id).queues.empty())
      classes.insert(entry.first->parent);
  for (const LinkedFunction &function : program.functions)
    for (const Call &call : function.body->calls) {
      Index<Type> type = call.object && !roles.of(call.callee).queues.empty()
                             ? (*function.body)[call.object].type
                             : Index<Type>();
      if (type && (*function.unit)[type].kind == TypeClass::Record && (*function.unit)[type].record)
        classes.insert((*function.unit)[type].record);
    }
  return classes;
}

/// The call makes a queue: a constructor, or a function that a pack says makes one.
bool isConstruction(const Program &program, const RoleIndex &roles, const Origin &origin) {
  const Call &call = program.functions[origin.function].body->calls[origin.index];
  return call.kind == CallKind::Constructor || !roles.of(call.callee).makers.empty();
}

/// A method of a class template of the project that hands out what the object holds: `locked.lock()`, `->`.
bool isAccessor(const Program &program, const Call &call) {
  bool isMethod = call.kind == CallKind::Method || call.kind == CallKind::Operator;
  if (!isMethod || !call.object || !call.instance || !call.arguments.empty())
    return false;
  const Declaration *declaration = program.declaration(call.callee);
  const Record *record = declaration ? program.record(declaration->parent) : nullptr;
  return record && record->inProject;
}

} // namespace

QueueObjects::QueueObjects(const Program &program, const RoleIndex &roles, const Subjects &subjects)
    : program_(program), roles_(roles), classes_(classesOf(program, roles)),
      provenance_(program, rulesFor(subjects)) {
  for (const LinkedFunction &function : program.functions) {
    const LinkedFunction *enclosing = program.enclosing(function);
    for (const Local &local : function.body->locals)
      if (enclosing && local.kind == LocalKind::Capture)
        if (std::optional<uint32_t> captured = localOf(*enclosing->body, local.init))
          captured_.insert({enclosing->position, *captured});
  }
}

bool QueueObjects::isQueueType(const Type &type) const {
  auto [known, isNew] = queueTypes_.try_emplace(type.record, false);
  if (isNew && type.record)
    known->second = llvm::any_of(program_.withBases(type.record),
                                 [&](const Record *record) { return classes_.contains(record->id); });
  return known->second;
}

/// A variable that no other function has.
bool QueueObjects::isPrivate(const LinkedFunction &function, Index<Value> variable) const {
  const Value &value = (*function.body)[variable];
  const Local &local = function.body->locals[value.index];
  return local.kind == LocalKind::Automatic && local.type &&
         (*function.unit)[local.type].kind == TypeClass::Record &&
         isQueueType((*function.unit)[local.type]) && !captured_.contains({function.position, value.index});
}

/// What the value is asked for or a part of, if that is of a library's making; none if it is the holder
/// itself. `isElement` is set where it is only one of several things in there.
Index<Value> QueueObjects::ownerOf(const LinkedFunction &function, Index<Value> part, bool &isElement) const {
  const Function &body = *function.body;
  const Value &value = body[part];
  Index<Value> inner = value.operands.empty() ? Index<Value>() : value.operands[0];
  switch (value.kind) {
  case ValueKind::Cast:
  case ValueKind::Deref:
  case ValueKind::AddressOf: return inner;
  case ValueKind::Element: isElement = true; return inner;
  case ValueKind::Field: { // `entry->second`
    const Declaration *member = program_.declaration(value.entity);
    const Record *record = member ? program_.record(member->parent) : nullptr;
    return record && !record->inProject ? inner : Index<Value>();
  }
  case ValueKind::Call: { // `queues_[key]`, `queues_.find(key)`
    const Call &call = body.calls[value.index];
    bool isAsked = call.kind == CallKind::Method || call.kind == CallKind::Operator;
    bool isForeign = program_.calleesAt(function, Index<Call>(value.index)).empty() &&
                     roles_.of(call.callee).passages.empty();
    if (!isAsked || !isForeign)
      return {};
    isElement = true;
    return targetOf(call);
  }
  case ValueKind::Local: { // A reference, an iterator, the variable of a loop: what it was made from.
    const Local &local = body.locals[value.index];
    bool isPart = local.kind == LocalKind::Range || local.kind == LocalKind::Binding;
    bool isWay = isPart || (local.kind == LocalKind::Automatic && (local.byReference || isElement));
    bool isQueue = !local.byReference && local.type && isQueueType((*function.unit)[local.type]);
    isElement |= isPart;
    return isWay && (isPart || !isQueue) ? local.init : Index<Value>();
  }
  default: return {};
  }
}

/// The project's own variable that a value is in, and whether it is an element of that.
std::pair<Index<Value>, bool> QueueObjects::holderOf(const LinkedFunction &function,
                                                     Index<Value> queue) const {
  bool isElement = false;
  for (unsigned step = 0; step < 12; ++step) {
    Index<Value> owner = ownerOf(function, queue, isElement);
    if (!owner)
      break;
    queue = owner;
  }
  return {queue, isElement};
}

/// Asked once for a variable, however often it is used.
const std::vector<Arrival> &QueueObjects::arrivalsOf(const LinkedFunction &function, Index<Value> queue) {
  static const std::vector<Arrival> none;
  const Value &value = (*function.body)[queue];
  if (value.kind != ValueKind::Local)
    return provenance_.resolve(function.position, queue);
  if (isPrivate(function, queue))
    return none;
  auto [known, isNew] = ofLocals_.try_emplace({function.position, value.index});
  if (isNew)
    known->second = provenance_.resolve(function.position, queue);
  return known->second;
}

/// A class template of the project around a queue: `LockGuarded<std::deque<Job>>`.
bool QueueObjects::guardsQueue(const LinkedFunction &function, const Type &type) const {
  const Record *record = program_.record(type.record);
  return record && record->inProject && llvm::any_of(type.arguments, [&](Index<Type> argument) {
           const Type &inner = (*function.unit)[argument];
           return inner.indirections == 0 && inner.kind == TypeClass::Record && isQueueType(inner);
         });
}

ProvenanceRules QueueObjects::rulesFor(const Subjects &subjects) const {
  ProvenanceRules rules = subjects.provenanceRules();
  rules.isObject = [this](const LinkedFunction &function, const Type &type) {
    return type.kind == TypeClass::Record && type.indirections == 0 &&
           (isQueueType(type) || guardsQueue(function, type));
  };
  rules.passes = [this, inherited = std::move(rules.passes)](const LinkedFunction &function,
                                                             Index<Call> index) {
    auto passed = inherited(function, index);
    const Call &call = (*function.body)[index];
    if (passed.empty() && isAccessor(program_, call))
      passed.push_back(call.object);
    return passed;
  };
  return rules;
}

void QueueObjects::collect(const LinkedFunction &function, Index<Call> index) {
  const Call &call = (*function.body)[index];
  for (const QueueRole &role : roles_.of(call.callee).queues) {
    Index<Value> queue = valueAt(function, call, role.call->queue);
    Index<Type> type = queue ? (*function.body)[queue].type : Index<Type>();
    bool isMethod = role.call->queue.kind == rules::Place::This; // Functions like std::swap take anything.
    if (type && (!role.queue->isContainer || isMethod || isQueueType((*function.unit)[type])))
      touch(function, index, queue, role);
  }
  if (Index<Value> emptied = movedFrom(function, call)) {
    static const rules::QueueCall take = [] {
      rules::QueueCall row;
      row.does = rules::QueueCall::Pop;
      return row;
    }();
    static const rules::Queue container = [] {
      rules::Queue queue;
      queue.isContainer = true;
      return queue;
    }();
    touch(function, index, emptied, {&container, &take});
  }
}

/// `mine = std::move(queue)`, or constructed so: all is taken at once.
Index<Value> QueueObjects::movedFrom(const LinkedFunction &function, const Call &call) const {
  bool isCopy = call.kind == CallKind::Constructor ||
                (call.kind == CallKind::Operator && unqualified(call.name) == "operator=");
  if (!isCopy || call.arguments.size() != 1 || !call.arguments[0])
    return {};
  Index<Type> type = (*function.body)[call.arguments[0]].type;
  const Type *parameter = program_.parameterType(call.callee, 0);
  bool isMoved =
      parameter && parameter->canonical.ends_with("&&") && type && isQueueType((*function.unit)[type]);
  return isMoved ? call.arguments[0] : Index<Value>();
}

void QueueObjects::touch(const LinkedFunction &function, Index<Call> index, Index<Value> queue,
                         const QueueRole &role) {
  auto [holder, isElement] = holderOf(function, queue);
  for (const Arrival &arrival : arrivalsOf(function, holder)) {
    const Origin &origin = arrival.origin;
    if (origin.kind == Origin::Unknown || origin.kind == Origin::Callable ||
        (origin.kind == Origin::Creation && (role.queue->isContainer || !isConstruction(program_, roles_, origin))))
      continue;
    QueueObject &object = objects_[{origin.object(), isElement}];
    object.origin = origin;
    object.isElement = isElement;
    object.touches.push_back(
        {{function.position, index}, role.call, queue, arrival.path, arrival.isPossible});
    if (role.call->does == rules::QueueCall::Push && !object.rule)
      object.rule = role.queue;
    const Value &named = (*function.body)[queue];
    object.isWrapped |=
        named.kind == ValueKind::Call && isAccessor(program_, function.body->calls[named.index]);
  }
}

std::vector<QueueObject> QueueObjects::find() {
  for (const LinkedFunction &function : program_.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i)
      collect(function, Index<Call>(i));
  std::vector<QueueObject> found;
  for (auto &[key, object] : objects_)
    if (object.rule) {
      if (object.isElement) // With a container of queues all that is in them is gone.
        if (auto whole = objects_.find({key.first, false}); whole != objects_.end())
          llvm::copy_if(whole->second.touches, std::back_inserter(object.touches), [](const QueueTouch &touch) {
            return touch.row->does == rules::QueueCall::Clear || touch.row->does == rules::QueueCall::Pop;
          });
      llvm::sort(object.touches, [](const QueueTouch &a, const QueueTouch &b) {
        return std::tie(a.call, a.queue, a.path) < std::tie(b.call, b.queue, b.path);
      });
      found.push_back(object);
    }
  objects_.clear();
  return found;
}

} // namespace opex
