#include "analysis/modes.h"

#include "analysis/mode_limits.h"
#include "analysis/presence_words.h"

#include "llvm/ADT/STLExtras.h"

#include <functional>
#include <set>

namespace opex {
namespace {

/// How far away an answer comes from.
enum Distance : uint8_t { Process, Cache, Database, Service, Nowhere };

/// Names are looked up below very much that only parses or prints addresses.
constexpr size_t kMaxPathToLookup = 2;

Distance distanceOf(const Touch &touch) {
  if (touch.kind == "dns" && touch.path.size() > kMaxPathToLookup)
    return Nowhere;
  if (touch.kind.empty())
    return Process;
  if (touch.kind == "cache")
    return Cache;
  if (touch.kind == "database")
    return Database;
  bool isService = touch.kind == "rpc" || touch.kind == "http" || touch.kind == "dns";
  return isService ? Service : Nowhere;
}

/// A call that asks for something, and the furthest that it asks.
struct Ask {
  Index<Call> call;
  Distance distance = Nowhere;
  const Touch *touch = nullptr; ///< The first one of that distance.
};

/// Where one call's outcome decides what happens next.
struct Decision {
  Site site;
  Index<Block> hit;  ///< None if a hit merely skips the miss.
  Index<Block> miss; ///< None if a miss merely goes on behind.
  Moment moment;
  bool isFailure = false, isCertain = true;
  Index<Call> alternative; ///< The call that runs the rare way itself: `found.or_else(read)`.
};

Moment momentOfStep(const Function &function, Index<Block> block, StepKind kind, uint32_t index) {
  const std::vector<Step> &steps = function[block].steps;
  auto found = llvm::find(steps, Step{kind, index});
  return found == steps.end() ? Moment() : Moment{block, static_cast<uint32_t>(found - steps.begin())};
}

bool isInside(const Function &function, Index<Block> block, Index<Block> outer) {
  return outer && llvm::is_contained(enclosingBlocks(function, block), outer);
}

bool isThrow(const Exit &exit) { return exit.kind == ExitKind::Throw || exit.kind == ExitKind::Rethrow; }

/// Whether leaving by the exit skips what stands in `block` behind it.
bool skips(const Function &function, const Exit &exit, Index<Block> block) {
  if (exit.kind == ExitKind::Return || exit.kind == ExitKind::CoReturn)
    return true;
  if (exit.kind != ExitKind::Break && exit.kind != ExitKind::Continue)
    return false;
  for (Index<Block> around : enclosingBlocks(function, exit.block)) {
    BlockRole role = function[around].role;
    if (role == BlockRole::LoopBody || (role == BlockRole::SwitchBody && exit.kind == ExitKind::Break))
      return isInside(function, block, around);
  }
  return false;
}

/// No path through the block gets to its end, as far as its last step tells.
bool alwaysLeaves(const Function &function, Index<Block> block) {
  if (!block || function[block].steps.empty())
    return false;
  const Step &last = function[block].steps.back();
  switch (last.kind) {
  case StepKind::Exit: return function.exits[last.index].kind != ExitKind::CoYield;
  case StepKind::Call: return function.calls[last.index].isNoReturn;
  case StepKind::Block: return alwaysLeaves(function, Index<Block>(last.index));
  case StepKind::Branch:
    return alwaysLeaves(function, function.branches[last.index].then) &&
           alwaysLeaves(function, function.branches[last.index].otherwise);
  default: return false;
  }
}

class Modes {
public:
  Modes(Program &program, const RoleIndex &roles, Subjects &subjects)
      : program_(program), roles_(roles), touches_(program, roles, subjects) {
    for (const LinkedFunction &function : program.functions)
      if (function.body->record && touches_.asksItself(function))
        clients_.insert(function.body->record);
    isClient_ = [this](const Type &type) { return clients_.contains(type.record) || roles_.subjectOf(type); };
  }

  void run() {
    for (const LinkedFunction &function : program_.functions)
      if (!function.body->isUninstantiated)
        study(function);
  }

private:
  struct Scene {
    const LinkedFunction &function;
    const Function &body;
    const std::vector<Ask> &asks;
    Ask common;
    const PresenceFlow &flow;
  };

  void study(const LinkedFunction &function) {
    std::vector<Ask> asks;
    for (uint32_t i = 0; i < function.body->calls.size(); ++i)
      if (std::optional<Ask> ask = askOf({function.position, Index<Call>(i)}))
        asks.push_back(*ask);
    bool leavesProcess = llvm::any_of(asks, [](const Ask &ask) { return ask.distance != Process; });
    if (asks.size() < 2 || !leavesProcess)
      return;
    std::map<Index<Call>, std::pair<bool, TwoWays>> byRare; ///< With whether the decision is plain.
    for (const Ask &common : asks) {
      if (common.touch->kind == "dns" || touches_.isHub({function.position, common.call}))
        continue;
      PresenceFlow flow(program_, function, common.call, isClient_);
      Scene scene{function, *function.body, asks, common, flow};
      for (const Decision &decision : decisionsOf(scene))
        if (std::optional<TwoWays> ways = waysOf(scene, decision))
          add(byRare, decision.isCertain, std::move(*ways));
    }
    for (auto &[rare, ways] : byRare)
      program_.annotations.twoWays.push_back(std::move(ways.second));
  }

  /// Several ways lead to one rare call: the decision next to it is its own, and all that is asked before it
  /// are steps on the way there.
  static void add(std::map<Index<Call>, std::pair<bool, TwoWays>> &byRare, bool isCertain, TwoWays ways) {
    auto [entry, isNew] = byRare.try_emplace(ways.rare.call, isCertain, ways);
    if (isNew)
      return;
    auto &[isKnownCertain, known] = entry->second;
    if (known.decision.offset != ways.decision.offset) {
      if (std::pair(isCertain, ways.decision.offset) > std::pair(isKnownCertain, known.decision.offset))
        entry->second = {isCertain, std::move(ways)};
      return;
    }
    // Calls are studied in their order: what is known was asked before.
    if (ways.confidence <= known.confidence) {
      auto decided = llvm::find_if(known.evidence, [](const ChainStep &step) { return !step.isDependency; });
      known.evidence.insert(decided, ways.evidence.front());
      return;
    }
    auto decided = llvm::find_if(known.evidence, [](const ChainStep &step) { return !step.isDependency; });
    ways.evidence.insert(ways.evidence.begin(), known.evidence.begin(), decided);
    known = std::move(ways);
  }

  std::optional<Ask> askOf(CallRef ref) {
    Ask ask{ref.call};
    for (const Touch &touch : touches_.of(ref)) {
      bool asks = touch.access == Touch::Read || (touch.access == Touch::Make && touch.path.empty());
      Distance distance = asks ? distanceOf(touch) : Nowhere;
      if (distance == Nowhere || (ask.touch && distance <= ask.distance))
        continue;
      ask.distance = distance;
      ask.touch = &touch;
    }
    return ask.touch ? std::optional(ask) : std::nullopt;
  }

  std::vector<Decision> decisionsOf(const Scene &scene) {
    std::vector<Decision> decisions;
    const Function &body = scene.body;
    Moment asked = momentOf(body, scene.common.call);
    for (uint32_t i = 0; i < body.branches.size(); ++i) {
      const Branch &branch = body.branches[i];
      Moment moment = momentOfStep(body, branch.block, StepKind::Branch, i);
      if (moment.valid() && standsBefore(body, asked, moment))
        if (std::optional<Decision> decision = decisionAt(scene, branch, moment))
          decisions.push_back(*decision);
    }
    for (uint32_t i = 0; i < body.calls.size(); ++i)
      if (namesAlternative(unqualified(body.calls[i].name)) && scene.flow.of(body.calls[i].object) == Presence::Found)
        decisions.push_back({body.calls[i].site, {}, {}, momentOf(body, Index<Call>(i)), scene.common.distance > Cache, true, Index<Call>(i)});
    for (uint32_t i = 0; i < body.tries.size(); ++i) {
      const Try &attempt = body.tries[i];
      if (!isInside(body, body[scene.common.call].block, attempt.body))
        continue;
      for (Index<Handler> handler : attempt.handlers)
        decisions.push_back({body[handler].site, attempt.body, body[handler].body,
                             momentOfStep(body, attempt.block, StepKind::Try, i), true, true, {}});
    }
    return decisions;
  }

  std::optional<Decision> decisionAt(const Scene &scene, const Branch &branch, Moment moment) {
    Presence presence = scene.flow.of(branch.condition);
    if (presence == Presence::None)
      return std::nullopt;
    Decision decision{branch.site, branch.then, branch.otherwise, moment, scene.common.distance > Cache, true, {}};
    if (presence == Presence::Missing)
      std::swap(decision.hit, decision.miss);
    if (presence == Presence::Found || presence == Presence::Missing)
      return decision;
    if (!scene.flow.isDirect(branch.condition))
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

  bool usesData(const Scene &scene, Index<Block> block) {
    if (!block)
      return false;
    Region region = readRegion(scene.body, scene.body[block].steps, false);
    return llvm::any_of(region.steps, [&](const Step &step) { return scene.flow.usesData(step); });
  }

  /// Something behind the branch, outside the rare arm, makes use of what came.
  bool isUsedLater(const Scene &scene, const Decision &decision) {
    const Function &body = scene.body;
    for (uint32_t block = 0; block < body.blocks.size(); ++block) {
      if (isInside(body, Index<Block>(block), decision.miss))
        continue;
      for (uint32_t i = 0; i < body.blocks[block].steps.size(); ++i)
        if (scene.flow.usesData(body.blocks[block].steps[i]) &&
            standsBefore(body, decision.moment, {Index<Block>(block), i}))
          return true;
    }
    return false;
  }

  /// The common way returns, and what came is where the caller looks: in an argument, or in the object.
  bool isHandedToCaller(const Scene &scene, const Decision &decision) {
    bool isOutside = llvm::any_of(scene.flow.destinations(), [&](const auto &key) {
      return key.second || key.first < scene.body.parameterCount;
    });
    return isOutside && llvm::any_of(scene.body.exits, [&](const Exit &exit) {
      return exit.kind == ExitKind::Return && isInside(scene.body, exit.block, decision.hit);
    });
  }

  /// Leaving the common way early skips the call.
  bool isSkippedByHit(const Scene &scene, const Decision &decision, Index<Call> call) {
    const Function &body = scene.body;
    Index<Block> block = body[call].block;
    if (!decision.hit || isInside(body, block, decision.hit) || alwaysLeaves(body, decision.miss) ||
        !standsBefore(body, decision.moment, momentOf(body, call)))
      return false;
    return llvm::any_of(body.exits, [&](const Exit &exit) {
      return isInside(body, exit.block, decision.hit) && !isThrow(exit) && skips(body, exit, block);
    });
  }

  bool isRare(const Scene &scene, const Decision &decision, Index<Call> call) {
    if (decision.alternative)
      return call == decision.alternative;
    return isInside(scene.body, scene.body[call].block, decision.miss) || isSkippedByHit(scene, decision, call);
  }

  /// The same is asked on the common way too: it happens every time.
  bool isAskedOnHit(const Scene &scene, const Decision &decision, const Ask &rare) {
    return llvm::any_of(scene.asks, [&](const Ask &other) {
      return isInside(scene.body, scene.body[other.call].block, decision.hit) && !(other.call == scene.common.call) &&
             other.touch->call == rare.touch->call;
    });
  }

  static std::string objectOf(const Program &program, const Function &body, const Call &call) {
    if (call.object)
      return spell(program, body, call.object);
    return call.arguments.empty() ? std::string() : spell(program, body, call.arguments.front());
  }

  bool isSameOperation(const Scene &scene, const Ask &rare) {
    const Call &a = scene.body[scene.common.call], &b = scene.body[rare.call];
    bool isSameObject = objectOf(program_, scene.body, a) == objectOf(program_, scene.body, b);
    return isSameObject && (a.callee == b.callee || scene.common.distance == rare.distance);
  }

  bool givesSameResult(const Scene &scene, const Ask &rare) {
    PresenceFlow flow(program_, scene.function, rare.call, isClient_);
    if (flow.isReturned() && scene.flow.isReturned())
      return true;
    return llvm::any_of(flow.destinations(), [&](const auto &key) { return scene.flow.destinations().contains(key); });
  }

  /// What is looked into lives longer than the request, as far as its name tells.
  bool outlivesRequest(const Scene &scene) {
    const Call &call = scene.body[scene.common.call];
    Index<Value> root = call.object ? rootOf(scene.body, call.object) : Index<Value>();
    if (!root || scene.body[root].kind != ValueKind::Local)
      return true;
    const Local &local = scene.body.locals[scene.body[root].index];
    const Type *type = local.type ? &(*scene.function.unit)[local.type] : nullptr;
    bool isAlias = type && (type->kind == TypeClass::Pointer || type->kind == TypeClass::Reference || local.byReference);
    return local.kind == LocalKind::Static || local.kind == LocalKind::ThreadLocal || (isAlias && !type->isConst);
  }

  /// Containers that the call only looks into; what it fills itself is made there if it is missing.
  std::set<EntityId> containersOf(CallRef call) {
    std::set<EntityId> containers;
    for (const Touch &touch : touches_.of(call))
      if (touch.container && touch.access == Touch::Read)
        containers.insert(touch.container);
    for (const Touch &touch : touches_.of(call))
      if (touch.container && touch.access != Touch::Read)
        containers.erase(touch.container);
    return containers;
  }

  bool isKeptBy(Index<Call> call, const Scene &scene) {
    std::set<EntityId> containers = containersOf({scene.function.position, scene.common.call});
    return llvm::any_of(touches_.of({scene.function.position, call}), [&](const Touch &touch) {
      if (touch.access != Touch::Write && touch.access != Touch::Make)
        return false;
      return scene.common.distance == Process ? containers.contains(touch.container)
                                              : !touch.kind.empty() && touch.kind == scene.common.touch->kind;
    });
  }

  /// What was found is given to the class that was asked first.
  bool isGivenBack(Index<Call> call, const Scene &scene, const PresenceFlow &found) {
    if (scene.common.distance == Process && containersOf({scene.function.position, scene.common.call}).empty())
      return false;
    const Declaration *asked = program_.declaration(scene.body[scene.common.call].callee);
    const Declaration *given = program_.declaration(scene.body[call].callee);
    bool isSameClass = asked && given && asked->id != given->id && asked->parent && asked->parent == given->parent;
    return isSameClass && given->kind == EntityKind::Method && !given->isConst && found.usesData({StepKind::Call, call.value});
  }

  /// Something on the rare way, or behind both, puts what was found where the common way looks.
  bool isRefilled(const Scene &scene, const Decision &decision, const Ask &rare) {
    // `Body &body = bodies[id]; if (body.empty()) body = read(id);`
    bool isSlot = scene.common.touch->access == Touch::Make;
    if (isSlot && givesSameResult(scene, rare))
      return true;
    const Function &body = scene.body;
    Moment asked = momentOf(body, rare.call);
    PresenceFlow found(program_, scene.function, rare.call, isClient_);
    for (uint32_t i = 0; i < body.calls.size(); ++i) {
      Index<Call> call(i);
      Moment moment = momentOf(body, call);
      bool isBehind = call == rare.call || (moment.valid() && standsBefore(body, asked, moment));
      bool isOnWay = scene.common.distance != Process || isRare(scene, decision, call);
      if (isBehind && isOnWay && (isKeptBy(call, scene) || isGivenBack(call, scene, found)))
        return true;
    }
    return false;
  }

  const Ask *rareAsk(const Scene &scene, const Decision &decision) {
    for (const Ask &ask : scene.asks)
      if (ask.distance != Process && !(ask.call == scene.common.call) && isRare(scene, decision, ask.call) &&
          !isSameOperation(scene, ask) && !isAskedOnHit(scene, decision, ask) && ask.touch->call != scene.common.touch->call)
        return &ask;
    return nullptr;
  }

  /// How sure it is that both lead to one result; none if they do not.
  std::optional<Confidence> confidenceOf(const Scene &scene, const Decision &decision, const Ask &rare, bool refills) {
    Distance common = scene.common.distance;
    if (common == Process && (!refills || decision.isFailure || !outlivesRequest(scene)))
      return std::nullopt;
    bool isFurther = rare.distance > common;
    bool isCacheMiss = common <= Cache && isFurther;
    if (rare.touch->kind == "dns" && !(isCacheMiss && refills))
      return std::nullopt;
    if (!isCacheMiss && !decision.isFailure)
      return std::nullopt;
    bool isUsed = decision.hit ? usesData(scene, decision.hit) || isHandedToCaller(scene, decision) : scene.flow.hasData() && isUsedLater(scene, decision);
    if (!isUsed && !refills)
      return std::nullopt;
    bool isSame = givesSameResult(scene, rare);
    if (common == Process && (!isUsed || !isSame))
      return std::nullopt; // A set of what is known, a registry: not one result in two ways.
    if (!isSame && !(refills && isCacheMiss))
      return isCacheMiss && decision.isCertain ? std::optional(Confidence::Low) : std::nullopt;
    bool isSure = decision.isCertain && !rare.touch->isPossible && !scene.common.touch->isPossible;
    return isSure ? Confidence::High : Confidence::Medium;
  }

  std::optional<TwoWays> waysOf(const Scene &scene, const Decision &decision) {
    const Ask *rare = rareAsk(scene, decision);
    if (!rare)
      return std::nullopt;
    bool refills = isRefilled(scene, decision, *rare);
    std::optional<Confidence> confidence = confidenceOf(scene, decision, *rare, refills);
    if (!confidence)
      return std::nullopt;
    TwoWays ways;
    uint32_t position = scene.function.position;
    ways.reason = decision.isFailure ? TwoWays::Failure : TwoWays::Miss;
    ways.common = {position, scene.common.call};
    ways.rare = {position, rare->call};
    ways.commonName = scene.body[scene.common.call].name.str();
    ways.rareName = scene.body[rare->call].name.str();
    ways.commonKind = scene.common.touch->kind;
    ways.rareKind = rare->touch->kind;
    ways.decision = decision.site;
    ways.refills = refills;
    ways.confidence = *confidence;
    TimeLimit limit = limitOfRareWay(scene, decision, *rare);
    ways.timeout = limit.state;
    ways.unlimited = limit.unlimited;
    ways.isGuarded = isHeldBack(program_, roles_, ways.rare, touches_.of(ways.rare));
    ways.evidence = evidenceOf(scene, decision, *rare);
    for (ChainStep &step : limit.steps)
      ways.evidence.push_back(std::move(step));
    return ways;
  }

  TimeLimit limitOfRareWay(const Scene &scene, const Decision &decision, const Ask &rare) {
    TimeLimit limit;
    Moment last = momentOf(scene.body, rare.call);
    for (uint32_t i = 0; i < scene.body.calls.size(); ++i) {
      Index<Call> call(i);
      bool isInMiss = isInside(scene.body, scene.body[call].block, decision.miss);
      bool isOnWay = call == rare.call || isInMiss ||
                     (isSkippedByHit(scene, decision, call) && standsBefore(scene.body, momentOf(scene.body, call), last));
      if (isOnWay)
        addTimeLimit(program_, touches_.of({scene.function.position, call}), limit);
    }
    return limit;
  }

  std::vector<ChainStep> evidenceOf(const Scene &scene, const Decision &decision, const Ask &rare) {
    auto at = [&](const Site &site) { return program_.location(scene.function, site); };
    auto name = [&](Index<Call> call) { return "`" + unqualified(scene.body[call].name).str() + "`"; };
    std::vector<ChainStep> steps;
    steps.push_back({at(scene.body[scene.common.call].site), name(scene.common.call) + " is asked first", true});
    steps.push_back({at(decision.site), decision.isFailure ? "its outcome is looked at" : "what it found decides", false, true});
    if (decision.miss && scene.body[decision.miss].role == BlockRole::Else)
      steps.push_back({at(scene.body[decision.miss].site), "the rare way begins", false, true});
    steps.push_back({at(scene.body[rare.call].site), name(rare.call) + " is asked otherwise", true});
    for (CallRef step : llvm::reverse(rare.touch->path)) {
      if (step == CallRef{scene.function.position, rare.call})
        continue;
      const LinkedFunction &function = program_.functions[step.function];
      steps.push_back({program_.location(function, (*function.body)[step.call].site), "calls `" + unqualified((*function.body)[step.call].name).str() + "`"});
    }
    return steps;
  }

  Program &program_;
  const RoleIndex &roles_;
  Touches touches_;
  std::set<EntityId> clients_; ///< Classes whose methods leave the process themselves.
  std::function<bool(const Type &)> isClient_;
};

} // namespace

void annotateModes(Program &program, const RoleIndex &roles, Subjects &subjects) { Modes(program, roles, subjects).run(); }

} // namespace opex
