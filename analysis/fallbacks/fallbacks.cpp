#include "analysis/fallbacks/fallbacks.h"

#include "analysis/body/identity.h"
#include "analysis/body/places.h"
#include "analysis/fallbacks/decisions.h"
#include "analysis/fallbacks/limits.h"

#include "llvm/ADT/STLExtras.h"

#include <functional>
#include <memory>
#include <set>

namespace opex {
namespace {

/// A function that asks this often is a table of some kind; it would cost more than it tells.
constexpr size_t kMaxAsks = 200;

class Modes {
public:
  explicit Modes(const Fallbacks::Needs &in)
      : in_(in), program_(in.program()), roles_(in.get<RoleIndex>()), touches_(in) {
    for (const LinkedFunction &function : program_.functions)
      if (function.body->record && touches_.asksItself(function))
        clients_.insert(function.body->record);
    isClient_ = [this](const Type &type) { return clients_.contains(type.record) || roles_.subjectOf(type); };
  }

  std::vector<TwoWays> run() {
    for (const LinkedFunction &function : program_.functions)
      if (!function.body->isUninstantiated)
        study(function);
    return std::move(found_);
  }

private:
  void study(const LinkedFunction &function) {
    std::vector<Ask> asks;
    for (uint32_t i = 0; i < function.body->calls.size(); ++i)
      if (std::optional<Ask> ask = askOf({function.position, Index<Call>(i)}))
        asks.push_back(*ask);
    bool leavesProcess = llvm::any_of(asks, [](const Ask &ask) { return ask.distance > Distance::Embedded; });
    if (asks.size() < 2 || asks.size() > kMaxAsks || !leavesProcess)
      return;
    flows_.clear();
    std::map<Index<Call>, std::pair<bool, TwoWays>> byRare; ///< With whether the decision is plain.
    for (const Ask &common : asks) {
      if (common.touch->kind == DependencyKind::Dns || touches_.isHub({function.position, common.call}) || isKnownToBeThere(function, asks, common))
        continue;
      const PresenceFlow &flow = flowOf(function, common.call);
      ModeScene scene{function, *function.body, asks, common, flow};
      for (const Decision &decision : decisionsOf(scene))
        if (std::optional<TwoWays> ways = waysOf(scene, decision))
          add(byRare, decision.isCertain, std::move(*ways));
    }
    for (auto &[rare, ways] : byRare)
      found_.push_back(std::move(ways.second));
  }

  const PresenceFlow &flowOf(const LinkedFunction &function, Index<Call> call) {
    std::unique_ptr<PresenceFlow> &flow = flows_[call];
    if (!flow)
      flow = std::make_unique<PresenceFlow>(program_, function, call, isClient_);
    return *flow;
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
      Distance distance = asks ? distanceOf(touch) : Distance::Nowhere;
      if (distance == Distance::Nowhere || (ask.touch && distance <= ask.distance))
        continue;
      ask.distance = distance;
      ask.touch = &touch;
    }
    return ask.touch ? std::optional(ask) : std::nullopt;
  }

  /// `if (bodies.count(id) == 0) return; Body &body = bodies[id];`: the second is no question.
  bool isKnownToBeThere(const LinkedFunction &function, const std::vector<Ask> &asks, const Ask &ask) {
    if (ask.touch->access != Touch::Make || ask.touch->path.size() > 0)
      return false;
    return llvm::any_of(asks, [&](const Ask &other) {
      return other.call.value < ask.call.value && other.touch->container == ask.touch->container &&
             other.touch->access == Touch::Read && firstArgument(function, other.call) == firstArgument(function, ask.call);
    });
  }

  std::string firstArgument(const LinkedFunction &function, Index<Call> call) const {
    const Call &asked = (*function.body)[call];
    return asked.arguments.empty() ? std::string() : spell(program_, *function.body, asked.arguments.front());
  }

  /// The same is asked on the common way too, in its arm or behind both: it happens every time.
  bool isAskedOnHit(const ModeScene &scene, const Decision &decision, const Ask &rare) {
    auto isSameText = [&](const Ask &other) {
      return scene.body[other.call].callee == scene.body[rare.call].callee &&
             callText(program_, scene.function, other.call) == callText(program_, scene.function, rare.call);
    };
    return llvm::any_of(scene.asks, [&](const Ask &other) {
      if (other.call == scene.common.call || other.call == rare.call)
        return false;
      if (isIn(scene.body, scene.body[other.call].block, decision.hit)) {
        // A hit that sometimes refreshes what it found is still one.
        bool isRefresh = isSameText(other) && conditionalArm(scene.body, momentOf(scene.body, other.call), decision.hit);
        return other.touch->call == rare.touch->call && !isRefresh;
      }
      return !isRare(scene, decision, other.call) &&
             standsBefore(scene.body, decision.moment, momentOf(scene.body, other.call)) && isSameText(other);
    });
  }

  /// A way that puts something where it asks, in the call itself or before, registers what is new: it is no second way to
  /// read it.
  bool isRegistration(const ModeScene &scene, const Decision &decision, const Ask &ask) {
    Moment asked = momentOf(scene.body, ask.call);
    for (uint32_t i = 0; i < scene.body.calls.size(); ++i) {
      Index<Call> call(i);
      bool isOnWay = call == ask.call || (isRare(scene, decision, call) && standsBefore(scene.body, momentOf(scene.body, call), asked));
      if (isOnWay && llvm::any_of(touches_.of({scene.function.position, call}), [&](const Touch &touch) {
            return touch.access == Touch::Write && touch.kind && touch.kind == ask.touch->kind;
          }))
        return true;
    }
    return false;
  }

  static std::string objectOf(const Program &program, const Function &body, const Call &call) {
    if (call.object)
      return spell(program, body, call.object);
    return call.arguments.empty() ? std::string() : spell(program, body, call.arguments.front());
  }

  /// The connection a leaf works on, if it is kept somewhere.
  EntityId connectionOf(const Touch &touch) {
    const Function &body = *program_.functions[touch.call.function].body;
    return touch.dependency ? keptIn(body, touch.dependency->subjectValue) : EntityId();
  }

  bool isSameOperation(const ModeScene &scene, const Ask &rare) {
    const Call &a = scene.body[scene.common.call], &b = scene.body[rare.call];
    EntityId first = connectionOf(*scene.common.touch), second = connectionOf(*rare.touch);
    if (first && second && first != second)
      return false;
    bool isSameObject = objectOf(program_, scene.body, a) == objectOf(program_, scene.body, b);
    return isSameObject && (a.callee == b.callee || scene.common.distance == rare.distance);
  }

  bool givesSameResult(const ModeScene &scene, const Ask &rare) {
    const PresenceFlow &flow = flowOf(scene.function, rare.call);
    if (flow.isReturned() && scene.flow.isReturned())
      return true;
    return llvm::any_of(flow.destinations(),
                        [&](const auto &key) { return scene.flow.destinations().contains(key); });
  }

  /// What is looked into lives longer than the request, as far as its name tells.
  bool outlivesRequest(const ModeScene &scene) {
    const Call &call = scene.body[scene.common.call];
    std::optional<uint32_t> variable = localOf(scene.body, call.object);
    if (!variable)
      return true;
    const Local &local = scene.body.locals[*variable];
    const Type *type = local.type ? &(*scene.function.unit)[local.type] : nullptr;
    bool isAlias =
        type && (type->kind == TypeClass::Pointer || type->kind == TypeClass::Reference || local.byReference);
    return local.kind == LocalKind::Static || local.kind == LocalKind::ThreadLocal ||
           (isAlias && !type->isConst);
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

  bool isKeptBy(Index<Call> call, const ModeScene &scene) {
    std::set<EntityId> containers = containersOf({scene.function.position, scene.common.call});
    return llvm::any_of(touches_.of({scene.function.position, call}), [&](const Touch &touch) {
      if (touch.access != Touch::Write && touch.access != Touch::Make)
        return false;
      return scene.common.distance == Distance::Process
                 ? containers.contains(touch.container)
                 : touch.kind && touch.kind == scene.common.touch->kind;
    });
  }

  /// `if (bodies.count(id) == 0) bodies[id] = read(id); return bodies[id];`
  bool isLookedUpAgain(const ModeScene &scene, const Decision &decision, const Ask &rare) {
    std::set<EntityId> containers = containersOf({scene.function.position, scene.common.call});
    return llvm::any_of(scene.asks, [&](const Ask &ask) {
      return ask.distance == Distance::Process && !isOverwritten(scene.body, ask.call) && containers.contains(ask.touch->container) && ask.call != scene.common.call &&
             !isIn(scene.body, scene.body[ask.call].block, decision.miss) &&
             goesOnTo(scene.body, scene.body[rare.call].block, scene.body[ask.call].block) &&
             happensBefore(scene.body, momentOf(scene.body, rare.call), momentOf(scene.body, ask.call)) != Before::Never;
    });
  }

  /// What was found is given to the class that was asked first.
  bool isGivenBack(Index<Call> call, const ModeScene &scene, const PresenceFlow &found) {
    if (scene.common.distance == Distance::Process &&
        containersOf({scene.function.position, scene.common.call}).empty())
      return false;
    const Declaration *asked = program_.declaration(scene.body[scene.common.call].callee);
    const Declaration *given = program_.declaration(scene.body[call].callee);
    bool isSameClass =
        asked && given && asked->id != given->id && asked->parent && asked->parent == given->parent;
    return isSameClass && given->kind == EntityKind::Method && !given->isConst &&
           found.usesData({StepKind::Call, call.value});
  }

  /// Another function asks the same, and puts what it gets where the common way looks: a refresh ahead of time.
  bool isFilledElsewhere(const ModeScene &scene, const Ask &rare) {
    const LinkedFunction *asked = program_.directCallee(scene.function, rare.call);
    if (!asked || scene.common.distance != Distance::Process)
      return false;
    std::set<EntityId> containers = containersOf({scene.function.position, scene.common.call});
    return llvm::any_of(asked->callers, [&](const CallEdge &edge) {
      const LinkedFunction &other = program_.functions[edge.caller];
      if (other.position == scene.function.position || other.body->calls.size() > kMaxAsks)
        return false;
      const PresenceFlow flow(program_, other, edge.call, isClient_);
      return llvm::any_of(flow.destinations(), [&](const Place &place) { return containers.contains(place.entity()); });
    });
  }

  /// Something on the rare way, or behind both, puts what was found where the common way looks.
  bool isRefilled(const ModeScene &scene, const Decision &decision, const Ask &rare) {
    // `Body &body = bodies[id]; if (body.empty()) body = read(id);`
    bool isSlot = scene.common.touch->access == Touch::Make;
    if (isSlot && givesSameResult(scene, rare))
      return true;
    const Function &body = scene.body;
    if (isFilledElsewhere(scene, rare))
      return true;
    Moment asked = momentOf(body, rare.call);
    const PresenceFlow &found = flowOf(scene.function, rare.call);
    for (uint32_t i = 0; i < body.calls.size(); ++i) {
      Index<Call> call(i);
      Moment moment = momentOf(body, call);
      bool isBehind = call == rare.call || (moment.valid() && standsBefore(body, asked, moment));
      bool isOnWay = scene.common.distance != Distance::Process || isRare(scene, decision, call);
      if (isBehind && isOnWay && (isKeptBy(call, scene) || isGivenBack(call, scene, found)))
        return true;
    }
    return false;
  }

  const Ask *rareAsk(const ModeScene &scene, const Decision &decision) {
    for (const Ask &ask : scene.asks)
      if (ask.distance > Distance::Embedded && !(ask.call == scene.common.call) &&
          isRare(scene, decision, ask.call) && !isSameOperation(scene, ask) &&
          !isAskedOnHit(scene, decision, ask) && ask.touch->call != scene.common.touch->call && !isRegistration(scene, decision, ask))
        return &ask;
    return nullptr;
  }

  /// How sure it is that both lead to one result; none if they do not.
  std::optional<Confidence> confidenceOf(const ModeScene &scene, const Decision &decision, const Ask &rare,
                                         bool refills) {
    Distance common = scene.common.distance;
    if (common == Distance::Process &&
        (!refills || decision.reason != TwoWays::Miss || !outlivesRequest(scene)))
      return std::nullopt;
    bool isFurther = rare.distance > common;
    bool isCacheMiss = common <= Distance::Cache && isFurther;
    if (rare.touch->kind == DependencyKind::Dns && !(isCacheMiss && refills))
      return std::nullopt;
    if (!isCacheMiss && decision.reason == TwoWays::Miss)
      return std::nullopt;
    bool isUsed = isFoundUsed(scene, decision);
    if (!isUsed && !refills)
      return std::nullopt;
    bool isSame = givesSameResult(scene, rare);
    if (common == Distance::Process && (!isUsed || !isSame) && !isLookedUpAgain(scene, decision, rare))
      return std::nullopt; // A set of what is known, a registry: not one result in two ways.
    if (!isSame && !(refills && isCacheMiss))
      return isCacheMiss && decision.isCertain ? std::optional(Confidence::Low) : std::nullopt;
    // What the process keeps itself may be a register of what is live rather than a cache.
    bool isSure = decision.isCertain && !rare.touch->isPossible && !scene.common.touch->isPossible && common != Distance::Process;
    return isSure ? Confidence::High : Confidence::Medium;
  }

  std::optional<TwoWays> waysOf(const ModeScene &scene, const Decision &decision) {
    const Ask *rare = rareAsk(scene, decision);
    if (!rare)
      return std::nullopt;
    bool refills = isRefilled(scene, decision, *rare);
    std::optional<Confidence> confidence = confidenceOf(scene, decision, *rare, refills);
    if (!confidence)
      return std::nullopt;
    TwoWays ways;
    uint32_t position = scene.function.position;
    ways.reason = decision.reason;
    ways.common = {position, scene.common.call};
    ways.rare = {position, rare->call};
    ways.commonName = scene.body[scene.common.call].name.str();
    ways.rareName = scene.body[rare->call].name.str();
    ways.rareKind = rare->touch->kind;
    ways.decision = decision.site;
    ways.confidence = *confidence;
    if (*confidence == Confidence::Low)
      ways.doubt = "it is not seen that both ways give the same result";
    else if (*confidence == Confidence::Medium)
      ways.doubt = scene.common.distance == Distance::Process
                       ? "what is kept in the process may be a register of what is live, and no cache"
                       : "what decides between them, or a call on the way, may be something else";
    TimeLimit limit = limitOfRareWay(scene, decision, *rare);
    ways.timeout = limit.state;
    ways.isGuarded = isHeldBack(in_, ways.rare, touches_.of(ways.rare));
    ways.evidence = evidenceOf(scene, decision, *rare);
    for (ChainStep &step : limit.steps)
      ways.evidence.push_back(std::move(step));
    return ways;
  }

  TimeLimit limitOfRareWay(const ModeScene &scene, const Decision &decision, const Ask &rare) {
    TimeLimit limit;
    Moment last = momentOf(scene.body, rare.call);
    for (uint32_t i = 0; i < scene.body.calls.size(); ++i) {
      Index<Call> call(i);
      bool isInMiss = isIn(scene.body, scene.body[call].block, decision.miss);
      bool isOnWay =
          call == rare.call || isInMiss ||
          (isRare(scene, decision, call) && standsBefore(scene.body, momentOf(scene.body, call), last));
      if (isOnWay)
        addTimeLimit(program_, touches_.of({scene.function.position, call}), limit);
    }
    return limit;
  }

  std::vector<ChainStep> evidenceOf(const ModeScene &scene, const Decision &decision, const Ask &rare) {
    auto at = [&](const Site &site) { return program_.location(scene.function, site); };
    auto name = [&](Index<Call> call) { return "`" + unqualified(scene.body[call].name).str() + "`"; };
    std::vector<ChainStep> steps;
    bool staysInside = scene.common.distance == Distance::Process;
    steps.push_back(
        {at(scene.body[scene.common.call].site), name(scene.common.call) + " is asked first", !staysInside, true});
    steps.push_back({at(decision.site),
                     decision.reason == TwoWays::Miss ? "what it found decides" : "its outcome is looked at",
                     false, true});
    if (decision.miss && scene.body[decision.miss].role == BlockRole::Else)
      steps.push_back({at(scene.body[decision.miss].site), "the rare way begins", false, true});
    steps.push_back({at(scene.body[rare.call].site), name(rare.call) + " is asked otherwise", true});
    for (CallRef step : llvm::reverse(rare.touch->path)) {
      if (step == CallRef{scene.function.position, rare.call})
        continue;
      const LinkedFunction &function = program_.functions[step.function];
      steps.push_back({program_.location(function, (*function.body)[step.call].site),
                       "calls `" + unqualified((*function.body)[step.call].name).str() + "`"});
    }
    return steps;
  }

  const Fallbacks::Needs in_;
  const Program &program_;
  const RoleIndex &roles_;
  std::vector<TwoWays> found_;
  Touches touches_;
  std::set<EntityId> clients_; ///< Classes whose methods leave the process themselves.
  std::function<bool(const Type &)> isClient_;
  std::map<Index<Call>, std::unique_ptr<PresenceFlow>> flows_; ///< Of the function being studied.
};

} // namespace

Fallbacks Fallbacks::run(const Needs &in) { return {Modes(in).run()}; }

} // namespace opex
