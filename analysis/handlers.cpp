#include "analysis/handlers.h"

#include "analysis/log_names.h"
#include "analysis/reasons.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <set>

namespace opex {
namespace {

bool isInside(const Function &body, Index<Block> block, Index<Block> outer) {
  return llvm::is_contained(enclosingBlocks(body, block), outer);
}

bool endsWithExit(const Function &body, Index<Block> block) {
  return block && !body[block].steps.empty() && body[block].steps.back().kind == StepKind::Exit;
}

/// What runs when the handler is left at its end: for a try that never falls through itself, everything
/// after it is part of the answer to the failure (`try { return f(); } catch (…) {} return fallback();`).
std::vector<Step> continuation(const Function &body, const Try &owner) {
  std::vector<Step> steps;
  if (!endsWithExit(body, owner.body))
    return steps;
  Step at{StepKind::Try, static_cast<uint32_t>(&owner - body.tries.data())};
  for (Index<Block> block = owner.block; block; at = body[block].owner, block = body[block].parent) {
    const std::vector<Step> &all = body[block].steps;
    auto found = llvm::find(all, at);
    if (found != all.end())
      steps.insert(steps.end(), found + 1, all.end());
    if (body[block].role == BlockRole::LoopBody || endsWithExit(body, block))
      break;
  }
  return steps;
}

/// The innermost loop that the try stands in, if nothing but plain scopes, branches and tries is between.
Index<Block> loopBodyAround(const Function &body, Index<Block> block) {
  for (Index<Block> outer : enclosingBlocks(body, block)) {
    if (body[outer].role == BlockRole::LoopBody)
      return outer;
    if (body[outer].role == BlockRole::SwitchBody || body[outer].role == BlockRole::HandlerBody)
      return {};
  }
  return {};
}

bool assignsIn(const Function &body, Index<Block> region, uint32_t local) {
  auto isLocal = [&](Index<Value> target) {
    Index<Value> root = rootOf(body, target);
    return root && body[root].kind == ValueKind::Local && body[root].index == local;
  };
  return llvm::any_of(body.assigns, [&](const Assign &a) { return isLocal(a.target) && isInside(body, a.block, region); }) ||
         llvm::any_of(body.calls, [&](const Call &c) {
           return c.kind == CallKind::Operator && unqualified(c.name) == "operator=" && isLocal(c.object) &&
                  isInside(body, c.block, region);
         });
}

bool hasExit(const Function &body, const std::vector<uint32_t> &exits, ExitKind kind) {
  return llvm::any_of(exits, [&](uint32_t exit) { return body.exits[exit].kind == kind; });
}

/// The loop around ends when the try completes, so that it goes on *because* the try failed.
bool retriesByLoop(const Function &body, const Try &owner, const HandlerStudy &study) {
  Index<Block> loopBody = loopBodyAround(body, owner.block);
  if (!loopBody || hasExit(body, study.effects.exits, ExitKind::Break) ||
      hasExit(body, study.effects.exits, ExitKind::Return))
    return false;
  auto leaves = [&](const Step &step) {
    return step.kind == StepKind::Exit &&
           (body.exits[step.index].kind == ExitKind::Return || body.exits[step.index].kind == ExitKind::Break);
  };
  const Loop &loop = body.loops[body[loopBody].owner.index];
  if (loop.kind != LoopKind::RangeFor && endsWithExit(body, owner.body) && leaves(body[owner.body].steps.back()))
    return true;
  if (loop.kind != LoopKind::RangeFor && hasExit(body, study.effects.exits, ExitKind::Continue) &&
      endsWithExit(body, owner.block) && leaves(body[owner.block].steps.back()))
    return true;
  return mentions(body, loop.condition, [&](const Value &value) {
    return value.kind == ValueKind::Local && assignsIn(body, owner.body, value.index);
  });
}

/// How likely it is that the try is there because of this call: low numbers are likely. What is called for
/// its effect comes before what is called for its result, and the work before the logging of it.
unsigned rankOf(const Program &program, const LinkedFunction &function, Index<Call> index) {
  const Call &call = (*function.body)[index];
  bool isInLogMacro = call.site.expansion && isNamedLikeLog((*function.unit)[call.site.expansion].macro);
  if (program.annotations.log({function.position, index}) || isNamedLikeLogger(call.name) || isInLogMacro)
    return 4;
  if (unqualified(call.name) == "operator()")
    return 0;
  if (call.kind == CallKind::Constructor || call.kind == CallKind::Operator)
    return 3;
  const Declaration *callee = program.declaration(call.callee);
  if (call.name.starts_with("std::") || (callee && callee->isConst))
    return 2;
  return call.result == ResultUse::Discarded ? 0 : 1;
}

/// Of the calls in the try, those that may throw: likely culprits first, in order of the source.
std::vector<Index<Call>> callsThatMayThrow(const Program &program, const LinkedFunction &function, const Try &owner) {
  const Function &body = *function.body;
  std::vector<std::pair<unsigned, Index<Call>>> ranked;
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    const Call &call = body.calls[i];
    const Declaration *callee = program.declaration(call.callee);
    if (call.kind == CallKind::Destructor || (callee && callee->isNoexcept) || !isInside(body, call.block, owner.body))
      continue;
    ranked.push_back({rankOf(program, function, Index<Call>(i)), Index<Call>(i)});
  }
  llvm::sort(ranked);
  std::vector<Index<Call>> calls;
  for (const auto &[rank, call] : ranked)
    calls.push_back(call);
  return calls;
}

// --- Boundaries.

/// C functions have no parameters in their USRs.
bool isCFunction(const Declaration *declaration) {
  return declaration && declaration->kind == EntityKind::Function && declaration->usr.starts_with("c:@F@") &&
         !declaration->usr.contains('#');
}

bool isSpawned(const Program &program, uint32_t function) {
  return llvm::any_of(program.annotations.spawns,
                      [&](const SpawnUse &spawn) { return llvm::is_contained(spawn.entries, function); });
}

bool isEntryPoint(const Program &program, uint32_t function) {
  return llvm::any_of(program.annotations.entryPoints,
                      [&](const EntryPointUse &entry) { return entry.function == function; });
}

bool isGuarded(const Function &body, Index<Block> block) {
  return llvm::any_of(enclosingBlocks(body, block),
                      [&](Index<Block> outer) { return body[outer].role == BlockRole::TryBody; });
}

/// Overrides a method that the program only inherits from a library, and that nobody here calls.
bool overridesForeign(const LinkedFunction &function) {
  const TuFacts &unit = *function.unit;
  return function.callers.empty() && llvm::any_of(function.body->overrides, [&](EntityId overridden) {
    auto found = llvm::lower_bound(unit.declarations, overridden,
                                   [](const Declaration &d, EntityId id) { return d.id < id; });
    return found != unit.declarations.end() && found->id == overridden && found->file && !unit[found->file].inProject;
  });
}

/// Handed to code out of sight and called from nowhere else. The standard algorithms call back at once and
/// let exceptions through.
bool isCallback(const Program &program, const LinkedFunction &function) {
  return !function.callers.empty() && llvm::all_of(function.callers, [&](const CallEdge &edge) {
    return edge.kind == EdgeKind::Passed && !(*program.functions[edge.caller].body)[edge.call].name.starts_with("std::");
  });
}

bool isCCallback(const Program &program, const LinkedFunction &function) {
  return function.body->isExternC || llvm::any_of(function.callers, [&](const CallEdge &edge) {
    const Call &call = (*program.functions[edge.caller].body)[edge.call];
    return edge.kind == EdgeKind::Passed && isCFunction(program.declaration(call.callee));
  });
}

bool isInLoop(const Function &body, Index<Block> block) {
  return llvm::any_of(enclosingBlocks(body, block),
                      [&](Index<Block> outer) { return body[outer].role == BlockRole::LoopBody; });
}

/// One unit of work of a loop that runs many: an override reached by dynamic dispatch only, at the end of
/// which a loop takes the next one.
bool isUnitOfWork(const Program &program, const LinkedFunction &function, unsigned depth = 0) {
  constexpr unsigned kDepth = 3;
  if (depth > kDepth || function.callers.empty() || function.body->overrides.empty())
    return false;
  bool isDispatched = llvm::all_of(function.callers, [](const CallEdge &edge) { return edge.kind == EdgeKind::Virtual; });
  return isDispatched && llvm::any_of(function.callers, [&](const CallEdge &edge) {
    const LinkedFunction &caller = program.functions[edge.caller];
    return isInLoop(*caller.body, (*caller.body)[edge.call].block) || isUnitOfWork(program, caller, depth + 1);
  });
}

/// The try is all of the function but declarations before it.
bool isWholeBody(const Function &body, const Try &owner) {
  if (owner.block.value != 0)
    return false;
  const std::vector<Step> &steps = body.blocks.front().steps;
  return llvm::all_of(steps, [&](const Step &step) {
    return step.kind == StepKind::Declare || step.kind == StepKind::Exit || step.kind == StepKind::Call ||
           (step.kind == StepKind::Try && &body.tries[step.index] == &owner);
  });
}

std::string boundaryOf(const Program &program, const LinkedFunction &function, const Try &owner) {
  const Function &body = *function.body;
  if (isGuarded(body, owner.block))
    return {};
  if (body.kind == FunctionKind::Destructor)
    return "a destructor";
  if (body.isMain)
    return "main";
  if (isSpawned(program, function.position))
    return "a thread's entry";
  if (isEntryPoint(program, function.position))
    return "a request's entry";
  if (isCCallback(program, function))
    return "a callback from C";
  if (body.isNoexcept)
    return "a noexcept function";
  if (isCallback(program, function) || overridesForeign(function))
    return "a library's callback";
  if (isWholeBody(body, owner) && isUnitOfWork(program, function))
    return "a unit of work of a loop";
  // A thread's entry that only forwards: `std::thread([this] { run(); })`.
  bool isForwarded = !function.callers.empty() && llvm::all_of(function.callers, [&](const CallEdge &edge) {
    const Function &caller = *program.functions[edge.caller].body;
    return edge.caller != function.position && isSpawned(program, edge.caller) && !isGuarded(caller, caller[edge.call].block);
  });
  return isForwarded ? "a thread's entry" : "";
}

bool isBroadType(const LinkedFunction &function, const Handler &handler) {
  if (!handler.caught)
    return true;
  llvm::StringRef name = (*function.unit)[handler.caught].recordName;
  return name == "std::exception" || name == "std::runtime_error";
}

} // namespace

HandlerStudy studyHandler(const Program &program, const LinkedFunction &function, Index<Handler> index) {
  const Function &body = *function.body;
  const Handler &handler = body[index];
  const Try &owner = body[handler.owner];
  HandlerStudy study;
  std::vector<Step> steps = body[handler.body].steps;
  if (!endsWithExit(body, handler.body)) {
    std::vector<Step> after = continuation(body, owner);
    steps.insert(steps.end(), after.begin(), after.end());
  }
  study.effects = effectsOf(program, function, steps, handler.variable);

  bool isImplicit = body.kind == FunctionKind::Constructor || body.kind == FunctionKind::Destructor;
  study.rethrows = owner.isFunctionTry && isImplicit && !hasExit(body, study.effects.exits, ExitKind::Return);
  study.retries = retriesByLoop(body, owner, study);
  study.leavesLoop = hasExit(body, study.effects.exits, ExitKind::Break) && loopBodyAround(body, owner.block);
  study.isBroad = isBroadType(function, handler);
  study.mustNotThrow = body.kind == FunctionKind::Destructor || body.isNoexcept;
  study.boundary = boundaryOf(program, function, owner);
  study.mayThrow = callsThatMayThrow(program, function, owner);
  study.isTested = testsResultOf(program, function, handler.owner);
  AnswerGiven given = answerOf(program, function, handler.owner, study.effects.exits);
  for (Index<Value> text : study.effects.texts) {
    if (admitsUnfinished(body[text].text))
      study.admission = body[text].text.substr(0, 40).str();
    study.statesDecision |= statesDecision(body[text].text);
  }
  study.answer = given.answer;
  study.answered = given.value;
  study.sameAnswer = given.same;
  return study;
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

Finding findingAt(const Program &program, const LinkedFunction &function, Index<Handler> index,
                  const HandlerStudy &study) {
  constexpr size_t kChainCalls = 3;
  const Handler &handler = (*function.body)[index];
  Finding finding;
  finding.where = program.location(function, handler.site);
  finding.subject = caughtType(function, index);
  finding.statement = "catch (" + finding.subject + ")";
  if (!study.mayThrow.empty())
    finding.statement += " of " + spellCall(program, function, study.mayThrow.front());
  finding.functionId = function.declaration ? function.declaration->usr.str() : function.body->name.str();
  std::vector<Index<Call>> calls(study.mayThrow.begin(),
                                 study.mayThrow.begin() + std::min(kChainCalls, study.mayThrow.size()));
  llvm::sort(calls);
  for (Index<Call> call : calls)
    finding.chain.push_back({program.location(function, (*function.body)[call].site),
                             "`" + spellCall(program, function, call) + "` may throw", false});
  finding.chain.push_back({finding.where, "`" + spellCatch(program, function, index) + "` catches it", false});
  return finding;
}

std::string spellCatch(const Program &program, const LinkedFunction &function, Index<Handler> index) {
  const Handler &handler = (*function.body)[index];
  std::string line = program.location(function, handler.site).lineText;
  if (!handler.site.expansion && handler.site.column >= 1 && handler.site.column <= line.size()) {
    llvm::StringRef written = llvm::StringRef(line).drop_front(handler.site.column - 1);
    size_t open = written.find('('), close = written.find(')');
    if (written.starts_with("catch") && open < close && close < 80)
      return ("catch (" + written.slice(open + 1, close).trim() + ")").str();
  }
  llvm::StringRef suffix = handler.byReference ? " &" : handler.byPointer ? " *" : "";
  return "catch (" + caughtType(function, index) + suffix.str() + ")";
}

} // namespace opex
