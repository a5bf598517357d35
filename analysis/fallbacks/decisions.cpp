#include "analysis/fallbacks/decisions.h"

#include "analysis/body/exits.h"
#include "analysis/conventions/presence_words.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

namespace opex {

bool usesData(const ModeScene &scene, Index<Block> block) {
  if (!block)
    return false;
  Region region = readRegion(scene.body, scene.body[block].steps, false);
  return llvm::any_of(region.steps, [&](const Step &step) { return scene.flow.usesData(step); });
}

namespace {

/// Names are looked up below very much that only parses or prints addresses.
constexpr size_t kMaxPathToLookup = 2;

/// Whether leaving by the exit skips what stands in `block` behind it.
bool skips(const Function &function, const Exit &exit, Index<Block> block) {
  if (isReturn(exit))
    return true;
  bool isJump = exit.kind == ExitKind::Break || exit.kind == ExitKind::Continue;
  return isJump && isIn(function, block, jumpTarget(function, exit));
}

/// Why the rare way is gone when the outcome is not as wished: a status says that something failed, a value
/// may also say that there is nothing.
TwoWays::Reason reasonOf(const ModeScene &scene) {
  if (scene.common.distance <= Distance::Cache)
    return TwoWays::Miss;
  Index<Type> index = scene.body[scene.common.call].type;
  const Type *type = index ? &(*scene.function.unit)[index] : nullptr;
  bool isStatus = type && (type->kind == TypeClass::Enumeration || type->kind == TypeClass::Integer ||
                           type->recordName.ends_with_insensitive("status"));
  return isStatus ? TwoWays::Failure : TwoWays::Nothing;
}

std::optional<Decision> decisionAt(const ModeScene &scene, const Branch &branch, Moment moment) {
  Presence presence = scene.flow.of(branch.condition);
  if (presence == Presence::None)
    return std::nullopt;
  Decision decision{branch.site, branch.then, branch.otherwise, moment, reasonOf(scene), true, {}};
  if (presence == Presence::Missing)
    std::swap(decision.hit, decision.miss);
  if (presence == Presence::Found || presence == Presence::Missing)
    return decision;
  if (!scene.flow.isAboutItself(branch.condition))
    return std::nullopt;
  // What the condition tells is not clear; the arm that makes use of what came is that of the hit.
  bool thenUses = usesData(scene, branch.then), elseUses = usesData(scene, branch.otherwise);
  if (thenUses == elseUses)
    return std::nullopt;
  if (elseUses)
    std::swap(decision.hit, decision.miss);
  decision.isCertain = false;
  return decision;
}

/// Something behind the branch, outside the rare arm, makes use of what came.
bool isUsedLater(const ModeScene &scene, const Decision &decision) {
  const Function &body = scene.body;
  for (uint32_t block = 0; block < body.blocks.size(); ++block) {
    if (isIn(body, Index<Block>(block), decision.miss))
      continue;
    for (uint32_t i = 0; i < body.blocks[block].steps.size(); ++i)
      if (scene.flow.usesData(body.blocks[block].steps[i]) &&
          standsBefore(body, decision.moment, {Index<Block>(block), i}))
        return true;
  }
  return false;
}

/// What came is where the caller looks: in an argument, or in the object.
bool isKeptForCaller(const ModeScene &scene) {
  return llvm::any_of(scene.flow.destinations(),
                      [&](const Place &place) { return !place.local() || *place.local() < scene.body.parameterCount; });
}

/// `return false;`, `return -1;`
bool saysNo(const ModeScene &scene, const Exit &exit) {
  const Value *value = exit.value ? &scene.body[exit.value] : nullptr;
  if (!value || !value->constant || !value->type)
    return false;
  return *value->constant < 0 || (*value->constant == 0 && (*scene.function.unit)[value->type].kind == TypeClass::Bool);
}

bool returnsFrom(const ModeScene &scene, Index<Block> block) {
  return llvm::any_of(scene.body.exits, [&](const Exit &exit) {
    return exit.kind == ExitKind::Return && isIn(scene.body, exit.block, block) && !saysNo(scene, exit);
  });
}

/// The exit may be how a hit ends: it answers, or follows on a use of what was found.
bool endsHit(const ModeScene &scene, const Exit &exit) { return exit.value || usesData(scene, exit.block); }

/// Leaving the common way early skips the call. Where only some of it leaves, the others come to the call as well.
bool isSkippedByHit(const ModeScene &scene, const Decision &decision, Index<Call> call) {
  const Function &body = scene.body;
  Index<Block> block = body[call].block;
  if (!decision.hit || isIn(body, block, decision.hit) || alwaysLeaves(body, decision.miss) ||
      !standsBefore(body, decision.moment, momentOf(body, call)))
    return false;
  bool isWhole = body[decision.hit].role == BlockRole::TryBody || alwaysLeaves(body, decision.hit);
  return llvm::any_of(body.exits, [&](const Exit &exit) {
    return isIn(body, exit.block, decision.hit) && !isThrow(exit) && !saysNo(scene, exit) && skips(body, exit, block) &&
           (isWhole || endsHit(scene, exit));
  });
}

} // namespace

Distance distanceOf(const Touch &touch) {
  if (!touch.kind)
    return Distance::Process;
  if (touch.isEmbedded)
    return Distance::Embedded;
  switch (*touch.kind) {
  case DependencyKind::Cache: return Distance::Cache;
  case DependencyKind::Database: return Distance::Database;
  case DependencyKind::Dns: return touch.path.size() > kMaxPathToLookup ? Distance::Nowhere : Distance::Service;
  case DependencyKind::Http:
  case DependencyKind::Rpc: return Distance::Service;
  case DependencyKind::Broker:
  case DependencyKind::Socket:
  case DependencyKind::Subprocess:
  case DependencyKind::Pool:
  case DependencyKind::LocalWait: return Distance::Nowhere;
  }
  llvm_unreachable("unknown kind");
}

bool goesOnTo(const Function &function, Index<Block> from, Index<Block> to) {
  uint32_t position = 0;
  for (Index<Block> around : enclosingBlocks(function, from)) {
    if (isIn(function, to, around))
      return true;
    Exits exits = exitsOf(function, around, {}, position);
    if (!exits.fallsThrough && !exits.breaks && !exits.continues && !exits.jumps)
      return false;
    position = ownerOf(function, around).position + 1;
  }
  return true;
}

bool isOverwritten(const Function &function, Index<Call> call) {
  auto isResult = [&](Index<Value> value) {
    value = withoutCasts(function, value);
    return value && function[value].kind == ValueKind::Call && function[value].index == call.value;
  };
  return llvm::any_of(function.assigns, [&](const Assign &assign) { return assign.op == "=" && isResult(assign.target); }) ||
         llvm::any_of(function.calls, [&](const Call &other) {
           return unqualified(other.name) == "operator=" && isResult(targetOf(other));
         });
}

std::vector<Decision> decisionsOf(const ModeScene &scene) {
  std::vector<Decision> decisions;
  const Function &body = scene.body;
  Moment asked = momentOf(body, scene.common.call);
  for (uint32_t i = 0; i < body.branches.size(); ++i) {
    const Branch &branch = body.branches[i];
    Moment moment = momentOf(body, branch.block, {StepKind::Branch, i});
    if (moment.valid() && standsBefore(body, asked, moment))
      if (std::optional<Decision> decision = decisionAt(scene, branch, moment))
        decisions.push_back(*decision);
  }
  for (uint32_t i = 0; i < body.calls.size(); ++i)
    if (namesAlternative(unqualified(body.calls[i].name)) &&
        scene.flow.of(body.calls[i].object) == Presence::Found)
      decisions.push_back({body.calls[i].site,
                           {},
                           {},
                           momentOf(body, Index<Call>(i)),
                           reasonOf(scene),
                           true,
                           Index<Call>(i)});
  for (uint32_t i = 0; i < body.tries.size(); ++i) {
    const Try &attempt = body.tries[i];
    if (!isIn(body, body[scene.common.call].block, attempt.body))
      continue;
    for (Index<Handler> handler : attempt.handlers)
      decisions.push_back({body[handler].site,
                           attempt.body,
                           body[handler].body,
                           momentOf(body, attempt.block, {StepKind::Try, i}),
                           TwoWays::Failure,
                           true,
                           {}});
  }
  return decisions;
}

bool isRare(const ModeScene &scene, const Decision &decision, Index<Call> call) {
  if (decision.alternative)
    return call == decision.alternative;
  return isIn(scene.body, scene.body[call].block, decision.miss) || isSkippedByHit(scene, decision, call);
}

bool isFoundUsed(const ModeScene &scene, const Decision &decision) {
  if (decision.hit)
    return usesData(scene, decision.hit) || (isKeptForCaller(scene) && returnsFrom(scene, decision.hit));
  return scene.flow.hasData() && (isKeptForCaller(scene) || isUsedLater(scene, decision));
}

} // namespace opex
