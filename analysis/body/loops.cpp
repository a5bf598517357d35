#include "analysis/body/loops.h"

#include "analysis/body/counters.h"
#include "analysis/body/exits.h"
#include "analysis/body/places.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Reads what ends one loop.
class LoopReader {
public:
  LoopReader(const Program &program, const LinkedFunction &function, Index<Loop> index, CounterTest counts,
             NeverReturns neverReturns)
      : program_(program), function_(function), body_(*function.body), loop_(body_.loops[index.value]),
        counts_(counts), neverReturns_(neverReturns) {}

  Rounds read() {
    if (isOnce(body_, loop_))
      return {Rounds::Once, 1};
    if (loop_.kind == LoopKind::RangeFor)
      return readRange();
    Rounds best;
    best.kind = Rounds::Endless;
    if (loop_.condition && !body_[loop_.condition].constant)
      best = readCondition(loop_.condition, /*continuesIf=*/true, {});
    if (best.kind == Rounds::Constant || best.kind == Rounds::Symbol || best.kind == Rounds::Data)
      return best;
    // Exits that count bound a loop that its condition does not.
    auto take = [&](Rounds counted) {
      if ((counted.kind == Rounds::Constant || counted.kind == Rounds::Symbol) &&
          (best.kind != Rounds::Constant || (counted.kind == Rounds::Constant && counted.count < best.count)))
        best = counted;
    };
    for (const Branch &branch : body_.branches)
      take(readExit(branch));
    for (const Switch &of : body_.switches)
      take(readSwitch(of));
    return best;
  }

private:
  Rounds readRange() {
    Rounds rounds;
    rounds.kind = Rounds::Data;
    if (!loop_.range)
      return rounds;
    const Value &range = body_[loop_.range];
    const Value *list = &range;
    if (range.kind == ValueKind::Local && body_.locals[range.index].kind != LocalKind::Capture)
      if (Index<Value> init = body_.locals[range.index].init;
          init && body_[init].kind == ValueKind::List && isFixedArray(range))
        list = &body_[init];
    if (list->kind == ValueKind::List)
      return {Rounds::Constant, int64_t(list->operands.size())};
    return rounds;
  }

  std::optional<Counter> counterOf(Index<Value> value) const {
    auto isInside = [this](Index<Block> block) { return isInLoop(body_, loop_, block); };
    std::optional<Counter> counter = opex::counterOf(body_, isInside, value);
    if (counter && counts_ && !counts_({StepKind::Assign, uint32_t(counter->change - body_.assigns.data())}))
      return std::nullopt;
    return counter;
  }

  Index<Value> startOf(const Counter &counter) const {
    auto isInside = [this](Index<Block> block) { return isInLoop(body_, loop_, block); };
    return opex::startOf(body_, isInside, body_[loop_.body].site.offset, counter);
  }

  /// What a comparison of a counter amounts to. `continuesIf`: the loop goes on while the condition is that;
  /// `test` is the branch in the body that leaves the loop otherwise, none for the loop's own condition.
  Rounds readComparison(Index<Value> left, Compare op, Index<Value> right, bool continuesIf, const Branch *test) const {
    std::optional<Counter> counter = counterOf(left);
    if (!counter || (right && isChangedIn(body_, loop_, right))) {
      counter = right ? counterOf(right) : std::nullopt;
      if (!counter || isChangedIn(body_, loop_, left))
        return {};
      std::swap(left, right);
      op = mirrored(op);
    }
    if (!continuesIf)
      op = negated(op);
    Rounds rounds;
    rounds.limit = right;
    rounds.isTestInside = test != nullptr;
    std::optional<int64_t> limit = right ? largestOf(right) : std::optional<int64_t>(0);
    Index<Value> startValue = startOf(*counter);
    std::optional<int64_t> start = startValue ? largestOf(startValue) : std::nullopt;
    TripTest trip{op, counter->step, start, limit};
    trip.ahead = isChangedBefore(*counter, left, test ? &test->site : nullptr) ? counter->step : 0;
    trip.isTestedLast = test || loop_.kind == LoopKind::DoWhile;
    TripCount trips = tripCount(trip);
    switch (trips.kind) {
    case TripCount::Endless: return {};
    case TripCount::Known:
      rounds.kind = Rounds::Constant;
      rounds.count = trips.count;
      return rounds;
    case TripCount::OfStart: rounds.limit = startValue ? startValue : counter->object; break;
    case TripCount::OfLimit: break;
    }
    if (isMeasure(trips.kind == TripCount::OfStart ? startValue : right))
      return {Rounds::Data};
    rounds.kind = Rounds::Symbol;
    rounds.text = spell(program_, body_, rounds.limit);
    rounds.offset = trips.count;
    return rounds;
  }

  /// `switch (tries) { … case 2: return false; }`: up to the first value whose case leaves.
  Rounds readSwitch(const Switch &of) const {
    std::optional<Counter> counter =
        isIn(body_, of.block, loop_.body) ? counterOf(of.condition) : std::nullopt;
    Index<Value> startValue = counter ? startOf(*counter) : Index<Value>();
    std::optional<int64_t> start = startValue ? largestOf(startValue) : std::nullopt;
    if (!start)
      return {};
    constexpr int64_t kMost = 100;
    int64_t value = *start + (isChangedBefore(*counter, of.condition, &of.site) ? counter->step : 0);
    for (int64_t round = 1; round <= kMost; ++round, value += counter->step) {
      const Case *taken = caseOf(of, value);
      if (taken && leaves(of.body, taken->position)) {
        Rounds rounds{Rounds::Constant, round};
        rounds.isTestInside = true;
        return rounds;
      }
    }
    return {};
  }

  /// The case that the value goes to, `default` for want of another.
  const Case *caseOf(const Switch &of, int64_t value) const {
    const Case *fallback = nullptr;
    for (const Case &label : of.cases) {
      if (!label.low)
        fallback = &label;
      else if (std::optional<int64_t> low = body_[label.low].constant)
        if (value == *low || (label.high && value > *low && value <= body_[label.high].constant.value_or(*low)))
          return &label;
    }
    return fallback;
  }

  /// The number, or the largest of those that it may be: `n ? 1 : 2`, a variable that is set to such once.
  std::optional<int64_t> largestOf(Index<Value> index) const {
    const Value &value = body_[index];
    if (value.constant)
      return value.constant;
    if (value.kind == ValueKind::Choice) {
      std::optional<int64_t> a = largestOf(value.operands[1]), b = largestOf(value.operands[2]);
      return a && b ? std::optional(std::max(*a, *b)) : std::nullopt;
    }
    if (value.kind != ValueKind::Local || body_.locals[value.index].kind != LocalKind::Automatic)
      return std::nullopt;
    Index<Value> init = body_.locals[value.index].init;
    bool isReassigned = llvm::any_of(body_.assigns, [&](const Assign &assign) { return isSamePlace(body_, assign.target, index); });
    return init && !isReassigned ? largestOf(init) : std::nullopt;
  }

  bool isChangedBefore(const Counter &counter, Index<Value> compared, const Site *test) const {
    bool isPlain = body_[compared].kind != ValueKind::Unary && body_[compared].kind != ValueKind::Call;
    if (isPlain && !test)
      return loop_.kind == LoopKind::DoWhile;
    return opex::isChangedBefore(body_, counter, compared, test ? *test : body_[compared].site);
  }

  /// A plain array, as long as its initialiser.
  bool isFixedArray(const Value &value) const {
    return value.type && (*function_.unit)[value.type].canonical.ends_with("]");
  }

  /// How much there is of something: the size of a container, the length of a text, what was read.
  bool isMeasure(Index<Value> value) const {
    if (!value)
      return false;
    if (body_[value].kind == ValueKind::Local && body_.locals[body_[value].index].kind == LocalKind::Automatic)
      if (Index<Value> init = body_.locals[body_[value].index].init; init && init != value)
        return mentions(body_, init, [&](const Value &part) { return isMeasureCall(part); });
    return mentions(body_, value, [&](const Value &part) { return isMeasureCall(part); });
  }

  bool isMeasureCall(const Value &part) const {
    if (part.kind != ValueKind::Call)
      return false;
    llvm::StringRef name = unqualified(body_.calls[part.index].name);
    return name.contains_insensitive("size") || name.contains_insensitive("count") || name.contains_insensitive("len") ||
           name == "end" || name == "cend" || name == "distance" || name.ends_with_insensitive("num") ||
           name.contains_insensitive("ntuples") || name.contains_insensitive("nfields");
  }

  Rounds readCondition(Index<Value> condition, bool continuesIf, const Branch *test) const {
    const Split split = splitCondition(body_, condition, continuesIf);
    if (split.kind == Split::Whole)
      return readPart(withoutCasts(body_, split.left), split.isTrue, test);
    // Goes on while both hold: the tighter one bounds. Goes on while one holds: the looser one does.
    Rounds left = readCondition(split.left, split.isTrue, test);
    Rounds right = readCondition(split.right, split.isTrue, test);
    return (rank(right) < rank(left)) == (split.kind == Split::Both) ? right : left;
  }

  Rounds readPart(Index<Value> condition, bool continuesIf, const Branch *test) const {
    const Value &value = body_[condition];
    if (value.kind == ValueKind::Binary)
      if (std::optional<Compare> op = compareOf(value.text)) {
        if (Rounds counted = readComparison(value.operands[0], *op, value.operands[1], continuesIf, test);
            counted.kind != Rounds::Condition)
          return counted;
        return {isFed(value.operands[0]) || isFed(value.operands[1]) ? Rounds::Data : Rounds::Condition};
      }
    if (value.kind == ValueKind::Call)
      return readCall(body_.calls[value.index], continuesIf);
    if (continuesIf || test)
      if (Rounds counted = readComparison(condition, Compare::NotEqual, {}, continuesIf, test);
          counted.kind != Rounds::Condition)
        return counted;
    return {isFed(condition) ? Rounds::Data : Rounds::Condition};
  }

  /// `it != v.end()`, `!v.empty()`, `std::getline(in, line)`.
  Rounds readCall(const Call &call, bool continuesIf) const {
    llvm::StringRef name = unqualified(call.name);
    if (call.kind == CallKind::Operator && (name == "operator==" || name == "operator!=")) {
      auto isEnd = [&](Index<Value> side) {
        return side && (isMeasure(side) || isFed(side));
      };
      return {isEnd(call.object) || llvm::any_of(call.arguments, isEnd) ? Rounds::Data : Rounds::Condition};
    }
    if (name == "empty" && !continuesIf)
      return {Rounds::Data};
    if (call.object && body_[call.object].kind == ValueKind::Call) // `while (std::getline(…))` asks the stream.
      return readCall(body_.calls[body_[call.object].index], continuesIf);
    // A stream, a cursor: what the condition itself fills, the body uses.
    for (size_t i = 0; i < call.arguments.size(); ++i)
      if (std::optional<uint32_t> local = localOf(body_, call.arguments[i]))
        if (body_.locals[*local].kind == LocalKind::Automatic && isUsedInBody(*local) && !isConstant(call.arguments[i]) && !isOnlyRead(call, i))
          return {Rounds::Data};
    return {Rounds::Condition};
  }

  bool isOnlyRead(const Call &call, size_t argument) const {
    const Type *parameter = program_.parameterType(call.callee, argument);
    return parameter && parameter->kind == TypeClass::Reference && parameter->isConst;
  }

  bool isConstant(Index<Value> value) const { return body_[value].constant || body_[value].kind == ValueKind::String; }

  bool isUsedInBody(uint32_t local) const {
    for (const Call &call : body_.calls)
      if (isInLoop(body_, loop_, call.block) && !isIn(body_, call.block, loop_.test))
        for (Index<Value> argument : call.arguments)
          if (argument && mentions(body_, argument, [&](const Value &v) { return v.kind == ValueKind::Local && v.index == local; }))
            return true;
    return false;
  }

  /// A variable that the loop's test fills anew each time, from a call: `(entry = readdir(d))`; or that walks
  /// along: `node = node->next`, `*s` with `s++`.
  bool isFed(Index<Value> value) const {
    const std::optional<uint32_t> variable = localOf(body_, value);
    if (!variable)
      return false;
    const Local &local = body_.locals[*variable];
    if (local.block && local.block == loop_.test)
      return local.init && body_[local.init].kind == ValueKind::Call;
    for (const Assign &assign : body_.assigns) {
      if (!isInLoop(body_, loop_, assign.block) || !names(body_, assign.target, Place::ofLocal(*variable)))
        continue;
      bool walks = assign.op == "++" || (assign.value && body_[assign.value].kind != ValueKind::Call &&
                                         mentions(body_, assign.value, [&](const Value &v) {
                                           return v.kind == ValueKind::Local && v.index == *variable;
                                         }));
      bool reads = isIn(body_, assign.block, loop_.test) && assign.value && body_[assign.value].kind == ValueKind::Call;
      if (reads || (walks && isWalkable(local)))
        return true;
    }
    return false;
  }

  /// Pointers and iterators walk over data; numbers count.
  bool isWalkable(const Local &local) const {
    const TuFacts &unit = *function_.unit;
    return local.type && (unit[local.type].indirections > 0 || unit[local.type].kind == TypeClass::Pointer ||
                          unit[local.type].kind == TypeClass::Record);
  }

  /// Tighter bounds first.
  static std::pair<int, int64_t> rank(const Rounds &rounds) {
    switch (rounds.kind) {
    case Rounds::Once: return {0, 0};
    case Rounds::Constant: return {1, rounds.count};
    case Rounds::Symbol: return {2, 0};
    case Rounds::Data: return {3, 0};
    case Rounds::Condition: return {4, 0};
    case Rounds::Endless: return {5, 0};
    }
    llvm_unreachable("unknown kind");
  }

  /// `if (++attempt == 3) break;` in the body, or an arm that throws, returns or never comes back.
  Rounds readExit(const Branch &branch) const {
    if (branch.kind != BranchKind::If || !isIn(body_, branch.block, loop_.body) || !branch.condition)
      return {};
    if (leaves(branch.then))
      return readCondition(branch.condition, /*continuesIf=*/false, &branch);
    if (branch.otherwise && leaves(branch.otherwise))
      return readCondition(branch.condition, /*continuesIf=*/true, &branch);
    return {};
  }

  bool leaves(Index<Block> block, uint32_t from = 0) const {
    return alwaysLeavesLoop(body_, block, loop_, {[this](Index<Call> call) { return neverReturns(call); }}, from);
  }

  bool neverReturns(Index<Call> call) const {
    if (neverReturns_)
      return neverReturns_(call);
    const LinkedFunction *callee = program_.directCallee(function_, call);
    return callee && !returns(*callee->body);
  }

  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  const Loop &loop_;
  CounterTest counts_;
  NeverReturns neverReturns_;
};

} // namespace

Rounds roundsOf(const Program &program, const LinkedFunction &function, Index<Loop> loop, CounterTest counts,
                NeverReturns neverReturns) {
  return LoopReader(program, function, loop, counts, neverReturns).read();
}

std::vector<Index<Loop>> loopsAround(const Function &function, Index<Block> block) {
  std::vector<Index<Loop>> loops;
  for (Index<Block> around : enclosingBlocks(function, block)) {
    const Block &it = function[around];
    if (it.parent && it.owner.kind == StepKind::Loop)
      loops.emplace_back(it.owner.index);
  }
  return loops;
}

} // namespace opex
