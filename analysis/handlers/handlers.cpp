#include "analysis/handlers/handlers.h"

#include "analysis/handlers/boundaries.h"
#include "analysis/handlers/answer_use.h"
#include "analysis/body/exits.h"
#include "analysis/body/order.h"
#include "analysis/handlers/reasons.h"
#include "analysis/handlers/try_calls.h"
#include "analysis/body/try_results.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

/// What the studies of a program's handlers share.
struct HandlerContext {
  explicit HandlerContext(const Inputs<Entries, Statements> &in)
      : in(in), program(in.program()), boundaries(in), throwing(in) {}

  const Inputs<Entries, Statements> in;
  const Program &program;
  Boundaries boundaries;
  Throwing throwing;
};

/// How the block around the try can end behind it.
Exits exitsAfter(const Function &body, const Try &owner, const ExitOptions &options = {}) {
  Moment at = momentOf(body, owner.block, {StepKind::Try, uint32_t(&owner - body.tries.data())});
  return exitsOf(body, owner.block, options, at.position + 1);
}

/// What runs when the handler is left at its end: for a try that never falls through itself, everything
/// after it is part of the answer to the failure (`try { return f(); } catch (…) {} return fallback();`).
std::vector<Step> continuation(const Function &body, const Try &owner) {
  std::vector<Step> steps;
  if (!alwaysLeaves(body, owner.body))
    return steps;
  Step at{StepKind::Try, static_cast<uint32_t>(&owner - body.tries.data())};
  for (Index<Block> block = owner.block; block; at = body[block].owner, block = body[block].parent) {
    const std::vector<Step> &all = body[block].steps;
    auto found = llvm::find(all, at);
    if (found != all.end())
      steps.insert(steps.end(), found + 1, all.end());
    if (body[block].role == BlockRole::LoopBody || alwaysLeaves(body, block))
      break;
  }
  return steps;
}

/// The innermost loop that the try stands in, if nothing but plain scopes, branches and tries is between.
Index<Block> loopBodyAround(const Function &body, Index<Block> block) {
  for (Index<Block> outer : enclosingBlocks(body, block)) {
    if (body[outer].role == BlockRole::LoopBody && !isOnce(body, body.loops[body[outer].owner.index]))
      return outer;
    if (body[outer].role == BlockRole::SwitchBody || body[outer].role == BlockRole::HandlerBody)
      return {};
  }
  return {};
}

bool hasExit(const Function &body, const std::vector<uint32_t> &exits, ExitKind kind) {
  return llvm::any_of(exits, [&](uint32_t exit) { return body.exits[exit].kind == kind; });
}

/// The loop around ends when the try completes, so that it goes on *because* the try failed.
bool retriesByLoop(const Program &program, const LinkedFunction &function, Index<Try> index,
                   const HandlerStudy &study) {
  const Function &body = *function.body;
  const Try &owner = body[index];
  Index<Block> loopBody = loopBodyAround(body, owner.block);
  if (!loopBody || hasExit(body, study.effects.exits, ExitKind::Break) ||
      hasExit(body, study.effects.exits, ExitKind::Return))
    return false;
  auto leavesLoop = [&](Exits exits) {
    return !exits.fallsThrough && !exits.continues && !exits.jumps && (exits.returns || exits.breaks);
  };
  // Also over a range: then each element is an alternative to the one that failed.
  if (leavesLoop(exitsOf(body, owner.body)))
    return true;
  if (hasExit(body, study.effects.exits, ExitKind::Continue) && leavesLoop(exitsAfter(body, owner)))
    return true;
  const Loop &loop = body.loops[body[loopBody].owner.index];
  return testsWhatTrySets(program, function, index, loop.condition);
}

/// What follows the try at once, on the way of success and failure alike, throws or ends the process.
bool endsAfterwards(const Inputs<Statements> &in, const LinkedFunction &function, const Try &owner) {
  const Function &body = *function.body;
  Exits exits = exitsAfter(body, owner, {[&](Index<Call> call) {
                             return in.get<Statements>().aborts.at({function.position, call}) != nullptr;
                           }});
  return !exits.fallsThrough && (exits.throws || exits.stops) && !exits.returns && !exits.breaks && !exits.continues &&
         !exits.jumps;
}

/// The return that follows the try at once, for a handler that is left at its end.
std::vector<uint32_t> returnBehind(const Function &body, const Try &owner) {
  llvm::ArrayRef<Step> steps = body[owner.block].steps;
  auto at = llvm::find(steps, Step{StepKind::Try, static_cast<uint32_t>(&owner - body.tries.data())});
  auto next = std::find_if(at, steps.end(), [](const Step &step) {
    return step.kind != StepKind::Call && step.kind != StepKind::Try;
  });
  if (next == steps.end() || next->kind != StepKind::Exit ||
      body.exits[next->index].kind != ExitKind::Return ||
      llvm::count_if(llvm::make_range(at, next), [](const Step &s) { return s.kind == StepKind::Try; }) > 1)
    return {};
  // `return "";` makes the text first.
  bool isPure = std::all_of(at, next, [&](const Step &step) {
    return step.kind == StepKind::Try ||
           mentions(body, body.exits[next->index].value, [&](const Value &value) {
             return value.kind == ValueKind::Call && value.index == step.index;
           });
  });
  return isPure ? std::vector<uint32_t>{next->index} : std::vector<uint32_t>();
}

/// What the handler returns or, left at its end, what it lets the function return for want of a result.
AnswerGiven answerTo(const Program &program, const LinkedFunction &function, const Handler &handler,
                     const std::vector<uint32_t> &exits) {
  const Function &body = *function.body;
  if (!exits.empty() || alwaysLeaves(body, handler.body))
    return answerOf(program, function, handler.owner, exits);
  AnswerGiven given = answerOf(program, function, handler.owner, returnBehind(body, body[handler.owner]));
  return given.isNotFound ? given : AnswerGiven();
}

/// `catch (const std::out_of_range &)` around `at` of a container of the standard library.
bool isLookupOf(const LinkedFunction &function, const Handler &handler, const std::vector<Index<Call>> &calls) {
  if (!handler.caught || (*function.unit)[handler.caught].recordName != "std::out_of_range")
    return false;
  return llvm::any_of(calls, [&](Index<Call> call) {
    llvm::StringRef name = (*function.body)[call].name;
    return name.starts_with("std::") && unqualified(name) == "at";
  });
}

/// All that may throw is asked for its result, and the handler goes on with the next element.
bool isFilterOf(const Function &body, const HandlerStudy &study) {
  bool skips = !study.effects.exits.empty() && llvm::all_of(study.effects.exits, [&](uint32_t exit) {
    return body.exits[exit].kind == ExitKind::Continue;
  });
  return skips && !study.mayThrow.empty() &&
         llvm::all_of(study.mayThrow, [&](Index<Call> call) { return body[call].result == ResultUse::Used; });
}

bool isBroadType(const LinkedFunction &function, const Handler &handler) {
  if (!handler.caught)
    return true;
  llvm::StringRef name = (*function.unit)[handler.caught].recordName;
  return name == "std::exception" || name == "std::runtime_error";
}

} // namespace

llvm::StringRef HandlerStudy::whyHandled() const {
  const std::pair<bool, llvm::StringLiteral> reasons[] = {
      {rethrows, "a constructor's or destructor's function-try-block throws the failure on"},
      {effects.throws, "it throws, or calls something that does or that never returns"},
      {retries, "falling out of it runs the operation again"},
      {endsAfterwards, "what follows the try throws or ends the process in any case"},
      {isWanted, "the exception is what a test waits for"},
      {isTested, "code after the try tests what only a complete try sets"},
      {isLookup && answer == Answer::None, "that a container does not have it is an answer, and the caught exception says just that"},
      {effects.reports, "it reports the failure"},
      {effects.handsOnCause, "it hands on the caught exception, or something made from it"},
      {effects.works, "it does something that is noticed outside, and may be a recovery"},
      {preset == Preset::Default, "what it leaves is the default that the caller gave"},
      {preset == Preset::Status, "an out-parameter says that it failed until the try says otherwise"},
      {answer == Answer::Status, "it returns a value that tells callers about the failure"},
  };
  for (const auto &[holds, reason] : reasons)
    if (holds)
      return reason;
  return {};
}

static HandlerStudy study(HandlerContext &context, const LinkedFunction &function, Index<Handler> index) {
  const Program &program = context.program;
  const Function &body = *function.body;
  const Handler &handler = body[index];
  const Try &owner = body[handler.owner];
  HandlerStudy study;
  study.function = &function;
  study.handler = index;
  std::vector<Step> steps = body[handler.body].steps;
  if (!alwaysLeaves(body, handler.body)) {
    std::vector<Step> after = continuation(body, owner);
    steps.insert(steps.end(), after.begin(), after.end());
  }
  study.effects = effectsOf(context.in, function, steps, handler.variable);

  bool isImplicit = body.kind == FunctionKind::Constructor || body.kind == FunctionKind::Destructor;
  study.rethrows = owner.isFunctionTry && isImplicit && !hasExit(body, study.effects.exits, ExitKind::Return);
  study.retries = retriesByLoop(program, function, handler.owner, study);
  study.leavesLoop = hasExit(body, study.effects.exits, ExitKind::Break) && loopBodyAround(body, owner.block);
  study.isBroad = isBroadType(function, handler);
  study.mustNotThrow = body.kind == FunctionKind::Destructor || body.isNoexcept;
  study.boundary = context.boundaries.at(function, handler.owner);
  const std::vector<Index<Call>> calls = callsIn(context.in, function, owner);
  study.mayThrow = thoseThatMayThrow(context.throwing, function, owner, calls, study.onlyMemory);
  study.comments = commentsOf(function, index, study.mayThrow);
  study.endsAfterwards = endsAfterwards(context.in, function, owner);
  study.isWanted = wantsException(function, owner);
  study.onlyCleansUp = onlyCleansUp(context.in, function, calls);
  study.runsAnything = runsAnything(function, calls);
  study.isTested = testsResultOf(program, function, handler.owner);
  study.isLookup = isLookupOf(function, handler, study.mayThrow);
  study.isFilter = isFilterOf(body, study);
  study.isCleanUpHelper = !study.isBroad && isCleanUpHelper(function, owner);
  study.preset = presetBefore(function, handler.owner);
  AnswerGiven given = answerTo(program, function, handler, study.effects.exits);
  for (Index<Value> text : study.effects.texts) {
    if (admitsUnfinished(body[text].text))
      study.admission = body[text].text.substr(0, 40).str();
    study.statesDecision |= statesDecision(body[text].text);
  }
  study.answer = given.answer;
  study.isNotFound = given.isNotFound;
  study.isAskedFor = given.answer == Answer::Default && isAskedForByAll(program, function, given.value);
  study.answered = given.value;
  study.sameAnswer = given.same;
  return study;
}

Handlers Handlers::run(const Needs &in) {
  Handlers result;
  HandlerContext context(in);
  for (const LinkedFunction &function : in.program().functions)
    for (uint32_t i = 0; i < function.body->handlers.size(); ++i)
      result.all.push_back(study(context, function, Index<Handler>(i)));
  return result;
}

} // namespace opex
