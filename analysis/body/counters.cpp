#include "analysis/body/counters.h"

#include "analysis/body/places.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {

std::optional<int64_t> runLength(int64_t first, int64_t step, Compare op, int64_t limit) {
  // Far more rounds than anybody calls bounded; keeps the arithmetic from overflowing.
  constexpr int64_t kLargest = int64_t(1) << 40;
  auto clamp = [kLargest](int64_t value) { return std::clamp(value, -kLargest, kLargest); };
  first = clamp(first), step = clamp(step), limit = clamp(limit);
  auto steps = [](int64_t distance, int64_t width) {
    return std::optional(distance <= 0 ? 0 : (distance + width - 1) / width);
  };
  switch (op) {
  case Compare::Less: return step > 0 ? steps(limit - first, step) : std::nullopt;
  case Compare::LessEqual: return step > 0 ? steps(limit + 1 - first, step) : std::nullopt;
  case Compare::Greater: return step < 0 ? steps(first - limit, -step) : std::nullopt;
  case Compare::GreaterEqual: return step < 0 ? steps(first + 1 - limit, -step) : std::nullopt;
  case Compare::Equal: return first == limit ? 1 : 0;
  case Compare::NotEqual: {
    int64_t distance = limit - first;
    return distance % step == 0 && distance / step >= 0 ? std::optional(distance / step) : std::nullopt;
  }
  }
  llvm_unreachable("unknown comparison");
}

TripCount tripCount(const TripTest &test) {
  constexpr int64_t kAny = 1000; // Stands for what is not known.
  const int64_t last = test.isTestedLast ? 1 : 0;
  auto roundsFrom = [&](int64_t start, int64_t limit) {
    return runLength(start + test.ahead, test.step, test.op, limit);
  };
  if (test.op == Compare::Equal && (!test.start || !test.limit))
    return {};
  if (test.step < 0 && !test.start) { // `while (retries--)`: as many as it starts with.
    std::optional<int64_t> run = test.limit ? roundsFrom(kAny, *test.limit) : std::nullopt;
    return {TripCount::OfStart, run && test.step == -1 ? *run - kAny + last : 0};
  }
  if (!test.limit) {
    std::optional<int64_t> run = roundsFrom(test.start.value_or(0), kAny);
    return {TripCount::OfLimit, run && test.step == 1 ? *run - kAny + last : 0};
  }
  std::optional<int64_t> run = roundsFrom(test.start.value_or(0), *test.limit);
  return run ? TripCount{TripCount::Known, *run + last} : TripCount{};
}

bool isInLoop(const Function &function, const Loop &loop, Index<Block> block) {
  return isIn(function, block, loop.body) || isIn(function, block, loop.test) || isIn(function, block, loop.increment);
}

bool isChangedIn(const Function &function, const Loop &loop, Index<Value> object) {
  Place place = placeOf(function, object);
  return place && llvm::any_of(function.assigns, [&](const Assign &assign) {
           return isInLoop(function, loop, assign.block) && place.isPartOf(placeOf(function, assign.target));
         });
}

/// By how much the assignment changes the object; none if it sets it to something else.
static std::optional<int64_t> stepOf(const Function &function, const Assign &assign, const Place &place) {
  auto signedStep = [&](Index<Value> by, bool isUp) -> std::optional<int64_t> {
    std::optional<int64_t> number = by ? function[by].constant : std::nullopt;
    if (!number || *number == 0)
      return std::nullopt;
    return isUp ? *number : -*number;
  };
  if (assign.op == "++" || assign.op == "--")
    return assign.op == "++" ? 1 : -1;
  if (assign.op == "+=" || assign.op == "-=")
    return signedStep(assign.value, assign.op == "+=");
  if (assign.op != "=" || !assign.value)
    return std::nullopt;
  const Value &sum = function[assign.value];
  if (sum.kind != ValueKind::Binary || (sum.text != "+" && sum.text != "-") ||
      !names(function, sum.operands[0], place))
    return std::nullopt;
  return signedStep(sum.operands[1], sum.text == "+");
}

std::optional<Counter> counterOf(const Function &function, BlockTest isInside, Index<Value> value) {
  while (value) {
    const Value &at = function[value];
    bool isChange = at.kind == ValueKind::Unary && (at.text == "++" || at.text == "--");
    if (at.kind == ValueKind::Call && function.calls[at.index].object) // Of an atomic.
      value = function.calls[at.index].object;
    else if ((at.kind == ValueKind::Cast || isChange) && !at.operands.empty())
      value = at.operands[0];
    else
      break;
  }
  const Place place = placeOf(function, value);
  if (!place || place.isIn(Place::Result))
    return std::nullopt;
  Counter counter{value};
  for (const Assign &assign : function.assigns) {
    if (!isInside(assign.block))
      continue;
    const Place target = placeOf(function, assign.target);
    if (!place.isPartOf(target))
      continue;
    std::optional<int64_t> step = target == place ? stepOf(function, assign, place) : std::nullopt;
    if (!step || counter.change)
      return std::nullopt;
    counter.step = *step;
    counter.change = &assign;
  }
  return counter.change ? std::optional(counter) : std::nullopt;
}

Index<Value> startOf(const Function &function, BlockTest isInside, uint32_t begin, const Counter &counter) {
  Index<Value> start;
  const Value &object = function[counter.object];
  if (object.kind == ValueKind::Local && function.locals[object.index].kind != LocalKind::Parameter &&
      function.locals[object.index].kind != LocalKind::Capture)
    start = function.locals[object.index].init;
  uint32_t last = 0;
  const Place place = placeOf(function, counter.object);
  for (const Assign &assign : function.assigns)
    if (assign.op == "=" && assign.site.offset >= last && assign.site.offset < begin &&
        names(function, assign.target, place) && !isInside(assign.block)) {
      start = assign.value;
      last = assign.site.offset;
    }
  return start;
}

bool isChangedBefore(const Function &function, const Counter &counter, Index<Value> compared, const Site &test) {
  const Value &value = function[compared];
  if (value.kind == ValueKind::Unary && !value.operands.empty())
    return value.site.offset < function[value.operands[0]].site.offset; // ++n, not n++.
  if (value.kind == ValueKind::Call) // The same on an atomic: n++ is told from ++n by an int nobody reads.
    return function.calls[value.index].arguments.empty();
  return counter.change->site.offset < test.offset && function[counter.change->block].role != BlockRole::LoopIncrement;
}

} // namespace opex
