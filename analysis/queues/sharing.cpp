#include "analysis/queues/sharing.h"

#include "analysis/body/loops.h"
#include "analysis/body/order.h"
#include "analysis/execution/startup.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool intersect(const std::set<ObjectId> &a, const std::set<ObjectId> &b) {
  return llvm::any_of(a, [&](const ObjectId &object) { return b.contains(object); });
}

/// The queue's type as the call sees it; looks through pointers.
const Type *typeAt(const Program &program, const QueueTouch &touch) {
  const LinkedFunction &function = program.functions[touch.call.function];
  Index<Type> type = (*function.body)[touch.queue].type;
  return type ? &(*function.unit)[type] : nullptr;
}

/// The variable that a call's object is, or was made from: `queue`, `*queue`, `guarded.lock()->`, `queue.begin()`.
Variable variableBehind(const Function &body, Index<Value> value) {
  for (;;) {
    if (Variable variable = lastVariableOf(body, value))
      return variable;
    const Index<Value> result = withoutCasts(body, value);
    if (!result || body[result].kind != ValueKind::Call)
      return {};
    value = targetOf(body.calls[body[result].index]);
  }
}

} // namespace

QueueSharing::QueueSharing(const Inputs<RoleIndex, Entries, Threads, StartupOnly> &in, const Locks &locks)
    : program_(in.program()), roles_(in.get<RoleIndex>()), entries_(in.get<Entries>()), executors_(program_, in.get<Threads>()), locks_(locks), threads_(in.get<Threads>()),
      startupOnly_(in.get<StartupOnly>()), repetition_(program_) {}

void QueueSharing::learn(llvm::ArrayRef<QueueObject> all, Provenance &provenance) {
  std::set<ObjectId> executors;
  for (const QueueObject &queue : all) {
    if (llvm::none_of(queue.rule->calls, [](const rules::QueueCall &call) { return call.does == rules::QueueCall::Pop; })) {
      executors.insert(queue.origin.object());
      continue;
    }
    if (queue.origin.kind != Origin::Member)
      continue;
    auto isPush = [](const QueueTouch &touch) { return touch.row->does == rules::QueueCall::Push; };
    if (llvm::all_of(queue.touches, [&](const QueueTouch &touch) { return !isPush(touch) || isOnce(queue, touch.call) ||
                     program_.functions[touch.actor()].body->kind == FunctionKind::Constructor; }))
      fixed_.insert(queue.origin.entity);
    for (const QueueTouch &touch : queue.touches)
      if (touch.row->does == rules::QueueCall::Pop || touch.row->does == rules::QueueCall::Erase)
        takenIn_.insert({touch.call.function, queue.origin.entity});
  }
  executors_.learn(entries_, executors, provenance);
}

/// The value is made from the queue: an iterator, an element, the queue itself.
bool QueueSharing::isIn(const QueueObject &queue, const LinkedFunction &function, Index<Value> value) const {
  for (const QueueTouch &touch : queue.touches)
    if (touch.call.function == function.position &&
        mentionsVariable(*function.body, value, variableBehind(*function.body, touch.queue)))
      return true;
  return false;
}

/// Behind the conversion of iterators: to those of constant elements, say.
Index<Value> QueueSharing::converted(const Function &body, Index<Value> value) {
  while (value && body[value].kind == ValueKind::Call && body.calls[body[value].index].kind == CallKind::Constructor &&
         body.calls[body[value].index].arguments.size() == 1)
    value = body.calls[body[value].index].arguments[0];
  return value;
}

/// `queue.begin()`, or what is chosen among all: `std::min_element(queue.begin(), queue.end())`.
bool QueueSharing::isBegin(const Function &body, Index<Value> value, const Variable &queue) {
  value = converted(body, value);
  if (!queue || !value || body[value].kind != ValueKind::Call)
    return false;
  const Call &call = body.calls[body[value].index];
  if (!call.object)
    return call.arguments.size() == 2 && call.kind == CallKind::Function && isBegin(body, call.arguments[0], queue);
  return unqualified(call.name).ends_with("begin") && variableBehind(body, call.object) == queue;
}

/// The iterator walks from the queue's beginning, or was set to where another one stood that does.
bool QueueSharing::walksFromBegin(const Function &body, uint32_t iterator, const Variable &queue) {
  std::set<uint32_t> seen = {iterator};
  std::vector<uint32_t> open = {iterator};
  bool walks = false;
  while (!open.empty() && !walks) {
    const uint32_t variable = open.back();
    open.pop_back();
    auto follow = [&](Index<Value> source) {
      source = source ? converted(body, source) : source;
      walks |= isBegin(body, source, queue);
      if (source && body[source].kind == ValueKind::Local && seen.insert(body[source].index).second)
        open.push_back(body[source].index);
    };
    follow(body.locals[variable].init);
    for (const Assign &assign : body.assigns)
      if (assign.op == "=" && names(body, assign.target, Place::ofLocal(variable)))
        follow(assign.value);
    for (const Call &call : body.calls)
      if (unqualified(call.name) == "operator=" && call.arguments.size() == 1 && names(body, call.object, Place::ofLocal(variable)))
        follow(call.arguments[0]);
  }
  return walks;
}

/// `erase(begin())`, or of an iterator that walks from there and whose element is handed on.
bool QueueSharing::takesFront(const QueueTouch &erase) const {
  const Function &body = *program_.functions[erase.call.function].body;
  const Call &call = body[erase.call.call];
  const Variable named = variableBehind(body, erase.queue);
  if (call.arguments.empty())
    return false;
  if (isBegin(body, call.arguments[0], named))
    return true;
  const std::optional<uint32_t> variable = localOf(body, converted(body, call.arguments[0]));
  if (!variable || !walksFromBegin(body, *variable, named))
    return false;
  // The element goes somewhere: it is copied or moved, not only looked at.
  auto isElement = [&](Index<Value> value) {
    return value && mentions(body, value, [&](const Value &part) {
             return part.kind == ValueKind::Call && unqualified(body.calls[part.index].name) == "operator*" &&
                    names(body, targetOf(body.calls[part.index]), Place::ofLocal(*variable));
           });
  };
  return llvm::any_of(body.calls, [&](const Call &other) {
    bool mayKeep = other.kind != CallKind::Operator || unqualified(other.name) == "operator=";
    return &other != &call && mayKeep && llvm::any_of(other.arguments, isElement);
  });
}

/// A clear after a loop over the items, or after they were handed on.
bool QueueSharing::looksBefore(const QueueTouch &clear) const {
  const LinkedFunction &function = program_.functions[clear.call.function];
  const Function &body = *function.body;
  const Variable named = variableBehind(body, clear.queue);
  Moment cleared = momentOf(body, clear.call.call);
  for (const Loop &loop : body.loops)
    if (loop.kind == LoopKind::RangeFor && mentionsVariable(body, loop.range, named) && loop.body &&
        happensBefore(body, {loop.body, 0}, cleared) != Before::Never)
      return true;
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    const Call &call = body.calls[i];
    bool isHandedOn =
        call.kind != CallKind::Operator && llvm::any_of(call.arguments, [&](Index<Value> argument) {
          return named && lastVariableOf(body, argument) == named;
        });
    if (isHandedOn && Index<Call>(i) != clear.call.call &&
        happensBefore(body, momentOf(body, Index<Call>(i)), cleared) == Before::Always)
      return true;
  }
  return false;
}

/// `queue.swap(rest)`, where the rest was put together before: nothing is taken.
bool QueueSharing::isReplacement(const QueueTouch &take) const {
  const LinkedFunction &function = program_.functions[take.call.function];
  const Function &body = *function.body;
  const Call &call = body[take.call.call];
  for (Index<Value> side : {call.object, call.arguments.empty() ? Index<Value>() : call.arguments[0]}) {
    if (!side || side == take.queue || body[side].kind != ValueKind::Local)
      continue;
    Moment taken = momentOf(body, take.call.call);
    for (uint32_t i = 0; i < body.calls.size(); ++i) {
      const Call &fill = body.calls[i];
      bool isPush = llvm::any_of(roles_.of(fill.callee).queues, [](const QueueRole &role) {
        return role.call->does == rules::QueueCall::Push;
      });
      if (isPush && variableBehind(body, fill.object).local == body[side].index &&
          standsBefore(body, momentOf(body, Index<Call>(i)), taken))
        return true;
    }
  }
  return false;
}

std::vector<const QueueTouch *> QueueSharing::takes(const QueueObject &queue) const {
  std::vector<const QueueTouch *> result;
  for (const QueueTouch &touch : queue.touches) {
    bool isTake = (touch.row->does == rules::QueueCall::Pop && !isReplacement(touch)) ||
                  (touch.row->does == rules::QueueCall::Erase && takesFront(touch)) ||
                  (touch.row->does == rules::QueueCall::Clear && looksBefore(touch));
    if (isTake)
      result.push_back(&touch);
  }
  return result;
}

unsigned QueueSharing::workOf(const QueueTouch &take) const {
  if (!locks_.around(take.actor(), rules::Lock::Wait, 0, 0).empty())
    return 3;
  if (repetition_.isRepeated(take.call, Repetition::Lasting | Repetition::Numbered))
    return 2;
  const LinkedFunction &function = program_.functions[take.actor()];
  bool isCalledBack =
      llvm::any_of(function.callers, [](const CallEdge &edge) { return edge.kind == EdgeKind::Passed; });
  return function.callers.empty() || isCalledBack || threads_.isEntry(function.position) ? 1 : 0;
}

/// The object is the queue, or one of its kind that what was in it went into.
bool QueueSharing::isLookedInto(const QueueObject &queue, const LinkedFunction &function, const Type &type,
                                Index<Value> object) const {
  Index<Type> own = (*function.body)[object].type;
  return (own && (*function.unit)[own].record == type.record) || isIn(queue, function, object);
}

/// The function that takes an item also makes such items.
bool QueueSharing::makesItem(const QueueObject &queue, const QueueTouch &take) const {
  const Type *type = typeAt(program_, take);
  const LinkedFunction &function = program_.functions[take.call.function];
  if (!type || type->arguments.empty())
    return false;
  const Type *item = &(*function.unit)[type->arguments[0]];
  EntityId made = item->record;
  if (!item->arguments.empty() && item->indirections == 0) // A smart pointer, perhaps.
    if (const Type &inner = (*function.unit)[item->arguments[0]]; inner.record)
      made = inner.record;
  for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
    const Call &call = function.body->calls[i];
    const Type *result = call.type ? &(*function.unit)[call.type] : nullptr;
    if (call.isHeap && result && made && result->record == made)
      return true;
    if (const Type *hidden = constructedOutOfSight(function, call, roles_.of(call.callee));
        hidden && made && hidden->record == made)
      return true;
    bool isPlain = call.kind == CallKind::Function || call.kind == CallKind::Method;
    bool isItem = result && (item->indirections || item->kind == TypeClass::Record) &&
                  result->canonical == item->canonical;
    if (isPlain && isItem && call.result == ResultUse::Used && roles_.of(call.callee).passages.empty() &&
        roles_.of(call.callee).queues.empty() && !(call.object && isLookedInto(queue, function, *type, call.object)))
      return true;
  }
  return false;
}

bool QueueSharing::isPool(const QueueObject &queue, llvm::ArrayRef<const QueueTouch *> pushes,
                          llvm::ArrayRef<const QueueTouch *> takes) const {
  return llvm::any_of(takes, [&](const QueueTouch *take) { return makesItem(queue, *take); }) ||
         llvm::all_of(pushes, [&](const QueueTouch *push) { return isAtTheEnd(push->actor()); });
}

/// Only destructors call the function: things that come back when their holder dies.
bool QueueSharing::isAtTheEnd(uint32_t position) const {
  const LinkedFunction &function = program_.functions[position];
  return !function.callers.empty() && llvm::all_of(function.callers, [&](const CallEdge &edge) {
    return program_.functions[edge.caller].body->kind == FunctionKind::Destructor;
  });
}

/// All that is in it is dropped, or goes into another container of its kind at once.
bool QueueSharing::takesAll(const QueueTouch &take) const {
  if (take.row->does == rules::QueueCall::Clear)
    return true;
  const LinkedFunction &function = program_.functions[take.call.function];
  const Call &call = (*function.body)[take.call.call];
  const Type *own = typeAt(program_, take);
  auto isOther = [&](Index<Value> value) {
    Index<Type> type = value && value != take.queue ? (*function.body)[value].type : Index<Type>();
    return type && own && (*function.unit)[type].record == own->record;
  };
  bool givesAll = call.type && own && (*function.unit)[call.type].record == own->record;
  return givesAll || isOther(call.object) || llvm::any_of(call.arguments, isOther);
}

/// Single ones are taken out by whoever knows which, and all of them by nobody who comes back for more: requests in flight,
/// which an answer ends.
bool QueueSharing::isEndedOneByOne(const QueueObject &queue, llvm::ArrayRef<const QueueTouch *> takes) const {
  return llvm::any_of(queue.touches, [&](const QueueTouch &touch) {
           return touch.row->does == rules::QueueCall::Erase && !takesFront(touch);
         }) &&
         llvm::all_of(takes, [&](const QueueTouch *take) { return takesAll(*take) && workOf(*take) < 2; });
}

bool QueueSharing::isRegistry(const QueueObject &queue, llvm::ArrayRef<const QueueTouch *> takes) const {
  if (isEndedOneByOne(queue, takes))
    return true;
  if (llvm::any_of(takes, [](const QueueTouch *take) { return take->row->does != rules::QueueCall::Clear; }))
    return false;
  std::set<uint32_t> takers;
  for (const QueueTouch *take : takes)
    takers.insert(take->call.function);
  // Others go over the items and leave them, or take single ones out.
  return llvm::any_of(queue.touches,
                      [&](const QueueTouch &touch) { return touch.row->does == rules::QueueCall::Erase; }) ||
         llvm::any_of(program_.functions, [&](const LinkedFunction &function) {
           return !takers.contains(function.position) &&
                  llvm::any_of(function.body->loops, [&](const Loop &loop) {
                    if (loop.kind != LoopKind::RangeFor || !loop.range)
                      return false;
                    const Value &range = (*function.body)[loop.range];
                    bool isMember =
                        queue.origin.kind == Origin::Member || queue.origin.kind == Origin::Global;
                    return isMember && range.entity == queue.origin.entity;
                  });
         });
}

std::set<ObjectId> QueueSharing::heldAt(const QueueTouch &touch) const {
  std::set<ObjectId> held = locks_.heldAt(touch.call, touch.path.empty() ? 2 : 0);
  for (size_t i = 0; i < touch.path.size(); ++i)
    held.merge(locks_.heldAt(touch.path[i], i + 1 == touch.path.size() ? 2 : 0));
  return held;
}

/// Whoever has it filled also has it emptied as a whole, in one loop: a batch, that one thread puts together.
bool QueueSharing::isFlushedByFiller(const QueueTouch &push, const QueueTouch &take) const {
  llvm::ArrayRef<CallEdge> fillers = program_.functions[push.actor()].callers;
  llvm::ArrayRef<CallEdge> flushers = program_.functions[take.actor()].callers;
  auto isOne = [&](const CallEdge &fill) {
    const Function &body = *program_.functions[fill.caller].body;
    auto loops = loopsAround(body, body[fill.call].block);
    return llvm::any_of(flushers, [&](const CallEdge &flush) {
      return flush.caller == fill.caller && llvm::any_of(loopsAround(body, body[flush.call].block), [&](Index<Loop> loop) {
               return llvm::is_contained(loops, loop);
             });
    });
  };
  return take.row->does == rules::QueueCall::Clear && !fillers.empty() && llvm::all_of(fillers, isOne);
}

Sharing QueueSharing::between(const QueueObject &queue, const QueueTouch &push,
                              const QueueTouch &take) const {
  uint32_t producer = push.actor(), consumer = take.actor();
  if (isFlushedByFiller(push, take))
    return Sharing::None;
  auto meet = [&](rules::Lock::Does here, rules::Lock::Does there) {
    return intersect(locks_.around(producer, here, 1, 1), locks_.around(consumer, there, 1, 1));
  };
  bool isWoken =
      meet(rules::Lock::Wake, rules::Lock::Wait) || meet(rules::Lock::Release, rules::Lock::Acquire);
  bool isApart = threads_.runApart(producer, consumer);
  bool isLocked =
      !queue.rule->isContainer || queue.isWrapped || isWoken || intersect(heldAt(push), heldAt(take));
  if (!isLocked) // Work that one executor runs takes turns, and is no proof of another thread.
    return intersect(executors_.of(producer), executors_.of(consumer)) ? Sharing::Likely : Sharing::None;
  return isWoken || isApart ? Sharing::Proven : Sharing::Likely;
}

} // namespace opex
