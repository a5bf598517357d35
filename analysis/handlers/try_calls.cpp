#include "analysis/handlers/try_calls.h"

#include "analysis/body/region.h"
#include "analysis/calls/log_calls.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace opex {
namespace {

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

} // namespace

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

std::vector<Index<Call>> thoseThatMayThrow(const Throwing &throwing, const LinkedFunction &function, const Try &owner,
                                           llvm::ArrayRef<Index<Call>> calls, Throws &worst) {
  const Function &body = *function.body;
  std::vector<Index<Call>> likeliest;
  worst = Throws::Never;
  for (Index<Call> call : calls) {
    if (Throwing::isKept(body, body[call].block, owner.body))
      continue;
    Throws throws = isThrown(body, call, owner.body) ? Throws::Anything : throwing.of(function, call);
    if (throws == Throws::Never || throws < worst)
      continue;
    if (throws > worst)
      likeliest.clear();
    worst = throws;
    likeliest.push_back(call);
  }
  return likeliest;
}

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

bool isCleanUp(llvm::StringRef name) {
  static constexpr llvm::StringLiteral kVerbs[] = {
      "close",   "shutdown", "disconnect", "release", "destroy",  "free",      "unlink", "remove",     "requeststop", "dostop",
      "cleanup", "stop",     "cancel",     "join",    "rollback", "terminate", "erase",  "unregister", "doclose",     "requestshutdown"};
  std::string lower;
  for (char c : unqualified(name))
    if (c != '_')
      lower += llvm::toLower(c);
  return llvm::any_of(kVerbs, [&](llvm::StringRef verb) { return llvm::StringRef(lower).starts_with(verb); });
}

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

bool runsAnything(const LinkedFunction &function, const std::vector<Index<Call>> &calls) {
  return llvm::any_of(calls, [&](Index<Call> index) {
    const Call &call = (*function.body)[index];
    return call.kind == CallKind::Indirect || call.isVirtual || unqualified(call.name) == "operator()";
  });
}

bool isLookup(const LinkedFunction &function, const Handler &handler, llvm::ArrayRef<Index<Call>> calls) {
  static constexpr llvm::StringLiteral kOtherTypes[] = {"std::bad_any_cast", "std::bad_variant_access", "boost::bad_any_cast", "boost::bad_get"};
  if (!handler.caught)
    return false;
  llvm::StringRef caught = (*function.unit)[handler.caught].recordName;
  if (llvm::is_contained(kOtherTypes, caught))
    return true;
  if (caught != "std::out_of_range")
    return false;
  return llvm::any_of(calls, [&](Index<Call> call) {
    llvm::StringRef name = (*function.body)[call].name;
    return name.starts_with("std::") && unqualified(name) == "at";
  });
}

} // namespace opex
