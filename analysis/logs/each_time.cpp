#include "analysis/logs/each_time.h"

#include "analysis/body/exits.h"
#include "analysis/body/loops.h"
#include "analysis/body/order.h"
#include "analysis/execution/call_components.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// The function may return before it gets to the call.
bool returnsBefore(const Function &body, Index<Call> call) {
  return llvm::any_of(body.exits, [&](const Exit &exit) {
    return exit.kind == ExitKind::Return && exit.site.offset < body[call].site.offset;
  });
}

/// What follows leaves the outermost block in any case: it runs once.
bool leavesAfter(const Function &body, Moment moment, Index<Block> outermost) {
  if (body[outermost].role != BlockRole::LoopBody)
    return false;
  const Loop &loop = body.loops[body[outermost].owner.index];
  for (; moment.valid(); moment = ownerOf(body, moment.block)) {
    // `try { answer = ask(host); break; } catch (…) { continue; }`: one host after the other until one answers.
    if (alwaysLeavesLoop(body, moment.block, loop, {.entersHandlers = false}, moment.position))
      return true;
    if (moment.block == outermost)
      break;
  }
  return false;
}

} // namespace

EachTime::EachTime(const Inputs<Statements> &in) : in_(in), program_(in.program()) {
  for (const LogStatement &log : in.get<Statements>().logs)
    logs_.insert({log.call.function, (*program_.functions[log.call.function].body)[log.call.call].site.offset});
}

bool EachTime::isInLogMacro(const LinkedFunction &function, const Loop &loop) const {
  return loop.site.expansion && logs_.contains({function.position, loop.site.offset});
}

bool EachTime::isInAnyLoop(const LinkedFunction &function, Index<Call> call) const {
  return llvm::any_of(loopsAround(*function.body, (*function.body)[call].block), [&](Index<Loop> loop) {
    return !isInLogMacro(function, function.body->loops[loop.value]);
  });
}

bool EachTime::happens(const LinkedFunction &function, Index<Call> call, Index<Block> outermost) const {
  const Function &body = *function.body;
  const LogStatement *log = in_.get<Statements>().logs.at({function.position, call});
  Moment moment = momentOf(body, call);
  while (true) {
    Index<Block> arm = conditionalArm(body, moment, outermost);
    if (!arm)
      break;
    const Block &block = body[arm];
    if (block.owner.kind != StepKind::Branch && block.owner.kind != StepKind::Loop)
      return false;
    if (block.owner.kind == StepKind::Loop && !isInLogMacro(function, body.loops[block.owner.index]) &&
        !isConstantLoop(function, block.owner.index))
      return false;
    if (block.owner.kind == StepKind::Branch) {
      const Branch &branch = body.branches[block.owner.index];
      bool asksForLevel = log && log->isMacro && branch.site.expansion == body[call].site.expansion;
      if (!asksForLevel && !(log && bothArmsLog(function, branch)))
        return false;
    }
    moment = ownerOf(body, arm);
  }
  return !leavesAfter(body, momentOf(body, call), outermost);
}

/// Which of two loggers, not whether.
bool EachTime::bothArmsLog(const LinkedFunction &function, const Branch &branch) const {
  auto logs = [&](Index<Block> arm) {
    return arm && llvm::any_of((*function.body)[arm].steps, [&](const Step &step) {
             return step.kind == StepKind::Call && in_.get<Statements>().logs.at({function.position, Index<Call>(step.index)});
           });
  };
  return logs(branch.then) && logs(branch.otherwise);
}

bool EachTime::isConstantLoop(const LinkedFunction &function, uint32_t loop) const {
  Rounds rounds = roundsOf(program_, function, Index<Loop>(loop));
  return rounds.kind == Rounds::Constant || rounds.kind == Rounds::Once;
}

SureLogs::SureLogs(const Inputs<Statements> &in, const EachTime &eachTime,
                   llvm::function_ref<bool(const LogStatement &)> counts)
    : in_(in), program_(in.program()) {
  for (const LogStatement &log : in.get<Statements>().logs)
    if (counts(log))
      counting_.insert(log.call);
  auto step = [&](uint32_t position, const std::vector<Fact> &known) {
    const LinkedFunction &function = program_.functions[position];
    Fact fact;
    for (uint32_t i = 0; i < function.body->calls.size() && !function.body->isUninstantiated; ++i) {
      Index<Call> call(i);
      if (uint32_t calls = callsTo(known, {position, call});
          calls < fact.calls && eachTime.happens(function, call, Index<Block>(0)) &&
          !eachTime.isInAnyLoop(function, call) && !returnsBefore(*function.body, call))
        fact = {calls, call};
    }
    return fact;
  };
  known_ = settle(CallComponents::calleesFirst(program_), Fact(), step);
}

uint32_t SureLogs::callsTo(const std::vector<Fact> &known, CallRef call) const {
  if (counting_.contains(call))
    return 0;
  // What a logger of the program's own writes without being told a level is judged by its lines.
  if (const LogStatement *log = in_.get<Statements>().logs.at(call); log && (!log->isOwn || log->level))
    return Fact::kNever;
  const LinkedFunction *callee = program_.directCallee(program_.functions[call.function], call.call);
  return callee && known[callee->position].calls != Fact::kNever ? known[callee->position].calls + 1 : Fact::kNever;
}

std::optional<CallRef> SureLogs::of(CallRef call, std::vector<CallRef> &through) const {
  if (callsTo(known_, call) == Fact::kNever)
    return std::nullopt;
  while (!counting_.contains(call)) {
    uint32_t callee = program_.directCallee(program_.functions[call.function], call.call)->position;
    call = {callee, known_[callee].first};
    if (!counting_.contains(call))
      through.push_back(call);
  }
  return call;
}

} // namespace opex
