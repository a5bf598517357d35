#include "analysis/retries/finder.h"

#include "analysis/body/counters.h"
#include "analysis/body/exits.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// More is no number of attempts.
constexpr int64_t kMostAttempts = 1'000'000;

/// A moment or a span of time, or a question for one: what a deadline is compared with.
bool isTime(const LinkedFunction &function, const Value &value) {
  const Function &body = *function.body;
  if (value.type)
    if (TypeClass kind = (*function.unit)[value.type].kind;
        kind == TypeClass::TimePoint || kind == TypeClass::Duration)
      return true;
  if (value.kind != ValueKind::Call)
    return false;
  llvm::StringRef name = unqualified(body.calls[value.index].name);
  return name == "time" || name == "now" || name.contains_insensitive("elapsed") ||
         name.contains_insensitive("gettime") || name.contains_insensitive("clock") ||
         name.contains_insensitive("deadline") || name.contains_insensitive("expired");
}

bool isRelational(llvm::StringRef op) {
  return op == "<" || op == "<=" || op == ">" || op == ">=" || op == "==" || op == "!=";
}

/// Looks for what may end the rounds by number or time among the conditions.
class BoundSearch {
public:
  BoundSearch(const RetryFinder &finder, const LinkedFunction &function,
              llvm::function_ref<bool(Index<Block>)> isInside, CounterTest counts)
      : finder_(finder), function_(function), body_(*function.body), isInside_(isInside), counts_(counts) {}

  /// A part of the condition that compares a number that the rounds change, or a time.
  Index<Value> in(Index<Value> condition) const {
    if (!condition)
      return {};
    const Value &value = body_[condition];
    if (value.kind == ValueKind::Call) {
      const Call &call = body_.calls[value.index];
      if (call.kind == CallKind::Operator &&
          isRelational(unqualified(call.name).substr(strlen("operator"))) &&
          mentions(body_, condition, [&](const Value &part) { return isTime(function_, part); }))
        return condition;
      return isTime(function_, value) || asksWhetherAgain(call) ? condition : Index<Value>();
    }
    if (value.kind == ValueKind::Binary && isRelational(value.text)) {
      if (mentions(body_, condition, [&](const Value &part) { return isTime(function_, part); }))
        return condition;
      bool counts = llvm::any_of(value.operands, [&](Index<Value> side) {
        return mentions(body_, side, [&](const Value &part) { return isCounted(part); });
      });
      return counts ? condition : Index<Value>();
    }
    if (Slot slot = slotOf(body_, condition); slot && (isCounted(value)))
      return condition;
    for (Index<Value> operand : value.operands)
      if (Index<Value> found = in(operand))
        return found;
    return {};
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
  /// `policy.mayRetry()`, `attempts.exhausted()`.
  static bool asksWhetherAgain(const Call &call) {
    llvm::StringRef name = unqualified(call.name);
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
    Slot slot = value.kind == ValueKind::Local ? Slot{Slot::Local, value.index, {}} : Slot();
    auto isSame = [&](Index<Value> target) {
      if (slot)
        return slotOf(body_, target) == slot;
      return target && body_[target].kind == value.kind && body_[target].entity == value.entity;
    };
    for (uint32_t i = 0; i < body_.assigns.size(); ++i)
      if (const Assign &assign = body_.assigns[i];
          (assign.op == "++" || assign.op == "--" || assign.op == "+=" || assign.op == "-=") &&
          isInside_(assign.block) && isChange(assign.target, isSame) && counts({StepKind::Assign, i}))
        return true;
    for (uint32_t i = 0; i < body_.calls.size(); ++i)
      if (llvm::StringRef name = unqualified(body_.calls[i].name);
          (name == "operator++" || name == "operator--" || name == "fetch_add" || name == "fetch_sub") &&
          isInside_(body_.calls[i].block) && isChange(targetOf(body_.calls[i]), isSame) &&
          counts({StepKind::Call, i}))
        return true;
    return false;
  }

  /// `++tries[peer]`, as the condition says.
  bool isCountedHere(const Value &change) const {
    for (uint32_t i = 0; i < body_.assigns.size(); ++i)
      if (isInside_(body_.assigns[i].block) && !change.operands.empty() &&
          isSameObject(body_, body_.assigns[i].target, change.operands.front()))
        return counts({StepKind::Assign, i});
    return true;
  }

  bool counts(Step change) const { return !counts_ || counts_(change); }

  template <class Test> bool isChange(Index<Value> target, Test &&isSame) const {
    while (target) {
      if (isSame(target))
        return true;
      const Value &value = body_[target];
      if (value.operands.empty() || (value.kind != ValueKind::Deref && value.kind != ValueKind::Cast))
        return false;
      target = value.operands.front();
    }
    return false;
  }

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

/// What a local counter starts from, if that is one number.
std::optional<int64_t> startOf(const Function &body, uint32_t local) {
  const Local &variable = body.locals[local];
  if (variable.kind == LocalKind::Parameter || variable.kind == LocalKind::Capture || !variable.init)
    return std::nullopt;
  return body[variable.init].constant;
}

/// A counter as a condition compares it: `n`, `++n`, `n++`, `n + 1`.
struct CounterUse {
  uint32_t local = 0;
  int64_t added = 0;
  bool isChangedBefore = true; ///< In the first round it has been changed when it is compared.
};

std::optional<CounterUse> counterIn(const Function &body, Index<Value> index) {
  CounterUse use;
  const Value *value = &body[index];
  const Site &site = value->site;
  bool isUnary = value->kind == ValueKind::Unary && (value->text == "++" || value->text == "--");
  if (isUnary && !value->operands.empty()) {
    const Value &inner = body[value->operands[0]];
    use.isChangedBefore = value->site.offset < inner.site.offset;
    value = &inner;
  } else if (value->kind == ValueKind::Binary && value->operands.size() == 2 &&
             body[value->operands[1]].constant && (value->text == "+" || value->text == "-")) {
    use.added = *body[value->operands[1]].constant * (value->text == "+" ? 1 : -1);
    value = &body[value->operands[0]];
  }
  if (value->kind != ValueKind::Local)
    return std::nullopt;
  use.local = value->index;
  if (!isUnary)
    for (const Assign &assign : body.assigns)
      if (assign.target && body[assign.target].kind == ValueKind::Local &&
          body[assign.target].index == use.local && (assign.op == "++" || assign.op == "--"))
        use.isChangedBefore =
            assign.site.offset < site.offset && body[assign.block].role != BlockRole::LoopIncrement;
  return use;
}

int64_t stepOf(const Function &body, uint32_t local) {
  for (const Assign &assign : body.assigns)
    if (assign.target && body[assign.target].kind == ValueKind::Local && body[assign.target].index == local &&
        (assign.op == "++" || assign.op == "--"))
      return assign.op == "++" ? 1 : -1;
  return 0;
}

/// What the attempts are counted by: a limit, and what they are more (or, counting down, the start).
struct Count {
  Index<Value> limit;
  int64_t offset = 0;
};

/// `if (++tries < limit) goto again;`, `if (left-- == 0) return;`. `goesOn`: the work is done again if the
/// condition holds. None if the counter's start is not known.
std::optional<Count> countOf(const Function &body, Index<Value> condition, bool goesOn) {
  const Value &value = body[condition];
  if (value.kind != ValueKind::Binary || value.operands.size() != 2)
    return std::nullopt;
  for (int side : {0, 1}) {
    std::optional<CounterUse> counter = counterIn(body, value.operands[side]);
    int64_t step = counter ? stepOf(body, counter->local) : 0;
    if (step == 0)
      continue;
    Index<Value> limit = value.operands[1 - side];
    bool isStrict = value.text == "<" || value.text == ">";
    // Left after one more when the limit itself still goes on.
    int64_t offset = (goesOn ? !isStrict : isStrict) && value.text != "==" && value.text != "!=" ? 1 : 0;
    offset += counter->isChangedBefore ? 0 : 1;
    if (step > 0) {
      std::optional<int64_t> start = startOf(body, counter->local);
      if (!start || std::abs(*start) > kMostAttempts)
        return std::nullopt;
      return Count{limit, offset - *start - counter->added};
    }
    Index<Value> start = body.locals[counter->local].init;
    if (!start || body.locals[counter->local].kind == LocalKind::Capture || !body[limit].constant ||
        std::abs(*body[limit].constant) > kMostAttempts)
      return std::nullopt;
    return Count{start, offset - *body[limit].constant + counter->added};
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

AttemptsRead attemptsBetween(RetryFinder &finder, const LinkedFunction &function,
                             llvm::function_ref<bool(Index<Block>)> isInside, CounterTest counts) {
  const Function &body = *function.body;
  BoundSearch search(finder, function, isInside, counts);
  auto neverReturns = [&](Index<Call> call) { return finder.work.neverReturns(function, call); };
  AttemptsRead read;
  for (const Branch &branch : body.branches) {
    if (!isInside(branch.block))
      continue;
    if (Index<Value> bound = search.in(branch.condition)) {
      read.attempts.kind = Attempts::Symbol;
      read.attempts.text = search.textOf(bound);
      read.site = branch.site;
      Exits exits = exitsOf(body, branch.then, {neverReturns});
      bool goesAgain = exits.jumps, isClear = !exits.fallsThrough && !exits.continues;
      std::optional<Count> count = isClear ? countOf(body, bound, goesAgain) : std::nullopt;
      if (count) {
        read.limit = count->limit;
        read.offset = count->offset;
        read.attempts.text = moreThan(spell(finder.program, body, count->limit), count->offset);
        resolveLimit(finder, {function.position, {}}, read.limit, read.offset, read.attempts);
      }
      return read;
    }
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
  if (Index<Value> bound = search.in(loop.condition)) {
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
