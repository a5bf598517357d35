#include "analysis/bounds/instance_states.h"

#include "analysis/bounds/proving_flags.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxPlaces = 400; // Of one event, or on all ways to one call; beyond that the way is open.

/// The call that hands the lambda on, or runs it, in the function around it.
Moment momentOfLambda(const Program &program, const LinkedFunction &lambda) {
  const LinkedFunction *around = program.enclosing(lambda);
  for (const CallEdge &edge : lambda.callers)
    if (around && edge.caller == around->position)
      return momentOf(*around->body, edge.call);
  return {};
}

} // namespace

/// Takes an event outwards.
struct InstanceStates::Spreading {
  const InstanceStates &self;
  llvm::ArrayRef<CallRef> only =
      {}; ///< Of the calls further out those that it goes through; then all others.
  Spread spread = {};
  unsigned places = 0;
  std::set<std::tuple<uint32_t, uint32_t, uint32_t, AccessPath>> seen = {};

  void add(const SettingEvent *event, uint32_t position, Moment moment, const AccessPath &path,
           const std::vector<CallRef> &calls, bool isInFrame) {
    if (path.root == AccessPath::Unknown || ++places > kMaxPlaces)
      return void(spread.isOpen = true);
    if (!seen.insert({position, moment.block.value, moment.position, path}).second)
      return;
    spread.at[position].push_back({event, moment, path});
    const LinkedFunction &function = self.program_.functions[position];
    if (!path.comesIn())
      return addWhereReturned(event, function, path);
    if (function.body->kind == FunctionKind::Lambda && path.root != AccessPath::Parameter) {
      Moment around = momentOfLambda(self.program_, function);
      if (!around.valid())
        return void(spread.isOpen = true);
      for (const AccessPath &outside : self.paths_.aroundLambda(function, path))
        add(event, self.program_.enclosing(function)->position, around, outside, {}, false);
      return;
    }
    bool hasCallers = false;
    for (const CallEdge &edge : function.callers) {
      if (self.unreached_[edge.caller])
        continue;
      hasCallers = true;
      CallRef call{edge.caller, edge.call};
      if (llvm::is_contained(calls, call) || (calls.size() < only.size() && call != only[calls.size()]))
        continue;
      std::vector<CallRef> longer = calls;
      longer.push_back(call);
      const SettingEvent *here = isInFrame ? self.evaluated(*event, longer) : event;
      if (!here)
        continue;
      for (const AccessPath &outside : self.paths_.inCaller(edge, path))
        add(here, edge.caller, momentOf(*self.program_.functions[edge.caller].body, edge.call), outside,
            longer, isInFrame);
    }
    spread.isOpen |= !hasCallers && !self.unreached_[position];
  }

  /// A variable that its function returns is what its callers make of the result.
  void addWhereReturned(const SettingEvent *event, const LinkedFunction &function, const AccessPath &path) {
    if (!self.paths_.isOwn(function, path) || !self.isReturned(function, path))
      return;
    for (const CallEdge &edge : function.callers) {
      if (self.unreached_[edge.caller])
        continue;
      const Moment moment = momentOf(*self.program_.functions[edge.caller].body, edge.call);
      for (AccessPath outside : self.paths_.ofResult(edge)) {
        llvm::append_range(outside.members, path.members);
        add(event, edge.caller, moment, outside, {}, false);
      }
    }
  }
};

const SettingEvent *InstanceStates::evaluated(const SettingEvent &event,
                                              const std::vector<CallRef> &calls) const {
  std::optional<SettingEvent> here = subjects_.inFrame(event, {event.frame.function, calls});
  if (!here)
    return nullptr;
  here->frame.path = calls;
  return inFrames_.emplace_back(std::make_unique<SettingEvent>(std::move(*here))).get();
}

const InstanceStates::Spread &InstanceStates::spreadOf(const SettingEvent &event) const {
  auto [known, isNew] = spreads_.try_emplace(&event);
  if (!isNew)
    return known->second;
  Spreading spreading{*this};
  if (!unreached_[event.frame.function]) {
    if (!event.subject)
      spreading.spread.isOpen = true;
    for (const AccessPath &path :
         event.subject ? paths_.of(event.frame.function, event.subject) : std::vector<AccessPath>())
      spreading.add(&event, event.frame.function, event.moment, path, {}, true);
  }
  return known->second = std::move(spreading.spread);
}

const InstanceStates::Keeping &InstanceStates::keepingOf(const Arrival &arrival, EntityId member) const {
  auto [known, isNew] =
      keepings_.try_emplace({arrival.origin.object(), arrival.origin.via, arrival.path, member});
  Keeping &keeping = known->second;
  if (!isNew || arrival.origin.kind != Origin::Creation)
    return keeping;
  uint32_t position =
      arrival.origin.via.empty() ? arrival.origin.function : arrival.origin.via.back().function;
  if (!arrival.path.empty()) {
    CallRef by = arrival.path.front();
    auto callees = program_.calleesAt(program_.functions[by.function], by.call);
    if (callees.size() != 1)
      return keeping;
    position = callees.front().callee;
  }
  const Function &body = *program_.functions[position].body;
  for (const Assign &assign : body.assigns) {
    if (body[assign.target].kind != ValueKind::Field || body[assign.target].entity != member ||
        !assign.value || body[assign.value].kind == ValueKind::Null || body[assign.value].constant)
      continue;
    auto event = std::make_unique<SettingEvent>();
    event->frame.function = position;
    event->moment = momentOf(body, assign);
    Spreading spreading{*this, arrival.path};
    for (const AccessPath &path : paths_.of(position, assign.target))
      spreading.add(event.get(), position, event->moment, path, {}, false);
    keeping.spreads.push_back(std::move(spreading.spread));
    keeping.events.push_back(std::move(event));
  }
  keeping.staysThere = !keeping.isOpen() && llvm::all_of(keeping.spreads, [this](const Spread &s) { return staysThere(s); });
  return keeping;
}

bool InstanceStates::staysThere(const Spread &spread) const {
  return llvm::all_of(spread.at, [&](const auto &entry) {
    const LinkedFunction &function = program_.functions[entry.first];
    return llvm::all_of(entry.second, [&](const Registered &here) {
      return here.path.comesIn() ||
             (paths_.isOwn(function, here.path) && !isHandedOn(function, here.path));
    });
  });
}

bool InstanceStates::isReturned(const LinkedFunction &function, const AccessPath &path) const {
  const AccessPath whole{path.root, path.which, {}};
  return llvm::any_of(function.body->exits, [&](const Exit &exit) {
    return exit.value && llvm::is_contained(paths_.of(function.position, exit.value), whole);
  });
}

/// As an argument, into braces or a member; what it holds, into a member or a new object.
bool InstanceStates::isHandedOn(const LinkedFunction &function, const AccessPath &path) const {
  const Function &body = *function.body;
  const AccessPath whole{path.root, path.which, {}};
  auto has = [&](Index<Value> value, const AccessPath &wanted) {
    return value && llvm::is_contained(paths_.of(function.position, value), wanted);
  };
  return llvm::any_of(body.calls, [&](const Call &call) {
           return llvm::any_of(call.arguments, [&](Index<Value> given) {
             return has(given, whole) || (call.kind == CallKind::Constructor && has(given, path));
           });
         }) ||
         llvm::any_of(body.values, [&](const Value &value) {
           return value.kind == ValueKind::List && llvm::any_of(value.operands, [&](Index<Value> part) {
                    return has(part, whole) || has(part, path);
                  });
         }) ||
         llvm::any_of(body.assigns, [&](const Assign &assign) {
           return has(assign.value, whole) || (body[assign.target].kind == ValueKind::Field && has(assign.value, path));
         });
}

/// Goes outwards from the call.
struct InstanceStates::WayWalk {
  const InstanceStates &self;
  const Arrival &arrival;
  llvm::ArrayRef<const SettingEvent *> events;
  ProvingFlags flags;
  const Keeping *keeping = nullptr; ///< Of the member that the way ends with, once it has one.
  std::vector<InstanceWay> ways = {};
  std::set<std::tuple<uint32_t, uint32_t, uint32_t, AccessPath>> seen = {};
  unsigned places = 0;

  void end(InstanceWay way, bool isOpen, bool isKept) {
    if (isOpen && keeping && keeping->staysThere && !way.hasIt)
      return; // It leads to another object of the class.
    way.isOpen = isOpen;
    way.isKept = isKept;
    ways.push_back(std::move(way));
  }

  void go(uint32_t position, Moment moment, const AccessPath &path, InstanceWay way) {
    if (path.root == AccessPath::Unknown || path.root == AccessPath::Global || ++places > kMaxPlaces)
      return end(std::move(way), true, true);
    if (!seen.insert({position, moment.block.value, moment.position, path}).second)
      return;
    const LinkedFunction &function = self.program_.functions[position];
    keeping = path.members.empty() ? nullptr : &self.keepingOf(arrival, path.members.back());
    bool isMadeHere = collect(function, moment, path, way);
    bool isDecided = llvm::any_of(way.events, [](const TimedEvent &timed) {
      return timed.coverage == Before::Always && !timed.event->isUncertain;
    });
    if (!isDecided && !isMadeHere && !path.comesIn() && !self.paths_.isExact(function, path)) {
      if (!goIntoMakers(function, path, way) && !goThroughMember(function, moment, path, way))
        end(std::move(way), true, true);
      return;
    }
    if (!isDecided && !isMadeHere && !path.comesIn() && keeping && !keeping->isOpen() && !way.hasIt)
      return; // Another object of the class, which got its member elsewhere.
    if (isDecided || isMadeHere || !path.comesIn())
      return end(std::move(way), false, !isMadeHere && !path.comesIn() && isKept(function, path));
    if (function.body->kind == FunctionKind::Lambda && path.root != AccessPath::Parameter)
      return goAround(function, path, std::move(way));
    goToCallers(function, path, std::move(way));
  }

  void goAround(const LinkedFunction &lambda, const AccessPath &path, InstanceWay way) {
    Moment around = momentOfLambda(self.program_, lambda);
    if (!around.valid())
      return end(std::move(way), true, true);
    way.isPossible = true;
    for (const AccessPath &outside : self.paths_.aroundLambda(lambda, path))
      go(self.program_.enclosing(lambda)->position, around, outside, way);
  }

  /// The call that returns the object, or that a variable starts with.
  static Index<Call> makerOf(const Function &body, const AccessPath &path) {
    if (path.root == AccessPath::Made)
      return Index<Call>(path.which);
    const Index<Value> init = path.root == AccessPath::Local ? body.locals[path.which].init : Index<Value>();
    return init && body[init].kind == ValueKind::Call ? Index<Call>(body[init].index) : Index<Call>();
  }

  /// On in the functions that return the object, from where they do. False if it is not all of them that are seen.
  bool goIntoMakers(const LinkedFunction &function, const AccessPath &path, const InstanceWay &way) {
    const Index<Call> made = makerOf(*function.body, path);
    if (!made)
      return false;
    struct Return {
      const CallEdge &edge;
      Moment moment;
      AccessPath path;
    };
    std::vector<Return> returns;
    for (const CallEdge &edge : self.program_.calleesAt(function, made)) {
      const Function &maker = *self.program_.functions[edge.callee].body;
      if (edge.kind == EdgeKind::Passed || maker.kind == FunctionKind::Constructor)
        return false;
      for (uint32_t i = 0; i < maker.exits.size(); ++i)
        if (const Exit &exit = maker.exits[i]; exit.kind == ExitKind::Return && exit.value)
          for (AccessPath inside : self.paths_.of(edge.callee, exit.value)) {
            if (inside.root != AccessPath::Made && inside.root != AccessPath::Local)
              return false;
            llvm::append_range(inside.members, path.members);
            returns.push_back({edge, momentOf(maker, exit.block, {StepKind::Exit, i}), std::move(inside)});
          }
    }
    for (Return &from : returns) {
      InstanceWay longer = way;
      longer.isPossible |= !from.edge.isCertain();
      go(from.edge.callee, from.moment, from.path, std::move(longer));
    }
    return !returns.empty();
  }

  /// On with the object that the constructor was given for its member. False if it may get another one.
  bool goThroughMember(const LinkedFunction &function, Moment moment, const AccessPath &path, const InstanceWay &way) {
    std::vector<AccessPath> given = self.paths_.givenToMember(function, path);
    for (const AccessPath &other : given)
      go(function.position, moment, other, way);
    return !given.empty();
  }

  void goToCallers(const LinkedFunction &function, const AccessPath &path, InstanceWay way) {
    bool hasCallers = false;
    for (const CallEdge &edge : function.callers) {
      if (self.unreached_[edge.caller])
        continue;
      hasCallers = true;
      InstanceWay longer = way;
      longer.calls.push_back({edge.caller, edge.call});
      longer.isPossible |= !edge.isCertain();
      for (const AccessPath &outside : self.paths_.inCaller(edge, path))
        go(edge.caller, momentOf(*self.program_.functions[edge.caller].body, edge.call), outside, longer);
    }
    if (!hasCallers)
      end(std::move(way), true, true);
  }

  /// Adds the events of the function that come before the moment. True if the object itself surely comes into
  /// being there.
  bool collect(const LinkedFunction &function, Moment moment, const AccessPath &path, InstanceWay &way) {
    const Function &body = *function.body;
    std::vector<Moment> made;
    if (keeping)
      for (const Spread &spread : keeping->spreads)
        forEachAt(spread, function, path, [&](const Registered &here) {
          if (orderOf(function, here.moment, moment) != Before::Never)
            made.push_back(here.moment);
        });
    way.hasIt |= !made.empty();
    for (const SettingEvent *event : events)
      forEachAt(self.spreadOf(*event), function, path, [&](const Registered &here) {
        Before before = orderOf(function, here.moment, moment);
        bool isOfEarlierOne = !made.empty() && llvm::all_of(made, [&](Moment at) {
          return happensBefore(body, here.moment, at) != Before::Never &&
                 happensBefore(body, at, here.moment) == Before::Never;
        });
        if (isOfEarlierOne || (here.moment.block == moment.block && here.moment.position == moment.position &&
                               !way.calls.empty()))
          return;
        if (before != Before::Always && flags.prove(function, moment, here.moment, path, *event))
          before = Before::Always;
        if (before != Before::Never)
          way.events.push_back({here.event, before, function.position, here.moment});
      });
    return llvm::any_of(made, [&](Moment at) { return orderOf(function, at, moment) == Before::Always; });
  }

  static Before orderOf(const LinkedFunction &function, Moment first, Moment second) {
    return first.valid() ? happensBefore(*function.body, first, second)
                         : Before::Always; // Braces come before all else.
  }

  static void forEachAt(const Spread &spread, const LinkedFunction &function, const AccessPath &path,
                        llvm::function_ref<void(const Registered &)> visit) {
    if (auto here = spread.at.find(function.position); here != spread.at.end())
      for (const Registered &registered : here->second)
        if (registered.path == path)
          visit(registered);
  }

  /// The object is handed on: as an argument, into a member, by a lambda.
  bool isKept(const LinkedFunction &function, const AccessPath &path) {
    if (path.root == AccessPath::Made)
      return true;
    return self.isHandedOn(function, path) || self.isReturned(function, path) ||
           llvm::any_of(function.body->values, [](const Value &value) { return value.kind == ValueKind::Lambda; });
  }
};

std::vector<InstanceWay> InstanceStates::waysTo(uint32_t function, Moment moment, Index<Value> subject,
                                                const Arrival &arrival,
                                                llvm::ArrayRef<const SettingEvent *> events) const {
  std::vector<const SettingEvent *> live;
  llvm::copy_if(events, std::back_inserter(live), [&](const SettingEvent *event) { return !isDead(*event); });
  WayWalk walk{*this, arrival, live,
               ProvingFlags(program_, subjects_.provenance(), paths_,
                            [this](const SettingEvent &event, uint32_t function,
                                   std::vector<std::pair<Moment, AccessPath>> &places) {
                              const Spread &spread = spreadOf(event);
                              if (auto here = spread.at.find(function); here != spread.at.end())
                                for (const Registered &registered : here->second)
                                  places.push_back({registered.moment, registered.path});
                            })};
  for (const AccessPath &path : paths_.of(function, subject))
    walk.go(function, moment, path, {});
  return std::move(walk.ways);
}

std::vector<InstanceWay> InstanceStates::waysTo(CallRef call, Index<Value> subject, const Arrival &arrival,
                                                llvm::ArrayRef<const SettingEvent *> events) const {
  return waysTo(call.function, momentOf(*program_.functions[call.function].body, call.call), subject, arrival, events);
}

bool InstanceStates::mayBeOfOrigin(const SettingEvent &event) const {
  if (!event.isShared || !event.subject || !event.moment.valid() || event.frame.function == event.origin.function)
    return true; // Where it is made, the order of steps tells.
  auto [known, isNew] = ofOrigin_.try_emplace(&event, true);
  if (!isNew)
    return known->second;
  const Arrival arrival{event.origin, event.frame.path, event.isPossible, event.isShared};
  const std::vector<AccessPath> paths = paths_.of(event.frame.function, event.subject);
  const bool isKnown = llvm::all_of(paths, [&](const AccessPath &path) {
    return !path.members.empty() && keepingOf(arrival, path.members.back()).staysThere;
  });
  return known->second = !isKnown || !waysTo(event.frame.function, event.moment, event.subject, arrival, {}).empty();
}

} // namespace opex
