#include "analysis/logs/log_loops.h"

#include "analysis/body/counters.h"
#include "analysis/body/exits.h"
#include "analysis/execution/call_components.h"
#include "analysis/logs/each_time.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

class LogLoopFinder {
public:
  LogLoopFinder(const LogLoopNeeds &in, const LogLoopRules &rules)
      : in_(in), program_(in.program()), rules_(rules), eachTime_(in) {}

  LogLoops find() {
    sureLogs_.emplace(in_, eachTime_, [&](const LogStatement &log) { return counts(log); });
    settleWaits();
    for (const LinkedFunction &function : program_.functions) {
      if (function.body->isUninstantiated)
        continue;
      for (uint32_t i = 0; i < function.body->loops.size(); ++i)
        addLoop(function, Index<Loop>(i));
      addAlgorithms(function);
    }
    for (const LogStatement &log : in_.get<Statements>().logs)
      result_.whyNone.push_back(whyNone(log));
    return std::move(result_);
  }

private:
  llvm::StringRef whyNone(const LogStatement &log) {
    const CallRef statement = log.call;
    const LinkedFunction &function = program_.functions[statement.function];
    const Function &body = *function.body;
    if (log.isRateLimited)
      return "it is rate-limited";
    if (!counts(log))
      return log.level ? "its level does not count" : "its level is not known";
    std::optional<Index<Loop>> index = innermostDataLoop(function, body[statement.call].block);
    if (!index)
      return eachTime_.isInAnyLoop(function, statement.call)
                 ? "something else than data decides how often the loop around it goes round"
                 : "no loop stands around it in its function";
    const Loop &loop = body.loops[index->value];
    if (!isEachRound(function, *index, statement.call))
      return "it is not written in each round: under a condition, in an inner loop, or the loop is left after it";
    if (isPaced(function, *index))
      return "the loop around it waits, for work or for time to pass";
    if (leavesOnSuccess(body, statement.call, loop))
      return "the loop around it tries one after the other until one works";
    if (isAttempt(body, statement.call, {.loop = *index, .rounds = roundsOf(program_, function, *index)}))
      return "the loop around it counts attempts, and is left before it when one has worked";
    if (isFailureReport(function, loop) && isError(statement))
      return "the loop around it gives the details of one failure";
    return isGuarded(function, *index) ? "whether to log so much is asked before the loop" : "";
  }

  /// The call runs in every round, and of no loop further in.
  bool isEachRound(const LinkedFunction &function, Index<Loop> index, Index<Call> call) {
    const Function &body = *function.body;
    const Loop &loop = body.loops[index.value];
    return innermostDataLoop(function, body[call].block) == index && isIn(body, body[call].block, loop.body) &&
           eachTime_.happens(function, call, loop.body);
  }

  /// Its rounds follow what it waits for.
  bool isPaced(const LinkedFunction &function, Index<Loop> index) {
    auto [known, isNew] = paced_.try_emplace({function.position, index});
    for (uint32_t i = 0; isNew && !known->second && i < function.body->calls.size(); ++i)
      known->second = isEachRound(function, index, Index<Call>(i)) && waits(waits_, {function.position, Index<Call>(i)});
    return known->second;
  }

  bool counts(const LogStatement &log) const {
    return !log.isRateLimited && log.level && llvm::is_contained(rules_.levels, *log.level);
  }

  void addLoop(const LinkedFunction &function, Index<Loop> index) {
    const Function &body = *function.body;
    const Loop &loop = body.loops[index.value];
    LogLoop found{function.position, index, {}, roundsOf(program_, function, index), {}};
    if (!isByData(function, loop, found.rounds))
      return;
    for (uint32_t i = 0; i < body.calls.size(); ++i) {
      Index<Call> call(i);
      if (isEachRound(function, index, call) && !leavesOnSuccess(body, call, loop) && !isAttempt(body, call, found))
        addLine(function, call, found.lines);
    }
    if (isFailureReport(function, loop))
      std::erase_if(found.lines, [&](const LogLoop::Line &line) { return isError(line.statement); });
    if (!found.lines.empty() && !isGuarded(function, index) && !isPaced(function, index))
      result_.loops.push_back(std::move(found));
  }

  void addAlgorithms(const LinkedFunction &function) {
    for (const IterationUse &use : in_.get<Statements>().iterations) {
      if (use.call.function != function.position)
        continue;
      LogLoop found{function.position, {}, use.call.call, {Rounds::Data}, {}};
      for (uint32_t work : use.work) {
        const LinkedFunction &callable = program_.functions[work];
        for (uint32_t i = 0; i < callable.body->calls.size(); ++i)
          if (eachTime_.happens(callable, Index<Call>(i), Index<Block>(0)) && !eachTime_.isInAnyLoop(callable, Index<Call>(i)))
            addLine(callable, Index<Call>(i), found.lines);
      }
      if (!found.lines.empty())
        result_.loops.push_back(std::move(found));
    }
  }

  void addLine(const LinkedFunction &function, Index<Call> call, std::vector<LogLoop::Line> &lines) {
    LogLoop::Line line;
    line.at = {function.position, call};
    if (std::optional<CallRef> statement = sureLogs_->of(line.at, line.through)) {
      line.statement = *statement;
      lines.push_back(std::move(line));
    }
  }

  bool isError(CallRef statement) const {
    return in_.get<Statements>().logs.at(statement)->level >= LogLevel::Error;
  }

  /// The details of one failure: the loop stands in a handler, or in an arm that gives up after it.
  static bool isFailureReport(const LinkedFunction &function, const Loop &loop) {
    const Function &body = *function.body;
    for (Index<Block> block : enclosingBlocks(body, loop.block)) {
      if (body[block].role == BlockRole::HandlerBody)
        return true;
      bool isArm = body[block].role == BlockRole::Then || body[block].role == BlockRole::Else;
      if (isArm && alwaysLeaves(body, block))
        return true;
    }
    return false;
  }

  /// Somebody asked how much is to be logged before the loop is entered.
  bool isGuarded(const LinkedFunction &function, Index<Loop> index) const {
    const Function &body = *function.body;
    const Loop &loop = body.loops[index.value];
    for (const LogGuardUse &guard : in_.get<Statements>().logGuards) {
      if (guard.function != function.position)
        continue;
      const Branch &branch = body.branches[guard.branch];
      if (branch.kind != BranchKind::If)
        continue;
      if (isIn(body, loop.block, branch.then) || isIn(body, loop.block, branch.otherwise))
        return true;
      if (alwaysLeaves(body, branch.then) && isIn(body, loop.block, branch.block) && branch.site.offset < loop.site.offset)
        return true;
    }
    return false;
  }

  /// `if (bind(port)) return …;`: tries one after the other until one works, so the last call is the one that logs.
  static bool leavesOnSuccess(const Function &body, Index<Call> call, const Loop &loop) {
    return llvm::any_of(body.branches, [&](const Branch &branch) {
      if (branch.kind != BranchKind::If || !branch.condition || !isIn(body, branch.block, loop.body))
        return false;
      const Value &condition = body[branch.condition];
      bool isResult = condition.kind == ValueKind::Call && condition.index == call.value;
      return isResult && alwaysLeaves(body, branch.then);
    });
  }

  /// `for (retries = n; …) { if (ask() == OK) break; log("again"); }`: the loop counts attempts.
  static bool isAttempt(const Function &body, Index<Call> call, const LogLoop &found) {
    if (found.rounds.kind != Rounds::Symbol)
      return false;
    const Loop &loop = body.loops[found.loop.value];
    return llvm::any_of(body.exits, [&](const Exit &exit) {
      return exit.kind == ExitKind::Break && exit.block != loop.body && isIn(body, exit.block, loop.body) &&
             exit.site.offset < body[call].site.offset;
    });
  }

  /// Nothing but elements decides how often it goes round.
  bool isByData(const LinkedFunction &function, const Loop &loop, const Rounds &rounds) const {
    switch (rounds.kind) {
    case Rounds::Constant: return rounds.count > rules_.constantRounds && !eachTime_.isInLogMacro(function, loop);
    case Rounds::Data: return !eachTime_.isInLogMacro(function, loop) && !isFixedSet(function, loop);
    case Rounds::Symbol: return !eachTime_.isInLogMacro(function, loop);
    case Rounds::Once:
    case Rounds::Condition:
    case Rounds::Endless: return false;
    }
    llvm_unreachable("unknown kind");
  }

  /// An array or constant that is as long as its author wrote it.
  bool isFixedSet(const LinkedFunction &function, const Loop &loop) const {
    if (!loop.range)
      return false;
    const Value &range = (*function.body)[loop.range];
    if (range.type) {
      const Type &type = (*function.unit)[range.type];
      if (type.kind == TypeClass::Array || type.recordName == "std::array" || type.recordName == "std::initializer_list")
        return true;
    }
    if (range.kind != ValueKind::Global)
      return false;
    const Declaration *variable = program_.declaration(range.entity);
    return variable && variable->isConst;
  }

  std::optional<Index<Loop>> innermostDataLoop(const LinkedFunction &function, Index<Block> block) {
    for (Index<Loop> loop : loopsAround(*function.body, block)) {
      auto [known, isNew] = byData_.try_emplace({function.position, loop});
      if (isNew)
        known->second = isByData(function, function.body->loops[loop.value], roundsOf(program_, function, loop));
      if (known->second)
        return loop;
    }
    return std::nullopt;
  }

  /// Sleeps, waits for work or for somebody else: itself, or in a function that it surely runs.
  bool waits(const std::vector<uint8_t> &known, CallRef call) const {
    if (in_.get<Statements>().isPause(call))
      return true;
    if (const DependencyUse *use = in_.get<Dependencies>().at(call))
      return use->isIdleWait || use->isLocalWait;
    const LinkedFunction *callee = program_.directCallee(program_.functions[call.function], call.call);
    return callee && known[callee->position];
  }

  /// Under no condition but that of a loop: `while (items_.empty()) filled_.wait(lock);`
  static bool isUnconditional(const Function &body, Index<Call> call) {
    return llvm::all_of(enclosingBlocks(body, body[call].block), [&](Index<Block> block) {
      BlockRole role = body[block].role;
      return role != BlockRole::Then && role != BlockRole::Else && role != BlockRole::SwitchBody && role != BlockRole::HandlerBody;
    });
  }

  void settleWaits() {
    waits_ = settle(CallComponents::calleesFirst(program_), uint8_t(0), [&](uint32_t position, const std::vector<uint8_t> &known) {
      const Function &body = *program_.functions[position].body;
      for (uint32_t i = 0; i < body.calls.size(); ++i)
        if (isUnconditional(body, Index<Call>(i)) && waits(known, {position, Index<Call>(i)}))
          return uint8_t(1);
      return uint8_t(0);
    });
  }

  const LogLoopNeeds in_;
  const Program &program_;
  const LogLoopRules &rules_;
  EachTime eachTime_;
  std::optional<SureLogs> sureLogs_;
  LogLoops result_;
  std::vector<uint8_t> waits_; ///< By position: each call of the function waits.
  std::map<std::pair<uint32_t, Index<Loop>>, bool> byData_, paced_;
};

} // namespace

LogLoops logLoops(const LogLoopNeeds &in, const LogLoopRules &rules) { return LogLoopFinder(in, rules).find(); }

} // namespace opex
