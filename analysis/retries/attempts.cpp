#include "analysis/rounds/clocks.h"
#include "analysis/retries/finder.h"

#include "analysis/body/conditions.h"
#include "analysis/body/counters.h"
#include "analysis/body/exits.h"
#include "analysis/body/places.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// More is no number of attempts.
constexpr int64_t kMostAttempts = 1'000'000;

bool isTimeType(const LinkedFunction &function, const Value &value) {
  if (!value.type)
    return false;
  const TypeClass kind = (*function.unit)[value.type].kind;
  return kind == TypeClass::TimePoint || kind == TypeClass::Duration;
}

/// Somewhere in the function numbers or times are compared, or something is counted: it may well end rounds.
bool measures(const LinkedFunction &function) {
  const Function &body = *function.body;
  return llvm::any_of(body.values,
                      [&](const Value &value) {
                        std::optional<Compare> op = value.kind == ValueKind::Binary ? compareOf(value.text) : std::nullopt;
                        return isTimeType(function, value) || (op && *op != Compare::Equal && *op != Compare::NotEqual);
                      }) ||
         llvm::any_of(body.assigns, [](const Assign &assign) { return assign.op == "++" || assign.op == "--"; });
}

/// Looks for what may end the rounds by number or time among the conditions.
class BoundSearch {
public:
  BoundSearch(const RetryFinder &finder, const LinkedFunction &function,
              llvm::function_ref<bool(Index<Block>)> isInside, CounterTest counts)
      : finder_(finder), function_(function), body_(*function.body), isInside_(isInside), counts_(counts) {}

  /// A part of the condition that compares a number that the rounds change, or a time. They go on while the condition
  /// is `continuesIf`: each of several ways to go on must have an end.
  Index<Value> in(Index<Value> condition, bool continuesIf) const {
    const Split split = splitCondition(body_, condition, continuesIf);
    if (split.kind == Split::Whole)
      return inPart(split.left);
    Index<Value> left = in(split.left, split.isTrue), right = in(split.right, split.isTrue);
    if (split.kind == Split::Both)
      return left ? left : right;
    if (left && right)
      return left;
    Index<Value> open = left ? split.right : split.left;
    return isNotGiven(open, split.isTrue) ? (left ? left : right) : Index<Value>();
  }

  /// What the counter is compared with, as its author writes it; a time with what it is compared by.
  std::string textOf(Index<Value> bound) const {
    const Value &value = body_[bound];
    if (value.kind == ValueKind::Binary && value.operands.size() == 2)
      for (int side : {0, 1})
        if (mentions(body_, value.operands[side], [&](const Value &part) { return isCounted(part); }))
          return spell(finder_.program, body_, value.operands[1 - side]);
    return spell(finder_.program, body_, bound);
  }

private:
  Index<Value> inPart(Index<Value> condition) const {
    const Value &value = body_[condition];
    if (value.kind == ValueKind::Call) {
      const Call &call = body_.calls[value.index];
      if (call.kind == CallKind::Operator &&
          compareOf(unqualified(call.name).substr(strlen("operator"))) &&
          mentions(body_, condition, [&](const Value &part) { return isTime(part); }))
        return condition;
      return isTime(value) || asksWhetherAgain(value.index) ? condition : Index<Value>();
    }
    if (value.kind == ValueKind::Binary && compareOf(value.text)) {
      if (mentions(body_, condition, [&](const Value &part) { return isTime(part); }))
        return condition;
      bool counts = llvm::any_of(value.operands, [&](Index<Value> side) {
        return mentions(body_, side, [&](const Value &part) { return isCounted(part); });
      });
      return counts ? condition : Index<Value>();
    }
    if (placeOf(body_, condition) && isCounted(value))
      return condition;
    for (Index<Value> operand : value.operands)
      if (Index<Value> found = inPart(operand))
        return found;
    return {};
  }

  /// `limit == -1 || left > 0` where no caller in sight gives -1, `forever || left > 0` where none says so.
  bool isNotGiven(Index<Value> condition, bool isTrue) const {
    std::optional<Comparison> comparison = comparisonOf(body_, condition, isTrue);
    if (!comparison)
      return parameterOf(body_, condition) && body_[withoutCasts(body_, condition)].kind == ValueKind::Local &&
             llvm::none_of(numbersOf(condition), [&](int64_t number) { return (number != 0) == isTrue; });
    if (body_[comparison->left].constant)
      comparison = mirrored(*comparison);
    std::optional<int64_t> constant = body_[comparison->right].constant;
    if (!constant || body_[comparison->left].kind == ValueKind::Call || isCounted(body_[comparison->left]))
      return false;
    const std::set<int64_t> given = numbersOf(comparison->left);
    return llvm::none_of(given, [&](int64_t number) { return holds(comparison->op, number, *constant); });
  }

  /// As far as it is known; of a parameter what it is given, or is by default.
  std::set<int64_t> numbersOf(Index<Value> value) const {
    std::optional<uint32_t> parameter = parameterOf(body_, value);
    std::set<int64_t> numbers = finder_.subjects.constants().of({function_.position, {}}, value).known;
    if (!parameter)
      return numbers;
    for (const CallEdge &edge : function_.callers) {
      const Function &caller = *finder_.program.functions[edge.caller].body;
      if (Index<Value> argument = argumentOf(finder_.program, edge, *parameter); argument && caller[argument].constant)
        numbers.insert(*caller[argument].constant);
    }
    if (Index<Value> byDefault = body_.locals[*parameter].init;
        function_.callers.empty() && byDefault && body_[byDefault].constant)
      numbers.insert(*body_[byDefault].constant);
    return numbers;
  }

  /// A moment or a span of time, or a question for one: what a deadline is compared with.
  bool isTime(const Value &value) const {
    if (isTimeType(function_, value))
      return true;
    if (value.kind == ValueKind::Local)
      return isClockKept(value.index);
    if (value.kind != ValueKind::Call)
      return false;
    return isNamedLikeClock(unqualified(body_.calls[value.index].name)) && mayMeasure(value.index);
  }

  /// `uint64_t now = clockMillis();` in the rounds.
  bool isClockKept(uint32_t local) const {
    const Local &variable = body_.locals[local];
    const Index<Value> init = variable.block && isInside_(variable.block) && variable.init ? withoutCasts(body_, variable.init) : Index<Value>();
    return init && body_[init].kind == ValueKind::Call && isTime(body_[init]);
  }

  /// What is seen of the call does not speak against what its name says.
  bool mayMeasure(uint32_t call) const {
    if (finder_.work.reach({function_.position, Index<Call>(call)}).reaches())
      return false;
    const LinkedFunction *callee = finder_.program.directCallee(function_, Index<Call>(call));
    return !callee || measures(*callee) || asksClock(finder_.program, *callee);
  }

  /// `policy.mayRetry()`, `attempts.exhausted()`.
  bool asksWhetherAgain(uint32_t call) const {
    llvm::StringRef name = unqualified(body_.calls[call].name);
    return mayMeasure(call) && namesAttempts(name);
  }

  static bool namesAttempts(llvm::StringRef name) {
    return name.contains_insensitive("attempt") || name.contains_insensitive("exhaust") ||
           name.contains_insensitive("retriesleft") || name.contains_insensitive("canretry") ||
           name.contains_insensitive("mayretry") || name.contains_insensitive("shouldretry");
  }

  /// Changed by steps in each round.
  bool isCounted(const Value &value) const {
    if (value.kind != ValueKind::Local && value.kind != ValueKind::Field && value.kind != ValueKind::Global &&
        value.kind != ValueKind::Unary)
      return false;
    if (value.kind == ValueKind::Unary)
      return (value.text == "++" || value.text == "--") && isCountedHere(value);
    const Place place = placeOf(body_, Index<Value>(&value - body_.values.data())).withoutIndirection();
    auto isChange = [&](Index<Value> target) { return place && placeOf(body_, target).withoutIndirection() == place; };
    for (uint32_t i = 0; i < body_.assigns.size(); ++i)
      if (const Assign &assign = body_.assigns[i];
          (assign.op == "++" || assign.op == "--" || assign.op == "+=" || assign.op == "-=") &&
          isInside_(assign.block) && isChange(assign.target) && counts({StepKind::Assign, i}))
        return true;
    for (uint32_t i = 0; i < body_.calls.size(); ++i)
      if (llvm::StringRef name = unqualified(body_.calls[i].name);
          (name == "operator++" || name == "operator--" || name == "fetch_add" || name == "fetch_sub") &&
          isInside_(body_.calls[i].block) && isChange(targetOf(body_.calls[i])) &&
          counts({StepKind::Call, i}))
        return true;
    return false;
  }

  /// `++tries[peer]`, as the condition says.
  bool isCountedHere(const Value &change) const {
    for (uint32_t i = 0; i < body_.assigns.size(); ++i)
      if (isInside_(body_.assigns[i].block) && !change.operands.empty() &&
          isSamePlace(body_, body_.assigns[i].target, change.operands.front()))
        return counts({StepKind::Assign, i});
    return true;
  }

  bool counts(Step change) const { return !counts_ || counts_(change); }

  const RetryFinder &finder_;
  const LinkedFunction &function_;
  const Function &body_;
  llvm::function_ref<bool(Index<Block>)> isInside_;
  CounterTest counts_;
};

} // namespace

void resolveLimit(RetryFinder &finder, const Frame &frame, Index<Value> limit, int64_t offset,
                  Attempts &attempts) {
  if (!limit)
    return;
  NumberSet numbers = finder.subjects.constants().of(frame, limit);
  // 0 is what a failed conversion leaves, or "as many as by default".
  std::erase_if(numbers.known, [&](int64_t number) { return number + offset < 1; });
  if (numbers.known.size() != 1 || *numbers.known.begin() > kMostAttempts)
    return;
  attempts.kind = Attempts::Known;
  attempts.count = *numbers.known.begin() + offset;
  if (!numbers.isUnknown)
    attempts.text.clear();
}

namespace {

/// What the attempts are counted by: a limit (or, counting down, a start) and what they are more; without one `offset`
/// is all.
struct Count {
  Index<Value> limit;
  int64_t offset = 0;
};

std::optional<int64_t> numberIn(const Function &body, Index<Value> value) {
  std::optional<int64_t> number = value ? body[value].constant : std::nullopt;
  return number && std::abs(*number) <= kMostAttempts ? number : std::nullopt;
}

/// A counter as it is compared: `n`, `++n`, `n++`, `n + 1`.
struct CounterUse {
  Counter counter;
  int64_t ahead = 0; ///< Of its start, the first time.
};

std::optional<CounterUse> counterIn(const Function &body, BlockTest isInside, Index<Value> compared, const Site &test) {
  CounterUse use;
  const Value &sum = body[compared];
  if (sum.kind == ValueKind::Binary && sum.operands.size() == 2 && (sum.text == "+" || sum.text == "-"))
    if (std::optional<int64_t> by = numberIn(body, sum.operands[1])) {
      use.ahead = sum.text == "+" ? *by : -*by;
      compared = sum.operands[0];
    }
  std::optional<Counter> counter = counterOf(body, isInside, compared);
  if (!counter)
    return std::nullopt;
  use.counter = *counter;
  if (isChangedBefore(body, *counter, compared, test))
    use.ahead += counter->step;
  return use;
}

/// `if (++tries < limit) goto again;`, `if (left-- == 0) return;`. None if the counter's start is not known.
std::optional<Count> countOf(const Function &body, BlockTest isInside, Comparison comparison, const Branch &branch,
                             RoundPlaces places) {
  for (Comparison sides : {comparison, mirrored(comparison)}) {
    std::optional<CounterUse> use = counterIn(body, isInside, sides.left, branch.site);
    if (!use)
      continue;
    Index<Value> start = startOf(body, isInside, places.begin, use->counter);
    TripTest test{sides.op, use->counter.step, numberIn(body, start), {}, use->ahead, branch.site.offset > places.work};
    if (!start && places.again && body[use->counter.object].kind == ValueKind::Field)
      test.start = 0;
    // The number of a limit is looked for elsewhere too, so it may be that of several.
    if (test.step < 0)
      test.limit = numberIn(body, sides.right);
    if (test.step < 0 ? !start || !test.limit : !test.start)
      return std::nullopt;
    bool isSingle = std::abs(test.step) == 1;
    if (isSingle)
      (test.step < 0 ? test.start : test.limit) = std::nullopt;
    else
      test.limit = numberIn(body, sides.right);
    TripCount trips = tripCount(test);
    switch (trips.kind) {
    case TripCount::Endless: return std::nullopt;
    case TripCount::Known: return Count{{}, trips.count};
    case TripCount::OfStart: return isSingle ? std::optional(Count{start, trips.count}) : std::nullopt;
    case TripCount::OfLimit: return isSingle ? std::optional(Count{sides.right, trips.count}) : std::nullopt;
    }
  }
  return std::nullopt;
}

/// "limit + 1", as the attempts are spelled.
std::string moreThan(llvm::StringRef text, int64_t offset) {
  if (offset == 0)
    return text.str();
  return text.str() + (offset > 0 ? " + " : " - ") + std::to_string(std::abs(offset));
}

} // namespace

AttemptsRead attemptsBetween(RetryFinder &finder, const LinkedFunction &function, BlockTest isInside,
                             CounterTest counts, RoundPlaces places) {
  const Function &body = *function.body;
  BoundSearch search(finder, function, isInside, counts);
  auto neverReturns = [&](Index<Call> call) { return finder.work.neverReturns(function, call); };
  AttemptsRead read;
  for (const Branch &branch : body.branches) {
    if (!isInside(branch.block))
      continue;
    const Exits exits = exitsOf(body, branch.then, {neverReturns});
    const bool isWayOn = exits.fallsThrough || exits.continues;
    Index<Value> bound = search.in(branch.condition, /*continuesIf=*/isWayOn);
    if (!bound)
      continue;
    read.attempts.kind = Attempts::Symbol;
    read.attempts.text = search.textOf(bound);
    read.site = branch.site;
    const bool setsUp = places.again && isIn(body, body[places.again].block, branch.then);
    if (isWayOn && !setsUp)
      return read;
    std::optional<Count> count;
    visitImplied(body, branch.condition, /*isTrue=*/setsUp || exits.jumps, [&](Index<Value> part, bool isTrue) {
      if (std::optional<Comparison> comparison = comparisonOf(body, part, isTrue); comparison && part == bound)
        count = countOf(body, isInside, *comparison, branch, places);
    });
    if (count && !count->limit) {
      read.attempts = {Attempts::Known, count->offset, {}};
    } else if (count) {
      read.limit = count->limit;
      read.offset = count->offset;
      read.attempts.text = moreThan(spell(finder.program, body, count->limit), count->offset);
      resolveLimit(finder, {function.position, {}}, read.limit, read.offset, read.attempts);
    }
    return read;
  }
  read.attempts.kind = Attempts::Unbounded;
  return read;
}

AttemptsRead attemptsOf(RetryFinder &finder, const LinkedFunction &function, Index<Loop> index,
                        CounterTest counts) {
  const Function &body = *function.body;
  const Loop &loop = body.loops[index.value];
  Rounds rounds = roundsOf(finder.program, function, index, counts, [&](Index<Call> call) {
    return finder.work.neverReturns(function, call);
  });
  AttemptsRead read;
  read.site = loop.site;
  if (rounds.limit && body[rounds.limit].site.line != loop.site.line) // Compared in the body, not in its head.
    read.site = body[rounds.limit].site;
  read.limit = rounds.limit;
  if (rounds.kind == Rounds::Constant || rounds.kind == Rounds::Once) {
    read.attempts.kind = Attempts::Known;
    read.attempts.count = rounds.count;
    return read;
  }
  if (rounds.kind == Rounds::Symbol) {
    read.attempts.kind = Attempts::Symbol;
    read.attempts.text = moreThan(rounds.text, rounds.offset);
    read.offset = rounds.offset;
    resolveLimit(finder, {function.position, {}}, rounds.limit, rounds.offset, read.attempts);
    return read;
  }
  auto isInside = [&](Index<Block> block) { return isInLoop(body, loop, block); };
  BoundSearch search(finder, function, isInside, counts);
  if (Index<Value> bound = loop.condition ? search.in(loop.condition, true) : Index<Value>()) {
    read.attempts.kind = Attempts::Symbol;
    read.attempts.text = search.textOf(bound);
    return read;
  }
  AttemptsRead inside = attemptsBetween(finder, function, isInside, counts);
  if (inside.attempts.kind != Attempts::Unbounded)
    return inside;
  read.attempts.kind = Attempts::Unbounded;
  return read;
}

bool isGuardedIn(const RetryFinder &finder, const LinkedFunction &function,
                 llvm::function_ref<bool(Index<Block>)> isInside) {
  for (uint32_t i = 0; i < function.body->calls.size(); ++i)
    if (isInside(function.body->calls[i].block) && finder.work.isGuard({function.position, Index<Call>(i)}))
      return true;
  return false;
}

} // namespace opex
