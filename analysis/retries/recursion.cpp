#include "analysis/body/counters.h"
#include "analysis/body/exits.h"
#include "analysis/body/order.h"
#include "analysis/retries/finder.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

/// A parameter of the function as it is handed on.
struct Passed {
  uint32_t parameter = 0;
  std::optional<int64_t> step = 0; ///< What it is counted on by; none if that is no number.
};

std::optional<Passed> added(std::optional<Passed> passed, std::optional<int64_t> step) {
  if (passed)
    passed->step = passed->step && step ? std::optional(*passed->step + *step) : std::nullopt;
  return passed;
}

/// The argument is a parameter itself, or one counted on.
std::optional<Passed> passedIn(const Function &body, Index<Value> argument) {
  if (!argument)
    return std::nullopt;
  const Value &value = body[argument];
  auto operand = [&]() { return value.operands.empty() ? std::nullopt : passedIn(body, value.operands.front()); };
  switch (value.kind) {
  case ValueKind::Local:
    return value.index < body.parameterCount ? std::optional(Passed{value.index}) : std::nullopt;
  case ValueKind::Binary: {
    if (value.operands.size() != 2 || (value.text != "+" && value.text != "-"))
      return std::nullopt;
    std::optional<int64_t> by = body[value.operands[1]].constant;
    return added(operand(), by && value.text == "-" ? std::optional(-*by) : by);
  }
  case ValueKind::Unary: {
    if (value.operands.empty() || (value.text != "++" && value.text != "--"))
      return std::nullopt;
    bool isPrefix = value.site.offset < body[value.operands.front()].site.offset; // `n++` hands on what it was.
    return added(operand(), !isPrefix ? 0 : value.text == "++" ? 1 : -1);
  }
  case ValueKind::Cast:
  case ValueKind::AddressOf:
  case ValueKind::Deref: return operand();
  case ValueKind::Call: { // std::move(x), a copy of x.
    const Call &call = body.calls[value.index];
    llvm::StringRef name = unqualified(call.name);
    bool isSame = call.arguments.size() == 1 &&
                  (call.kind == CallKind::Constructor || name == "move" || name == "forward");
    return isSame ? passedIn(body, call.arguments.front()) : std::nullopt;
  }
  default: return std::nullopt;
  }
}

/// What the call hands on of the caller's parameters, as far as it is told.
std::vector<std::optional<Passed>> passedBy(const Function &body, const Call &call) {
  std::vector<std::optional<Passed>> result;
  for (Index<Value> argument : call.arguments)
    result.push_back(passedIn(body, argument));
  return result;
}

/// A function on the way back to the beginning, in which the counter may be tested.
struct Stage {
  const LinkedFunction *function = nullptr;
  uint32_t parameter = 0; ///< The counter's.
  int64_t ahead = 0;      ///< What it is there more than at the beginning of the round.
  Index<Call> call;       ///< What leads on.
};

/// The counter among the parameters, and by how much each round moves it.
struct Counted {
  uint32_t parameter = 0;
  std::optional<int64_t> step;
  std::optional<Stage> helper = {}; ///< Where another function comes back.
};

/// Every parameter comes back as it was, but for a counter: another constant is no counter (`fetch(url, false)`, "this
/// time without the cache").
bool isSameWork(const Function &body, const Call &call, llvm::ArrayRef<std::optional<Passed>> passed,
                std::optional<Counted> &counter) {
  if (call.object && body[call.object].kind != ValueKind::This)
    return false;
  for (uint32_t i = 0; i < passed.size(); ++i) {
    if (!passed[i] || passed[i]->parameter != i)
      return false;
    if (passed[i]->step != 0)
      counter = Counted{i, passed[i]->step};
  }
  return true;
}

bool isSameWork(const Function &body, const Call &call, std::optional<Counted> &counter) {
  std::vector<std::optional<Passed>> passed = passedBy(body, call);
  return passed.size() >= body.parameterCount &&
         isSameWork(body, call, llvm::ArrayRef(passed).take_front(body.parameterCount), counter);
}

/// `onError()`, which begins the operation anew: what `call` gives the helper, it hands on.
bool comesBackThrough(const LinkedFunction &function, const Call &call, const LinkedFunction &helper,
                      std::optional<Counted> &counter) {
  if (helper.position == function.position)
    return false;
  std::vector<std::optional<Passed>> given = passedBy(*function.body, call);
  for (const CallEdge &edge : helper.callees) {
    if (edge.callee != function.position || !edge.isCertain())
      continue;
    const Call &back = (*helper.body)[edge.call];
    std::optional<Counted> ofHelper;
    if (!back.arguments.empty() && !isSameWork(*helper.body, back, ofHelper))
      continue;
    for (uint32_t i = 0; i < back.arguments.size() && i < function.body->parameterCount; ++i)
      if (std::optional<Passed> last = passedIn(*helper.body, back.arguments[i]); last && last->parameter < given.size())
        if (std::optional<Passed> whole = added(given[last->parameter], last->step);
            whole && whole->parameter == i && whole->step != 0)
          counter = Counted{i, whole->step, Stage{&helper, last->parameter, given[last->parameter]->step.value_or(0), edge.call}};
    return true;
  }
  return false;
}

/// What the counter is when the function is called from elsewhere, if that is one number.
std::optional<int64_t> startOf(const RetryFinder &finder, const LinkedFunction &function, uint32_t parameter) {
  std::set<int64_t> starts;
  for (const CallEdge &edge : function.callers) {
    if (edge.caller == function.position)
      continue;
    const Function &caller = *finder.program.functions[edge.caller].body;
    const Call &call = caller[edge.call];
    if (parameter < call.arguments.size() && call.arguments[parameter])
      if (std::optional<int64_t> start = caller[call.arguments[parameter]].constant)
        starts.insert(*start);
  }
  if (Index<Value> byDefault = function.body->locals[parameter].init;
      starts.empty() && byDefault && (*function.body)[byDefault].constant)
    starts.insert(*(*function.body)[byDefault].constant);
  return starts.size() == 1 ? std::optional(*starts.begin()) : std::nullopt;
}

/// How the branch must come out for the call to be reached; none if it may be either way.
std::optional<bool> leadsTo(const Function &body, const Branch &branch, Index<Call> call, NeverReturns ends) {
  for (bool isTrue : {true, false}) {
    Index<Block> taken = isTrue ? branch.then : branch.otherwise, other = isTrue ? branch.otherwise : branch.then;
    if (isIn(body, body[call].block, taken))
      return isTrue;
    Moment moment = momentOf(body, branch.block, {StepKind::Branch, uint32_t(&branch - body.branches.data())});
    if (alwaysLeaves(body, other, {ends}) && happensBefore(body, moment, momentOf(body, call)) == Before::Always)
      return isTrue;
  }
  return std::nullopt;
}

class Recursion {
public:
  Recursion(RetryFinder &finder, const LinkedFunction &function) : finder_(finder), function_(function), body_(*function.body) {}

  void read() {
    bool isDirect = false;
    for (const CallEdge &edge : function_.callees) {
      if (!edge.isCertain())
        continue;
      const Call &call = body_[edge.call];
      bool comesBack = edge.callee == function_.position && isSameWork(body_, call, counter_);
      isDirect |= comesBack;
      round_.isOneObject |= comesBack;
      if (comesBack || comesBackThrough(function_, call, finder_.program.functions[edge.callee], counter_))
        round_.again.push_back(edge.call);
    }
    RetryUse use;
    if (round_.again.empty() || !collectWork(finder_, function_, round_, [](const Call &) { return true; }, use))
      return;
    use.form = RetryForm::Recursion;
    use.function = function_.position;
    use.site = body_[round_.again.front()].site;
    if (!isDirect) {
      use.confidence = Confidence::Medium;
      use.doubt = "the function comes back to itself over others";
    }
    const Call &work = body_[use.work.front().call];
    use.attempts = attempts(work);
    use.isGuarded = isGuardedIn(finder_, function_, [](Index<Block>) { return true; });
    use.evidence.push_back({finder_.program.location(function_, work.site),
                            "when `" + unqualified(work.name).str() + "` fails, the function calls itself again"});
    finder_.found.push_back(std::move(use));
  }

private:
  /// Where the counter begins, and where a condition ends it.
  Attempts attempts(const Call &work) const {
    if (!counter_)
      return attemptsBetween(finder_, function_, [](Index<Block>) { return true; }).attempts;
    Attempts symbol{Attempts::Unbounded, 0, {}};
    std::vector<Stage> stages = {{&function_, counter_->parameter, 0, round_.again.front()}};
    if (counter_->helper)
      stages.push_back(*counter_->helper);
    for (const Stage &stage : stages)
      for (const Branch &branch : stage.function->body->branches) {
        if (!mentions(*stage.function->body, branch.condition, [&](const Value &part) { return isCounter(stage, part); }))
          continue;
        if (std::optional<Attempts> known = attemptsBy(stage, branch, work))
          return *known;
        if (symbol.kind == Attempts::Unbounded)
          symbol = {Attempts::Symbol, 0, spell(finder_.program, *stage.function->body, branch.condition)};
      }
    return symbol;
  }

  static bool isCounter(const Stage &stage, const Value &value) {
    return value.kind == ValueKind::Local && value.index == stage.parameter;
  }

  /// What the counter is compared with: as it is written, or as a variable always is or starts as.
  Attempts limitOf(const Stage &stage, Index<Value> value) const {
    const Function &body = *stage.function->body;
    if (body[value].constant)
      return {Attempts::Known, *body[value].constant, {}};
    Attempts limit{Attempts::Symbol, 0, spell(finder_.program, body, value)};
    resolveLimit(finder_, {stage.function->position, {}}, value, 0, limit);
    return limit;
  }

  std::optional<Attempts> attemptsBy(const Stage &stage, const Branch &branch, const Call &work) const {
    const Function &body = *stage.function->body;
    auto ends = [&](Index<Call> call) { return finder_.work.neverReturns(*stage.function, call); };
    std::optional<bool> goesOn = leadsTo(body, branch, stage.call, ends);
    std::optional<int64_t> start = startOf(finder_, function_, counter_->parameter);
    std::optional<Attempts> fewest;
    if (!goesOn || !start || !counter_->step)
      return std::nullopt;
    visitImplied(body, branch.condition, *goesOn, [&](Index<Value> part, bool isTrue) {
      std::optional<Comparison> comparison = comparisonOf(body, part, isTrue);
      if (comparison && !isCounter(stage, body[comparison->left]))
        comparison = mirrored(*comparison);
      if (!comparison || !isCounter(stage, body[comparison->left]))
        return;
      const Attempts limit = limitOf(stage, comparison->right);
      if (limit.kind != Attempts::Known)
        return;
      // `if (!get() && n < 3)` tests when it has been done.
      bool isTestedLast = stage.function != &function_ || body[comparison->left].site.offset > work.site.offset;
      TripTest test{comparison->op, *counter_->step, start, limit.count, stage.ahead, isTestedLast};
      if (TripCount trips = tripCount(test); trips.kind == TripCount::Known && (!fewest || trips.count < fewest->count))
        fewest = {Attempts::Known, trips.count, limit.text};
    });
    return fewest;
  }

  RetryFinder &finder_;
  const LinkedFunction &function_;
  const Function &body_;
  Round round_;
  std::optional<Counted> counter_;
};

} // namespace

void findRecursions(RetryFinder &finder) {
  for (const LinkedFunction &function : finder.program.functions)
    Recursion(finder, function).read();
}

} // namespace opex
