// What conditions say about the room in a queue. The rest of QueueGuards is in guards.cpp and held.cpp.
#include "analysis/queues/guards.h"

#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <utility>

namespace opex {
namespace {

constexpr int64_t kNoLimit = 1'000'000'000; // A limit that no memory holds is none.

bool isConstructedOnce(const Local &local) { return local.init && local.kind == LocalKind::Automatic; }

} // namespace

bool QueueGuards::isSize(const LinkedFunction &function, Index<Value> index, unsigned depth) const {
  const Function &body = *function.body;
  index = withoutCasts(body, index);
  if (!index || depth > 4)
    return false;
  const Value &value = body[index];
  switch (value.kind) {
  case ValueKind::Field:
  case ValueKind::Global: return counters_.contains(value.entity);
  case ValueKind::Local: {
    const Local &local = body.locals[value.index];
    return isConstructedOnce(local) && isSize(function, local.init, depth + 1);
  }
  case ValueKind::Binary:
    return (value.text == "+" || value.text == "-") &&
           llvm::any_of(value.operands,
                        [&](Index<Value> operand) { return isSize(function, operand, depth + 1); });
  case ValueKind::Call: {
    if (sizes_.contains({function.position, Index<Call>(value.index)}))
      return true;
    const Call &call = body.calls[value.index];
    Index<Value> object = withoutCasts(body, call.object);
    if (object && body[object].kind == ValueKind::Field && counters_.contains(body[object].entity))
      return true;
    const LinkedFunction *callee = program_.directCallee(function, Index<Call>(value.index));
    bool isNumber = value.type && (*function.unit)[value.type].kind == TypeClass::Integer;
    return callee && isNumber && lookers_.contains(callee->position);
  }
  default: return false;
  }
}

bool QueueGuards::isLimit(const LinkedFunction &function, Index<Value> value) {
  NumberSet numbers = subjects_.constants().of({function.position, {}}, value);
  if (numbers.isUnknown || numbers.known.empty())
    return true;
  return llvm::any_of(numbers.known, [](int64_t number) { return number >= 0 && number < kNoLimit; });
}

QueueGuards::Room QueueGuards::roomOfComparison(const LinkedFunction &function, Comparison comparison) {
  if (!isSize(function, comparison.left))
    comparison = mirrored(comparison);
  const auto [size, limit, op] = comparison;
  if (!isSize(function, size))
    return Room::Unknown;
  const std::optional<int64_t> number = (*function.body)[limit].constant;
  bool isBelow = op == Compare::Less || op == Compare::LessEqual || op == Compare::Equal;
  if (number == 0)
    return isBelow && countsEmptiness_ ? Room::Limited : Room::Unknown;
  if ((!isBelow && op != Compare::NotEqual) || !isLimit(function, limit))
    return Room::Unknown;
  lastLimit_ = {function.position, limit};
  return Room::Limited;
}

/// A function of the project that answers whether there is room.
QueueGuards::Room QueueGuards::roomOfCall(const LinkedFunction &function, const Value &value, bool isTrue,
                                          unsigned depth) {
  CallRef ref{function.position, Index<Call>(value.index)};
  if (empties_.contains(ref))
    return isTrue && countsEmptiness_ ? Room::Limited : Room::Unknown;
  const LinkedFunction *callee = program_.directCallee(function, ref.call);
  if (!callee)
    return Room::Unknown;
  for (Index<Value> returned : subjects_.provenance().returned(callee->position))
    if (Room answer = room(*callee, returned, isTrue, depth + 1); answer != Room::Unknown)
      return answer;
  return Room::Unknown;
}

/// Whether both speak of one variable: `max_` and `max_ > 0`.
bool QueueGuards::isSwitchOf(const LinkedFunction &function, Index<Value> condition,
                             const Limit &limit) const {
  const Function &body = *program_.functions[limit.function].body; // A predicate of a wait is a function of its own.
  const Value &value = body[withoutCasts(body, limit.value)];
  if (limit.function != function.position && value.kind != ValueKind::Field && value.kind != ValueKind::Global)
    return false;
  return mentions(*function.body, condition, [&](const Value &part) {
    return part.kind == value.kind && part.entity == value.entity && part.index == value.index &&
           (part.kind == ValueKind::Field || part.kind == ValueKind::Global || part.kind == ValueKind::Local);
  });
}

/// One of the two holds: there is room, or the other says why nobody asks.
QueueGuards::Room QueueGuards::roomOfEither(const LinkedFunction &function, const Split &split, Room left, Room right,
                                            unsigned depth) {
  if (left == right)
    return left;
  Index<Value> other = left == Room::Unknown ? split.left : split.right;
  Index<Value> limited = left == Room::Unknown ? split.right : split.left;
  bool countedEmptiness = std::exchange(countsEmptiness_, false); // `empty() || batchIsFull()` is no limit.
  Room byLimit = room(function, limited, split.isTrue, depth + 1);
  countsEmptiness_ = countedEmptiness;
  if (byLimit == Room::Unknown)
    return Room::Unknown;
  if (lastLimit_.value && isSwitchOf(function, other, lastLimit_))
    switches_.push_back(lastLimit_);
  return Room::Limited;
}

QueueGuards::Room QueueGuards::room(const LinkedFunction &function, Index<Value> condition, bool isTrue,
                                    unsigned depth) {
  const Function &body = *function.body;
  if (!condition || depth > 6)
    return Room::Unknown;
  const Split split = splitCondition(body, condition, isTrue);
  if (split.kind != Split::Whole) {
    Room left = room(function, split.left, split.isTrue, depth + 1);
    Room right = room(function, split.right, split.isTrue, depth + 1);
    return split.kind == Split::Both ? std::max(left, right) : roomOfEither(function, split, left, right, depth);
  }
  const Index<Value> index = withoutCasts(body, split.left);
  isTrue = split.isTrue;
  const Value &value = body[index];
  if (value.kind == ValueKind::Binary) {
    std::optional<Comparison> comparison = comparisonOf(body, index, isTrue);
    return comparison ? roomOfComparison(function, *comparison) : Room::Unknown;
  }
  if (value.kind == ValueKind::Call)
    if (Room answer = roomOfCall(function, value, isTrue, depth); answer != Room::Unknown)
      return answer;
  if (value.kind == ValueKind::Local && isConstructedOnce(body.locals[value.index]))
    if (Room answer = room(function, body.locals[value.index].init, isTrue, depth + 1);
        answer != Room::Unknown)
      return answer;
  return !isTrue && countsEmptiness_ && isSize(function, index) ? Room::Limited : Room::Unknown;
}

} // namespace opex
