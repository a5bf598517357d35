#include "analysis/handlers/boundaries.h"

#include "analysis/body/exits.h"
#include "analysis/body/region.h"
#include "analysis/exceptions/throwing.h"
#include "analysis/execution/call_components.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

bool isCFunction(const Declaration *declaration) {
  return declaration && declaration->kind == EntityKind::Function && hasCLinkage(*declaration);
}

bool hasAround(const Function &body, Index<Block> block, BlockRole role) {
  return llvm::any_of(enclosingBlocks(body, block),
                      [&](Index<Block> outer) { return body[outer].role == role; });
}

/// Overrides a method that the program only inherits from a library, and that nobody here calls.
bool overridesForeign(const LinkedFunction &function) {
  const TuFacts &unit = *function.unit;
  return function.callers.empty() && llvm::any_of(function.body->overrides, [&](EntityId overridden) {
           auto found = llvm::lower_bound(unit.declarations, overridden,
                                          [](const Declaration &d, EntityId id) { return d.id < id; });
           return found != unit.declarations.end() && found->id == overridden && found->file &&
                  !unit[found->file].inProject;
         });
}

/// Standard algorithms call back at once and let exceptions through; what stores a callable does not.
bool isAlgorithm(const Call &call) {
  llvm::StringRef name = call.name;
  if (call.kind != CallKind::Function || !name.consume_front("std::"))
    return false;
  static constexpr llvm::StringLiteral kStores[] = {"bind", "move",  "forward",   "ref",
                                                    "cref", "async", "bind_front"};
  return !llvm::is_contained(kStores, name) && !name.starts_with("make_");
}

/// The try is all of the function but declarations and single calls.
bool isWholeBody(const Function &body, const Try &owner) {
  if (owner.block.value != 0)
    return false;
  return llvm::all_of(body.blocks.front().steps, [&](const Step &step) {
    return step.kind == StepKind::Declare || step.kind == StepKind::Exit || step.kind == StepKind::Call ||
           (step.kind == StepKind::Try && &body.tries[step.index] == &owner);
  });
}

} // namespace

Boundaries::Boundaries(const Needs &in) : in_(in), program_(in.program()) {
  for (const SpawnUse &spawn : in.get<Entries>().spawns)
    spawned_.insert(spawn.entries.begin(), spawn.entries.end());
  for (const EntryPointUse &entry : in.get<Entries>().entryPoints)
    entryPoints_.insert(entry.function);
  for (const LinkedFunction &function : program_.functions)
    for (const Value &value : function.body->values)
      if (value.kind == ValueKind::Function || value.kind == ValueKind::Lambda)
        addressTaken_.insert(value.entity);
  findUnitsOfWork();
}

std::string Boundaries::mustNotThrow(const LinkedFunction &function) const {
  if (function.body->kind == FunctionKind::Destructor)
    return "a destructor";
  if (function.body->isMain)
    return "main";
  bool isPassedToC = llvm::any_of(function.callers, [&](const CallEdge &edge) {
    const Call &call = (*program_.functions[edge.caller].body)[edge.call];
    return edge.kind == EdgeKind::Passed && isCFunction(program_.declaration(call.callee));
  });
  if (function.body->isExternC || isPassedToC)
    return "a callback from C";
  return function.body->isNoexcept ? "a noexcept function" : "";
}

/// Itself, or called by an entry that would let the exception through: `std::thread([this] { run(); })`.
bool Boundaries::isThreadEntry(const LinkedFunction &function) const {
  if (spawned_.contains(function.position))
    return true;
  return llvm::any_of(function.callers, [&](const CallEdge &edge) {
    const Function &caller = *program_.functions[edge.caller].body;
    return edge.caller != function.position && spawned_.contains(edge.caller) &&
           !hasAround(caller, caller[edge.call].block, BlockRole::TryBody);
  });
}

/// Run through a callable only, by code that cannot know what it throws.
bool Boundaries::isCallback(const LinkedFunction &function) const {
  if (!addressTaken_.contains(function.body->id))
    return false;
  return llvm::all_of(function.callers, [&](const CallEdge &edge) {
    bool isIndirect = edge.kind == EdgeKind::Passed || edge.kind == EdgeKind::Callable;
    return isIndirect && !isAlgorithm((*program_.functions[edge.caller].body)[edge.call]);
  });
}

/// Calls one function and does nothing else.
static bool isForwarder(const Function &body) {
  return body.kind == FunctionKind::Lambda && llvm::count_if(body.calls, [](const Call &call) {
                                                return call.kind != CallKind::Constructor &&
                                                       call.kind != CallKind::Destructor;
                                              }) == 1;
}

/// What a lambda that is a callback hands everything to.
bool Boundaries::isForwardedCallback(const LinkedFunction &function) const {
  return !function.callers.empty() && llvm::all_of(function.callers, [&](const CallEdge &edge) {
    const LinkedFunction &caller = program_.functions[edge.caller];
    return isForwarder(*caller.body) && edge.caller != function.position && isCallback(caller) &&
           !hasAround(*caller.body, (*caller.body)[edge.call].block, BlockRole::TryBody);
  });
}

/// Overrides reached by dynamic dispatch only, at the end of which a loop takes the next one.
void Boundaries::findUnitsOfWork() {
  unitsOfWork_ = settle(CallComponents::callersFirst(program_), uint8_t(0), [&](uint32_t position, const std::vector<uint8_t> &known) {
    const LinkedFunction &function = program_.functions[position];
    bool isDispatched = !function.body->overrides.empty() && llvm::all_of(function.callers, [](const CallEdge &edge) {
      return edge.kind == EdgeKind::Virtual;
    });
    return uint8_t(isDispatched && llvm::any_of(function.callers, [&](const CallEdge &edge) {
      const Function &caller = *program_.functions[edge.caller].body;
      return known[edge.caller] || hasAround(caller, caller[edge.call].block, BlockRole::LoopBody);
    }));
  });
}

/// Nothing is done after the try that should not be done when it has failed: it ends the function, or the
/// round of a loop.
bool Boundaries::isLast(const LinkedFunction &function, const Try &owner) const {
  const Function &body = *function.body;
  Step at{StepKind::Try, static_cast<uint32_t>(&owner - body.tries.data())};
  for (Index<Block> block = owner.block; block; at = body[block].owner, block = body[block].parent) {
    if (body[block].role == BlockRole::LoopBody)
      return true;
    const std::vector<Step> &all = body[block].steps;
    auto found = llvm::find(all, at);
    if (found == all.end())
      continue;
    llvm::ArrayRef<Step> after = llvm::ArrayRef<Step>(all).drop_front(found - all.begin() + 1);
    if (in_.get<CallEffects>().of(function, after, {}).works)
      return false;
  }
  return true;
}

/// The function is little else than its try: what stands around it (statistics, cleaning up) is done
/// whether or not the work succeeded.
static bool isMostOf(const Function &body, const Try &owner) {
  constexpr size_t kShare = 10; // At most one call in ten stands outside.
  size_t inside = llvm::count_if(body.calls, [&](const Call &call) {
    return isIn(body, call.block, owner.body);
  });
  return (body.calls.size() - inside) * kShare <= body.calls.size();
}

/// In a loop that runs for as long as the service does: without a condition, or on one that no local
/// variable decides (`while (!stopping_)`).
static bool isInServiceLoop(const Function &body, const Try &owner) {
  for (Index<Block> block : enclosingBlocks(body, owner.block)) {
    if (body[block].role == BlockRole::HandlerBody)
      return false;
    if (body[block].role != BlockRole::LoopBody)
      continue;
    const Loop &loop = body.loops[body[block].owner.index];
    if (isOnce(body, loop))
      continue;
    return loop.kind != LoopKind::RangeFor &&
           !mentions(body, loop.condition, [](const Value &value) { return value.kind == ValueKind::Local; });
  }
  return false;
}

/// The handler ends the function: nothing that stands behind the try is done.
static bool leavesFunction(const Function &body, const Handler &handler) {
  const Exits exits = exitsOf(body, handler.body);
  return exits.returns && !exits.fallsThrough && !exits.breaks && !exits.continues && !exits.jumps;
}

std::string Boundaries::at(const LinkedFunction &function, const Handler &handler) const {
  const Function &body = *function.body;
  const Try &owner = body[handler.owner];
  if (isInServiceLoop(body, owner))
    return "the loop of a worker";
  if (hasAround(body, owner.block, BlockRole::TryBody))
    return {};
  if (std::string kind = mustNotThrow(function); !kind.empty())
    return kind;
  std::string kind;
  if (isThreadEntry(function))
    kind = "a thread's entry";
  else if (entryPoints_.contains(function.position))
    kind = "a request's entry";
  else if (isCallback(function) || overridesForeign(function))
    kind = "a callback";
  else if (isWholeBody(body, owner) && isForwardedCallback(function))
    kind = "a callback";
  else if (isWholeBody(body, owner) && unitsOfWork_[function.position])
    kind = "a unit of work of a loop";
  bool isEnd = !kind.empty() && (leavesFunction(body, handler) || isLast(function, owner) || isMostOf(body, owner));
  return isEnd ? kind : std::string();
}

} // namespace opex
