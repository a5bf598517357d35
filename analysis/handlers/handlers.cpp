#include "analysis/handlers/handlers.h"

#include "analysis/handlers/boundaries.h"
#include "analysis/handlers/answer_use.h"
#include "analysis/body/exits.h"
#include "analysis/body/loops.h"
#include "analysis/body/order.h"
#include "analysis/body/region.h"
#include "analysis/handlers/left_defaults.h"
#include "analysis/exceptions/marks.h"
#include "analysis/exceptions/raises.h"
#include "analysis/handlers/reasons.h"
#include "analysis/handlers/try_calls.h"
#include "analysis/exceptions/try_results.h"
#include "analysis/conventions/exception_words.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

/// What the studies of a program's handlers share.
struct HandlerContext {
  explicit HandlerContext(const Handlers::Needs &in) : in(in), program(in.program()), boundaries(in), writes(program), raises(in) {}

  const Handlers::Needs in;
  const Program &program;
  Boundaries boundaries;
  Writes writes;
  Raises raises;
};

/// What is asked once for all handlers of a function.
struct FunctionFacts {
  Marks marks;
  bool ends; ///< Somewhere it throws or ends the process.
};

/// How the block around the try can end behind it.
Exits exitsAfter(const Function &body, const Try &owner, const ExitOptions &options = {}) {
  Moment at = momentOf(body, owner.block, {StepKind::Try, uint32_t(&owner - body.tries.data())});
  return exitsOf(body, owner.block, options, at.position + 1);
}

/// All that is done in the block returns, and is skipped only where there is nothing to do:
/// `if (known(key)) { send(key); return 1; }`.
bool returnsWhenDone(const Function &body, Index<Block> block) {
  const std::vector<Step> &steps = body[block].steps;
  if (steps.empty() || steps.back().kind != StepKind::Branch)
    return false;
  const Branch &last = body.branches[steps.back().index];
  bool onlyAsks = llvm::all_of(llvm::ArrayRef(steps).drop_back(), [&](const Step &step) {
    return step.kind == StepKind::Call && mentions(body, last.condition, [&](const Value &part) {
             return part.kind == ValueKind::Call && part.index == step.index;
           });
  });
  bool skips = !last.otherwise || body[last.otherwise].steps.empty();
  const Exits exits = exitsOf(body, last.then);
  return onlyAsks && skips && exits.returns && !exits.fallsThrough && !exits.breaks && !exits.continues && !exits.jumps;
}

/// What runs when the handler is left at its end: for a try that never falls through itself once it has done something,
/// everything after it is part of the answer to the failure (`try { return f(); } catch (…) {} return fallback();`).
std::vector<Step> continuation(const Function &body, const Try &owner) {
  std::vector<Step> steps;
  if (!alwaysLeaves(body, owner.body) && !returnsWhenDone(body, owner.body))
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

/// The loop goes over what an object that others have hands out one by one, and the try works on that: the next round is about
/// the next one. `while (reader_.next()) { auto name = reader_.name(); try { return convert(name); } catch (...) {} }`
bool readsOn(const Function &body, const Loop &loop, const Try &owner) {
  std::vector<Place> sources, items;
  auto isIn = [&](Index<Block> block, Index<Block> around) { return block && around && opex::isIn(body, block, around); };
  for (const Call &call : body.calls) {
    const Place source = call.object ? variableOf(body, call.object) : Place();
    bool isAsked = isIn(call.block, loop.test) && source && (!source.local() || *source.local() < body.parameterCount);
    if (!isAsked)
      continue;
    sources.push_back(source);
    for (Index<Value> argument : call.arguments)
      if (std::optional<uint32_t> local = argument ? localOf(body, argument) : std::nullopt; local && *local >= body.parameterCount)
        items.push_back(Place::ofLocal(*local));
  }
  for (uint32_t i = body.parameterCount; i < body.locals.size(); ++i) {
    const Local &local = body.locals[i];
    bool isOfRound = local.init && local.kind == LocalKind::Automatic && (isIn(local.block, loop.body) || isIn(local.block, loop.test));
    if (isOfRound && llvm::any_of(sources, [&](const Place &source) { return mentionsPlace(body, local.init, source); }))
      items.push_back(Place::ofLocal(i));
  }
  return llvm::any_of(body.calls, [&](const Call &call) {
    auto isItem = [&](Index<Value> value) {
      return value && llvm::any_of(items, [&](const Place &item) { return mentionsPlace(body, value, item); });
    };
    return isIn(call.block, owner.body) && (isItem(call.object) || llvm::any_of(call.arguments, isItem));
  });
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
  const Loop &loop = body.loops[body[loopBody].owner.index];
  if (leavesLoop(exitsOf(body, owner.body)))
    return !study.isCandidate && !(study.isBroad && readsOn(body, loop, owner));
  if (hasExit(body, study.effects.exits, ExitKind::Continue) && leavesLoop(exitsAfter(body, owner)))
    return true;
  return testsWhatTrySets(program, function, index, loop.condition);
}

/// `for (path : paths) { if (!exists(path)) continue; try { return load(path); } catch (...) {} } return none;`: those that
/// are broken and those that are not there come to the same end.
static bool isBrokenCandidate(const HandlerContext &context, const LinkedFunction &function, const Try &owner) {
  const Function &body = *function.body;
  Index<Block> loopBody = loopBodyAround(body, owner.block);
  if (!loopBody || roundsOf(context.program, function, Index<Loop>(body[loopBody].owner.index)).kind != Rounds::Data)
    return false;
  const Exits inTry = exitsOf(body, owner.body);
  bool isSkipped = owner.block != loopBody || llvm::any_of(body.exits, [&](const Exit &exit) {
    return exit.kind == ExitKind::Continue && exit.site.offset < owner.site.offset && isIn(body, exit.block, loopBody);
  });
  if (!isSkipped || !inTry.returns || inTry.fallsThrough || inTry.breaks)
    return false;
  // A scope of its own stands around loops with a variable.
  Moment loop = ownerOf(body, loopBody);
  while (loop.position + 1 == body[loop.block].steps.size() && body[loop.block].role == BlockRole::Plain)
    loop = ownerOf(body, loop.block);
  llvm::ArrayRef<Step> after = llvm::ArrayRef<Step>(body[loop.block].steps).drop_front(loop.position + 1);
  const Effects effects = context.in.get<CallEffects>().of(function, after, {});
  return !effects.logs && !effects.throws && !effects.reports && !effects.works && hasExit(body, effects.exits, ExitKind::Return);
}

/// Somewhere it throws or ends the process.
bool endsSomewhere(const Inputs<Statements> &in, const LinkedFunction &function) {
  const Function &body = *function.body;
  return !in.get<Statements>().aborts.of(function.position).empty() ||
         llvm::any_of(body.exits, [](const Exit &exit) { return exit.kind == ExitKind::Throw || exit.kind == ExitKind::Rethrow; }) ||
         llvm::any_of(body.calls, [](const Call &call) { return call.isNoReturn; });
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

/// All that may throw is asked for its result, and the handler goes on with the next element, or leaves this one out.
bool isFilterOf(const Function &body, const HandlerStudy &study) {
  bool skips = !study.effects.exits.empty() && llvm::all_of(study.effects.exits, [&](uint32_t exit) {
    return body.exits[exit].kind == ExitKind::Continue || (isReturn(body.exits[exit]) && !body.exits[exit].value);
  });
  return skips && !study.mayThrow.empty() &&
         llvm::all_of(study.mayThrow, [&](Index<Call> call) { return body[call].result == ResultUse::Used; });
}

/// A library's function that makes a value: `std::stoi(text)`, `lexical_cast<int>(text)`, `text.substr(4)`.
bool isConversion(const HandlerContext &context, const LinkedFunction &function, Index<Call> index) {
  const Call &call = (*function.body)[index];
  const Declaration *callee = context.program.declaration(call.callee);
  auto declared = context.program.declarations.find(call.callee);
  bool isForeign = callee && callee->file && !(*declared->second.second)[callee->file].inProject;
  bool isValue = call.result == ResultUse::Used && (call.kind == CallKind::Function || (callee && callee->isConst));
  return isForeign && isValue && !call.isVirtual && !context.in.get<Dependencies>().at({function.position, index});
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
      {isTestCode, "only tests run the function"},
      {isWanted, "the exception is what a test waits for"},
      {isTested, "code after the try tests what only a complete try sets"},
      {isLookup && answer == Answer::None, "that it is not there, or of another type, is an answer, and the caught exception says just that"},
      {isAnswer, "what it catches is the answer to a question: there is none, or nothing came in time"},
      {isNoted, "what throws has set something before, which the function looks at behind the try"},
      {isMarked, "what the try leaves behind says that it was not completed"},
      {keepsInput, "what has come in is kept, and looked at again when there is more"},
      {effects.reports, "it reports the failure"},
      {effects.handsOnCause, "it hands on the caught exception, or something made from it"},
      {effects.works && !leftDefault, "it does something that is noticed outside, and may be a recovery"},
      {preset == Preset::Default, "what it leaves is the default that the caller gave"},
      {preset == Preset::Status, "an out-parameter says that it failed until the try says otherwise"},
      {answer == Answer::Status, "it returns a value that tells callers about the failure"},
  };
  for (const auto &[holds, reason] : reasons)
    if (holds)
      return reason;
  return {};
}

/// Of a narrow type: what those who throw it say by it.
static void readRaises(const HandlerContext &context, const LinkedFunction &function, const Handler &handler, HandlerStudy &study) {
  const Function &body = *function.body;
  const Try &owner = body[handler.owner];
  EntityId caught = handler.caught ? (*function.unit)[handler.caught].record : EntityId();
  if (study.isBroad || !caught)
    return;
  const std::vector<Raise> raises = context.raises.outOf(function, owner.body, caught);
  if (raises.empty())
    return;
  // A base of several says less than each of them.
  auto derived = context.program.subclasses.find(caught);
  bool isOneKind = derived == context.program.subclasses.end() || derived->second.size() < 2;
  study.isAnswer = isOneKind && llvm::all_of(raises, [](const Raise &raise) { return raise.isAnswer; });
  study.isNoted = llvm::any_of(raises.front().noted, [&](EntityId noted) {
    return llvm::all_of(raises, [&](const Raise &raise) { return llvm::is_contained(raise.noted, noted); }) &&
           llvm::any_of(body.values, [&](const Value &value) {
             return value.entity == noted && isAfterTry(body, owner, value.site) &&
                    (value.kind == ValueKind::Global || value.kind == ValueKind::Field);
           });
  });
}

/// What the try is there for, what in it may fail, and what it leaves behind then.
static void readTry(const HandlerContext &context, const LinkedFunction &function, const FunctionFacts &facts, HandlerStudy &study) {
  const Function &body = *function.body;
  const Handler &handler = body[study.handler];
  const Try &owner = body[handler.owner];
  const std::vector<Index<Call>> calls = callsIn(context.in, function, owner);
  study.mayThrow = thoseThatMayThrow(context.in.get<Throwing>(), function, owner, calls, study.worst);
  study.comments = commentsOf(function, study.handler, study.mayThrow);
  study.endsAfterwards = facts.ends && endsAfterwards(context.in, function, owner);
  study.isWanted = wantsException(function, owner);
  study.onlyCleansUp = onlyCleansUp(context.in, function, calls);
  study.failsToCleanUp = !study.mayThrow.empty() && isCleanUp(body[study.mayThrow.front()].name);
  study.runsAnything = runsAnything(function, calls);
  study.isTested = testsResultOf(context.program, function, study.handler);
  study.isMarked = !study.mayThrow.empty() && facts.marks.areLeftBy(handler, study.mayThrow.front());
  study.keepsInput = facts.marks.keepInput(handler);
  study.onlyConverts = llvm::all_of(study.mayThrow, [&](Index<Call> call) { return isConversion(context, function, call); });
  study.isLookup = isLookup(function, handler, study.mayThrow);
  study.isFilter = isFilterOf(body, study);
  study.isCleanUpHelper = !study.isBroad && isCleanUpHelper(function, owner);
  study.preset = presetBefore(function, handler.owner);
  study.leftDefault = defaultLeftBy(function, handler, study.effects);
}

/// What the callers learn, and whoever reads the log.
static void readAnswer(const Program &program, const LinkedFunction &function, HandlerStudy &study) {
  const Function &body = *function.body;
  AnswerGiven given = answerTo(program, function, body[study.handler], study.effects.exits);
  for (Index<Value> text : study.effects.texts) {
    if (admitsUnfinished(body[text].text))
      study.admission = body[text].text.substr(0, 40).str();
    study.statesDecision |= statesDecision(body[text].text);
  }
  // "Ignored" is no decision where nobody learns what it was, and who waits for the answer gets none.
  study.ignoresBlindly = study.statesDecision && study.isBroad && study.givesUp && !study.effects.logsCause;
  study.statesDecision &= !study.ignoresBlindly;
  study.answer = given.answer;
  study.isNotFound = given.isNotFound;
  study.isAskedFor = given.answer == Answer::Default && isAskedForByAll(program, function, given.value);
  study.answered = given.value;
  study.sameAnswer = given.same;
}

static HandlerStudy study(const HandlerContext &context, const LinkedFunction &function, const FunctionFacts &facts, Index<Handler> index) {
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
  study.effects = context.in.get<CallEffects>().of(function, steps, handler.variable);
  const std::vector<uint32_t> &exits = study.effects.exits;

  bool isImplicit = body.kind == FunctionKind::Constructor || body.kind == FunctionKind::Destructor;
  study.rethrows = owner.isFunctionTry && isImplicit && !hasExit(body, exits, ExitKind::Return);
  study.isBroad = isBroadType(function, handler);
  study.isNamedAnswer = handler.caught && isNamedLikeAnswer((*function.unit)[handler.caught].recordName);
  study.isCandidate = study.isBroad && isBrokenCandidate(context, function, owner);
  study.retries = retriesByLoop(context.program, function, handler.owner, study);
  study.givesUp = !exits.empty() && alwaysLeaves(body, handler.body) && llvm::all_of(exits, [&](uint32_t exit) {
    return isReturn(body.exits[exit]) && !body.exits[exit].value;
  });
  study.leavesLoop = hasExit(body, exits, ExitKind::Break) && loopBodyAround(body, owner.block);
  study.mustNotThrow = body.kind == FunctionKind::Destructor || body.isNoexcept;
  study.isTestCode = context.in.get<TestCode>()[function.position];
  study.boundary = context.boundaries.at(function, handler);
  readTry(context, function, facts, study);
  readRaises(context, function, handler, study);
  readAnswer(context.program, function, study);
  return study;
}

Handlers Handlers::run(const Needs &in) {
  Handlers result;
  HandlerContext context(in);
  for (const LinkedFunction &function : in.program().functions) {
    if (function.body->handlers.empty())
      continue;
    const FunctionFacts facts{Marks(in.program(), context.writes, function), endsSomewhere(in, function)};
    for (uint32_t i = 0; i < function.body->handlers.size(); ++i)
      result.all.push_back(study(context, function, facts, Index<Handler>(i)));
  }
  return result;
}

} // namespace opex
