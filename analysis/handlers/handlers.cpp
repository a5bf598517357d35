#include "analysis/handlers/handlers.h"

#include "analysis/calls/throwing.h"
#include "analysis/handlers/boundaries.h"
#include "analysis/handlers/answer_use.h"
#include "analysis/body/exits.h"
#include "analysis/body/identity.h"
#include "analysis/body/order.h"
#include "analysis/calls/log_calls.h"
#include "analysis/handlers/reasons.h"
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

/// How likely it is that the try is there because of this call: low numbers are likely. What is called for
/// its effect comes before what is called for its result, and the work before the logging of it.
unsigned rankOf(const Inputs<Statements> &in, const LinkedFunction &function, Index<Call> index) {
  const Call &call = (*function.body)[index];
  if (isForLogging(in, function, index))
    return 4;
  if (unqualified(call.name) == "operator()")
    return 0;
  if (call.kind == CallKind::Constructor || call.kind == CallKind::Operator)
    return 3;
  const Declaration *callee = in.program().declaration(call.callee);
  if (call.name.starts_with("std::") || (callee && callee->isConst))
    return 2;
  return call.result == ResultUse::Discarded ? 0 : 1;
}

/// The call makes what a `throw` of the try throws.
bool isThrown(const Function &body, Index<Call> call, Index<Block> tryBody) {
  return llvm::any_of(body.exits, [&](const Exit &exit) {
    return exit.kind == ExitKind::Throw && exit.value && isIn(body, exit.block, tryBody) &&
           mentions(body, exit.value, [&](const Value &value) {
             return value.kind == ValueKind::Call && value.index == call.value;
           });
  });
}

/// What the try does and does not promise to do without fail: likely culprits first, in order of the source.
std::vector<Index<Call>> callsIn(const Inputs<Statements> &in, const LinkedFunction &function, const Try &owner) {
  const Function &body = *function.body;
  std::vector<std::pair<unsigned, Index<Call>>> ranked;
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    const Call &call = body.calls[i];
    const Declaration *callee = in.program().declaration(call.callee);
    if (call.kind != CallKind::Destructor && !(callee && callee->isNoexcept) &&
        isIn(body, call.block, owner.body))
      ranked.push_back({rankOf(in, function, Index<Call>(i)), Index<Call>(i)});
  }
  llvm::sort(ranked);
  std::vector<Index<Call>> calls;
  for (const auto &[rank, call] : ranked)
    calls.push_back(call);
  return calls;
}

/// Of these calls those that may throw. Those that can only run out of memory count where there are no
/// others.
std::vector<Index<Call>> thoseThatMayThrow(HandlerContext &context, const LinkedFunction &function,
                                           const Try &owner, llvm::ArrayRef<Index<Call>> calls,
                                           bool &onlyMemory) {
  const Function &body = *function.body;
  std::vector<Index<Call>> anything, memory;
  for (Index<Call> call : calls) {
    if (Throwing::isKept(body, body[call].block, owner.body))
      continue;
    Throws throws = isThrown(body, call, owner.body) ? Throws::Anything : context.throwing.of(function, call);
    if (throws != Throws::Never)
      (throws == Throws::Memory ? memory : anything).push_back(call);
  }
  onlyMemory = anything.empty() && !memory.empty();
  return onlyMemory ? memory : anything;
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

Site siteOf(const Function &body, const Step &step) {
  switch (step.kind) {
  case StepKind::Call: return body.calls[step.index].site;
  case StepKind::Branch: return body.branches[step.index].site;
  case StepKind::Loop: return body.loops[step.index].site;
  case StepKind::Switch: return body.switches[step.index].site;
  case StepKind::Block: return body.blocks[step.index].site;
  case StepKind::Declare: return body.locals[step.index].site;
  case StepKind::Assign: return body.assigns[step.index].site;
  case StepKind::Exit: return body.exits[step.index].site;
  case StepKind::Try: return body.tries[step.index].site;
  case StepKind::Label: return body.labels[step.index].site;
  }
  llvm_unreachable("unknown step");
}

/// The last thing in the try is to fail a test (`CHECK(false)`, `FAIL()`), or the whole try comes out of a
/// testing macro: the exception is what the test wants.
bool wantsException(const LinkedFunction &function, const Try &owner) {
  const Function &body = *function.body;
  if (!owner.body || body[owner.body].steps.empty())
    return false;
  Site last = siteOf(body, body[owner.body].steps.back());
  if (!last.expansion)
    return false;
  const Expansion &expansion = (*function.unit)[last.expansion];
  if (expansion.macro.contains("FAIL"))
    return true;
  bool isTest =
      llvm::any_of(llvm::ArrayRef<llvm::StringLiteral>{"CHECK", "REQUIRE", "EXPECT", "ASSERT", "assert"},
                   [&](llvm::StringRef word) { return expansion.macro.contains(word); });
  bool holdsTry = owner.site.expansion && owner.site.offset == last.offset;
  return isTest &&
         (holdsTry || (!expansion.arguments.empty() && (expansion.arguments.front().starts_with("false") ||
                                                        expansion.arguments.front().starts_with("!\""))));
}

/// A call whose name says that it gives something back.
bool isCleanUp(llvm::StringRef name) {
  static constexpr llvm::StringLiteral kVerbs[] = {
      "close",   "shutdown", "disconnect", "release", "destroy",  "free",      "unlink", "remove",
      "cleanup", "stop",     "cancel",     "join",    "rollback", "terminate", "erase",  "unregister"};
  std::string lower = unqualified(name).lower();
  return llvm::any_of(kVerbs, [&](llvm::StringRef verb) { return llvm::StringRef(lower).starts_with(verb); });
}

/// All that the try does for its effect is to clean up.
bool onlyCleansUp(const Inputs<Statements> &in, const LinkedFunction &function,
                  const std::vector<Index<Call>> &calls) {
  bool cleans = false;
  for (Index<Call> index : calls) {
    unsigned rank = rankOf(in, function, index);
    if (rank > 1)
      break;
    if (!isCleanUp((*function.body)[index].name))
      return false;
    cleans = true;
  }
  return cleans;
}

/// `void closeLater(int id) { try { table.remove(id); } catch (const NotThere &) {} }`
bool isCleanUpHelper(const LinkedFunction &function, const Try &owner) {
  const Function &body = *function.body;
  auto steps = [&](Index<Block> block) { return llvm::ArrayRef<Step>(body[block].steps); };
  if (!isCleanUp(body.name) || !owner.body || owner.block != Index<Block>(0) ||
      steps(owner.block).size() != 1)
    return false;
  auto isStatement = [&](const Step &step) { return body.calls[step.index].result != ResultUse::Used; };
  return llvm::all_of(steps(owner.body), [](const Step &step) { return step.kind == StepKind::Call; }) &&
         llvm::count_if(steps(owner.body), isStatement) == 1;
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

/// Runs code that the function does not choose, and so may fail in any way.
bool runsAnything(const LinkedFunction &function, const std::vector<Index<Call>> &calls) {
  return llvm::any_of(calls, [&](Index<Call> index) {
    const Call &call = (*function.body)[index];
    return call.kind == CallKind::Indirect || call.isVirtual || unqualified(call.name) == "operator()";
  });
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
  study.mayThrow = thoseThatMayThrow(context, function, owner, calls, study.onlyMemory);
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

std::string caughtType(const LinkedFunction &function, Index<Handler> index) {
  const Handler &handler = (*function.body)[index];
  return handler.caught ? (*function.unit)[handler.caught].spelled.str() : "...";
}

std::string spellCall(const Program &program, const LinkedFunction &function, Index<Call> call) {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.values.size(); ++i)
    if (body.values[i].kind == ValueKind::Call && body.values[i].index == call.value)
      return spell(program, body, Index<Value>(i));
  return unqualified(body[call].name).str() + "()";
}

Finding findingAt(const Program &program, const HandlerStudy &study) {
  constexpr size_t kChainCalls = 3;
  const LinkedFunction &function = *study.function;
  const Handler &handler = (*function.body)[study.handler];
  Finding finding;
  finding.where = program.location(function, handler.site);
  finding.subject = caughtType(function, study.handler);
  finding.statement = "catch (" + finding.subject + ")";
  if (!study.mayThrow.empty())
    finding.statement += " of " + spellCall(program, function, study.mayThrow.front());
  finding.functionId = functionIdOf(function);
  std::vector<Index<Call>> calls(study.mayThrow.begin(),
                                 study.mayThrow.begin() + std::min(kChainCalls, study.mayThrow.size()));
  llvm::sort(calls);
  for (Index<Call> call : calls)
    finding.chain.push_back({program.location(function, (*function.body)[call].site),
                             "`" + spellCall(program, function, call) + "` may throw", false});
  finding.chain.push_back(
      {finding.where, "`" + spellCatch(program, function, study.handler) + "` catches it", false});
  return finding;
}

Rejection rejectionOf(const Program &program, const HandlerStudy &study, std::string reason) {
  const LinkedFunction &function = *study.function;
  return {program.location(function, (*function.body)[study.handler].site),
          "`" + spellCatch(program, function, study.handler) + "`", std::move(reason)};
}

/// One space between words and before `&` and `*`, none behind: however the file is formatted.
static std::string spacedAsOurs(llvm::StringRef written) {
  constexpr llvm::StringLiteral kNothingBehind = " &*";
  std::string text;
  for (char c : written.trim()) {
    bool isSpaced = c == ' ' || c == '&' || c == '*';
    if (isSpaced && !text.empty() && !kNothingBehind.contains(text.back()))
      text += ' ';
    if (c != ' ')
      text += c;
  }
  return text;
}

std::string spellCatch(const Program &program, const LinkedFunction &function, Index<Handler> index) {
  const Handler &handler = (*function.body)[index];
  std::string line = program.location(function, handler.site).lineText;
  if (!handler.site.expansion && handler.site.column >= 1 && handler.site.column <= line.size()) {
    llvm::StringRef written = llvm::StringRef(line).drop_front(handler.site.column - 1);
    size_t open = written.find('('), close = written.find(')');
    if (written.starts_with("catch") && open < close && close < 80)
      return "catch (" + spacedAsOurs(written.slice(open + 1, close)) + ")";
  }
  llvm::StringRef suffix = handler.byReference ? " &" : handler.byPointer ? " *" : "";
  return "catch (" + caughtType(function, index) + suffix.str() + ")";
}

} // namespace opex
