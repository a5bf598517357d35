#include "analysis/bounds/own_locks.h"

#include "analysis/body/conditions.h"
#include "analysis/body/loops.h"
#include "analysis/body/order.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

/// What is waited for, and how it has to come out.
struct Awaited {
  const LinkedFunction *function = nullptr;
  Index<Value> condition;
  bool isTrue = true;
};

/// `wait(lock, [this] { return isFree(); })`, or `while (!isFree()) wait(lock);`
std::optional<Awaited> awaitedBy(const Program &program, const Provenance &provenance, const LinkedFunction &function, Index<Call> wait) {
  const Function &body = *function.body;
  for (Index<Value> argument : body[wait].arguments) {
    argument = withoutCasts(body, argument);
    if (!argument || body[argument].kind != ValueKind::Lambda)
      continue;
    auto bodies = program.bodies.find(body[argument].entity);
    if (bodies == program.bodies.end() || bodies->second.size() != 1)
      return std::nullopt;
    const LinkedFunction &lambda = program.functions[bodies->second.front()];
    const std::vector<Index<Value>> &returned = provenance.returned(lambda.position);
    return returned.size() == 1 ? std::optional(Awaited{&lambda, returned[0], true}) : std::nullopt;
  }
  std::vector<Index<Loop>> loops = loopsAround(body, body[wait].block);
  if (loops.empty() || !body.loops[loops.front().value].condition)
    return std::nullopt;
  return Awaited{&function, body.loops[loops.front().value].condition, false};
}

bool isNumber(const LinkedFunction &function, const Value &value) {
  TypeClass kind = value.type ? (*function.unit)[value.type].kind : TypeClass::Other;
  return kind == TypeClass::Bool || kind == TypeClass::Integer || kind == TypeClass::Enumeration;
}

class OwnLock {
public:
  OwnLock(const Program &program, const Provenance &provenance) : program_(program), provenance_(provenance) {}

  /// Whether it holds for an object just made; none if that is not known. Notes the members that it asks.
  std::optional<bool> holdsAtFirst(const LinkedFunction &function, Index<Value> condition, bool isTrue) {
    const Split split = splitCondition(*function.body, condition, isTrue);
    if (split.kind != Split::Whole) {
      std::optional<bool> left = holdsAtFirst(function, split.left, split.isTrue), right = holdsAtFirst(function, split.right, split.isTrue);
      if (!left || !right)
        return std::nullopt;
      return split.kind == Split::Both ? *left && *right : *left || *right;
    }
    if (std::optional<Comparison> comparison = comparisonOf(*function.body, split.left, split.isTrue)) {
      std::optional<int64_t> left = atFirst(function, comparison->left), right = atFirst(function, comparison->right);
      return left && right ? std::optional(holds(comparison->op, *left, *right)) : std::nullopt;
    }
    std::optional<int64_t> value = atFirst(function, split.left);
    return value ? std::optional((*value != 0) == split.isTrue) : std::nullopt;
  }

  std::set<EntityId> asked;

private:
  /// A number, or what a member starts with.
  std::optional<int64_t> atFirst(const LinkedFunction &function, Index<Value> index) {
    index = withoutCasts(*function.body, index);
    const Value &value = (*function.body)[index];
    if (value.constant)
      return value.constant;
    if (value.kind != ValueKind::Field || !isNumber(function, value))
      return std::nullopt;
    asked.insert(value.entity);
    std::optional<int64_t> first;
    for (const Provenance::Incoming &in : provenance_.assignedTo(value.entity)) {
      const Function &maker = *program_.functions[in.function].body;
      bool isStart = maker.kind == FunctionKind::Constructor || maker.kind == FunctionKind::FieldInitializers;
      std::optional<int64_t> given = isStart && in.value ? maker[in.value].constant : std::nullopt;
      if (isStart && (!given || (first && first != given)))
        return std::nullopt;
      if (isStart)
        first = given;
    }
    return first;
  }

  const Program &program_;
  const Provenance &provenance_;
};

/// Members that methods of the class wait for, or may: what their lambdas and loops ask.
void addAsked(const Program &program, const LinkedFunction &function, EntityId record, std::set<EntityId> &asked) {
  const Function &body = *function.body;
  const LinkedFunction *enclosing = program.enclosing(function);
  if (body.kind == FunctionKind::Lambda && enclosing && enclosing->body->record == record) {
    for (const Value &value : body.values)
      if (value.kind == ValueKind::Field && isNumber(function, value))
        asked.insert(value.entity);
  } else if (body.record == record) {
    for (const Loop &loop : body.loops)
      if (loop.condition)
        mentions(body, loop.condition, [&](const Value &value) {
          if (value.kind == ValueKind::Field && isNumber(function, value))
            asked.insert(value.entity);
          return false;
        });
  }
}

/// Methods of the class that change one of the members, constructors and destructors left out.
bool changes(const Function &body, const std::set<EntityId> &members, std::optional<Moment> after) {
  return llvm::any_of(body.assigns, [&](const Assign &assign) {
    const Value &target = body[withoutCasts(body, assign.target)];
    return target.kind == ValueKind::Field && members.contains(target.entity) &&
           (!after || standsBefore(body, *after, momentOf(body, assign)));
  });
}

} // namespace

bool isWaitForOwnLock(const Program &program, const Provenance &provenance, CallRef wait) {
  const LinkedFunction &function = program.functions[wait.function];
  const Function &body = *function.body;
  const Type *result = function.declaration && function.declaration->type
                           ? &(*program.declarations.at(body.id).second)[function.declaration->type]
                           : nullptr;
  bool handsOut = !result || (result->kind != TypeClass::Void && result->kind != TypeClass::Bool);
  if (!body.record || handsOut)
    return false;
  std::optional<Awaited> awaited = awaitedBy(program, provenance, function, wait.call);
  if (!awaited)
    return false;
  OwnLock lock(program, provenance);
  if (lock.holdsAtFirst(*awaited->function, awaited->condition, awaited->isTrue) != true)
    return false;
  auto givesBack = [&](const LinkedFunction &other) {
    bool isMethod = other.body->record == body.record && other.position != function.position && other.body->kind == FunctionKind::Method;
    return isMethod && changes(*other.body, lock.asked, std::nullopt);
  };
  std::set<EntityId> state = lock.asked; // A reader waits for the writer, and counts itself for the next one.
  for (const LinkedFunction &other : program.functions)
    addAsked(program, other, body.record, state);
  return changes(body, state, momentOf(body, wait.call)) && llvm::any_of(program.functions, givesBack);
}

} // namespace opex
