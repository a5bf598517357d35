// Which pushes can make a queue grow. The rest of QueueSharing is in queue_sharing.cpp.
#include "analysis/queues/sharing.h"

#include "analysis/body/exits.h"
#include "analysis/body/order.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// What is pushed: the first argument that is not the queue.
Index<Value> itemOf(const LinkedFunction &function, const QueueTouch &push) {
  for (Index<Value> argument : (*function.body)[push.call.call].arguments)
    if (argument && argument != push.queue)
      return argument;
  return {};
}

/// The parameter that is pushed, moved or not.
std::optional<uint32_t> pushedParameter(const Function &body, Index<Value> item) {
  if (item && body[item].kind == ValueKind::Call) // `push(std::move(item))`
    if (const Call &passing = body.calls[body[item].index]; passing.arguments.size() == 1 && passing.arguments[0])
      item = passing.arguments[0];
  return parameterOf(body, item);
}

/// What is handed over, without the moving and wrapping around it.
Index<Value> unwrapped(const Function &body, Index<Value> item) {
  while (item) {
    item = withoutCasts(body, item);
    const Value &value = body[item];
    if (value.kind == ValueKind::Call && body.calls[value.index].arguments.size() == 1 && !body.calls[value.index].object)
      item = body.calls[value.index].arguments[0];
    else if (value.kind == ValueKind::AddressOf || value.kind == ValueKind::Deref)
      item = value.operands[0];
    else
      break;
  }
  return item;
}

/// The variable holds what the function itself makes.
bool isMadeIn(const Function &body, uint32_t variable) {
  const Local &local = body.locals[variable];
  if (local.kind == LocalKind::Parameter || local.byReference)
    return false;
  if (!local.init)
    return true;
  const Value &init = body[withoutCasts(body, local.init)];
  return init.kind == ValueKind::List || (init.kind == ValueKind::Call && (body.calls[init.index].isHeap || body.calls[init.index].kind != CallKind::Operator));
}

/// Functions are told apart as their author wrote them, whatever their instances.
EntityId writtenAs(const Program &program, uint32_t function) { return program.functions[function].body->id; }

} // namespace

/// Nothing but constants: it says "wake up" or "stop", and carries no work.
bool QueueSharing::isWakeUp(const LinkedFunction &function, Index<Value> item) const {
  const Function &body = *function.body;
  if (!item)
    return false;
  const Value &value = body[item];
  bool isSerialNumber = value.kind == ValueKind::Unary && (value.text == "++" || value.text == "--");
  if (value.constant || value.kind == ValueKind::Null || value.kind == ValueKind::Enumerator ||
      value.kind == ValueKind::String || isSerialNumber)
    return true;
  if (value.kind == ValueKind::Cast || value.kind == ValueKind::List || value.kind == ValueKind::Unary)
    return llvm::all_of(value.operands, [&](Index<Value> operand) { return isWakeUp(function, operand); });
  if (value.kind == ValueKind::Call) {
    const Call &call = body.calls[value.index];
    bool isPassed = !roles_.of(call.callee).passages.empty();
    return (call.kind == CallKind::Constructor || isPassed) &&
           llvm::all_of(call.arguments, [&](Index<Value> argument) { return isWakeUp(function, argument); });
  }
  if (value.kind != ValueKind::Local)
    return false;
  const Local &local = body.locals[value.index];
  if (local.kind != LocalKind::Automatic || (local.init && !isWakeUp(function, local.init)))
    return false;
  // Whatever is put into it afterwards is constant as well, and nobody else fills it.
  auto isThis = [&](Index<Value> other) { return localOf(body, other) == value.index; };
  for (const Assign &assign : body.assigns)
    if (isThis(assign.target) && !isWakeUp(function, assign.value))
      return false;
  for (const Call &call : body.calls) {
    bool isOwn = call.kind == CallKind::Constructor && call.type && value.type && call.type == value.type;
    bool isAssignment = call.kind == CallKind::Operator && unqualified(call.name) == "operator=";
    if (isAssignment && isThis(call.object) &&
        !llvm::all_of(call.arguments, [&](Index<Value> argument) { return isWakeUp(function, argument); }))
      return false;
    if (!isOwn && !isAssignment && call.kind == CallKind::Method && isThis(call.object) &&
        !call.arguments.empty())
      return false;
  }
  return true;
}

bool QueueSharing::isOnce(const QueueObject &queue, CallRef call) const {
  const Declaration *member = queue.origin.kind == Origin::Member ? program_.declaration(queue.origin.entity) : nullptr;
  return repetition_.isOnce(call, member ? member->parent : EntityId());
}

/// Not again and again, or with what carries no work.
bool QueueSharing::isFilledOnce(const QueueObject &queue, CallRef call, Index<Value> item) const {
  const LinkedFunction &function = program_.functions[call.function];
  if (function.body->kind == FunctionKind::Destructor) // It wakes who waits, or gives something back.
    return true;
  return isOnce(queue, call) || (!repetition_.isInLoop(call) && isWakeUp(function, item)) ||
         (startupOnly_[call.function] && !repetition_.isRepeated(call, Repetition::Lasting));
}

/// A parameter that is pushed is what the callers give, and those of them that are given it.
bool QueueSharing::mayGrow(const QueueObject &queue, CallRef first, Index<Value> firstItem) const {
  std::set<std::pair<CallRef, Index<Value>>> seen = {{first, firstItem}};
  std::vector<std::pair<CallRef, Index<Value>>> open = {{first, firstItem}};
  while (!open.empty()) {
    auto [call, item] = open.back();
    open.pop_back();
    if (isFilledOnce(queue, call, item))
      continue;
    const LinkedFunction &function = program_.functions[call.function];
    std::optional<uint32_t> parameter = pushedParameter(*function.body, item);
    if (!parameter || function.callers.empty())
      return true;
    for (const CallEdge &edge : function.callers) {
      const Call &site = (*program_.functions[edge.caller].body)[edge.call];
      if (edge.kind == EdgeKind::Passed || *parameter >= site.arguments.size())
        return true;
      std::pair above(CallRef{edge.caller, edge.call}, site.arguments[*parameter]);
      if (seen.insert(above).second)
        open.push_back(above);
    }
  }
  return false;
}

/// Items that leave another container in the same function, which nobody fills any more: there are never more of them.
bool QueueSharing::isMovedFromFixed(const QueueTouch &push) const {
  const LinkedFunction &function = program_.functions[push.call.function];
  const Function &body = *function.body;
  Index<Value> item = itemOf(function, push);
  while (item) {
    item = withoutCasts(body, item);
    const Value &value = body[item];
    if (value.kind == ValueKind::Field)
      return fixed_.contains(value.entity) && takenIn_.contains({function.position, value.entity});
    if (value.kind == ValueKind::Local && body.locals[value.index].kind == LocalKind::Automatic) {
      item = body.locals[value.index].init; // `Worker worker = std::move(workers_.back());`
    } else if (value.kind == ValueKind::Call) {
      const Call &call = body.calls[value.index];
      bool isWay = call.object || call.arguments.size() == 1;
      item = isWay && program_.calleesAt(function, Index<Call>(value.index)).empty() ? (call.kind == CallKind::Constructor ? call.arguments.empty() ? Index<Value>() : call.arguments[0] : targetOf(call)) : Index<Value>();
    } else {
      item = value.kind == ValueKind::Element || value.kind == ValueKind::Deref || value.kind == ValueKind::AddressOf ? value.operands[0] : Index<Value>();
    }
  }
  return false;
}

/// The element says itself that it is in the queue: its mark is looked at first, and set, so that it is there once at most.
/// What is made on the spot is a new one each time.
bool QueueSharing::isMarkedFirst(const QueueTouch &push) const {
  const LinkedFunction &function = program_.functions[push.call.function];
  const Function &body = *function.body;
  std::optional<uint32_t> element = localOf(body, unwrapped(body, itemOf(function, push)));
  if (!element || isMadeIn(body, *element))
    return false;
  const Moment pushed = momentOf(body, push.call.call);
  auto isMark = [&](const Value &part, EntityId mark) {
    return part.kind == ValueKind::Field && part.entity == mark && !part.operands.empty() && localOf(body, part.operands[0]) == element;
  };
  for (const Assign &assign : body.assigns) {
    const Value &target = body[withoutCasts(body, assign.target)];
    if (assign.op != "=" || !isMark(target, target.entity) || happensBefore(body, momentOf(body, assign), pushed) == Before::Never)
      continue;
    for (const Branch &branch : body.branches) {
      bool asks = mentions(body, branch.condition, [&](const Value &part) { return isMark(part, target.entity); });
      bool isAround = branch.then && opex::isIn(body, body[push.call.call].block, branch.then);
      bool leaves = branch.then && !exitsOf(body, branch.then).fallsThrough && standsBefore(body, {branch.then, 0}, pushed);
      if (asks && (isAround || leaves))
        return true;
    }
  }
  return false;
}

std::vector<const QueueTouch *> QueueSharing::growing(const QueueObject &queue,
                                                      llvm::ArrayRef<const QueueTouch *> takes) const {
  std::set<EntityId> takers;
  for (const QueueTouch *take : takes)
    takers.insert(writtenAs(program_, take->actor()));
  std::vector<const QueueTouch *> result;
  for (const QueueTouch &touch : queue.touches) {
    if (touch.row->does != rules::QueueCall::Push || touch.row->isBounded ||
        takers.contains(writtenAs(program_, touch.actor())))
      continue;
    if (isMovedFromFixed(touch) || isMarkedFirst(touch))
      continue;
    if (mayGrow(queue, touch.call, itemOf(program_.functions[touch.call.function], touch)))
      result.push_back(&touch);
  }
  return result;
}

} // namespace opex
