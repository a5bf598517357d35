#include "analysis/bounds/setting_bounds.h"

#include "analysis/body/region.h"
#include "analysis/bounds/setting_timeline.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

Bound unknown(std::string reason) {
  Bound verdict;
  verdict.reason = std::move(reason);
  return verdict;
}

class SettingReader {
public:
  explicit SettingReader(const SettingQuestion &question)
      : question_(question), program_(question.program), roles_(question.roles), subjects_(question.subjects),
        call_(question.call) {}

  Bound settingOf(const Arrival &arrival, const std::string &name) {
    Frame frame{call_.function, arrival.path};
    if (!arrival.isShared || !question_.subject)
      return settingOf(arrival.origin, name, frame, arrival.isShared);
    std::vector<const SettingEvent *> events = subjects_.eventsOf(arrival.origin);
    llvm::erase_if(events, [&](const SettingEvent *event) {
      return !concerns(*event, name) || !question_.instances.mayBeOfOrigin(*event);
    });
    std::optional<Bound> worst;
    bool isMixed = false;
    std::vector<CallRef> calls;
    for (const InstanceWay &way : question_.instances.waysTo(call_, question_.subject, arrival, events)) {
      Bound verdict = way.isOpen ? settingOf(arrival.origin, name, frame, true, &way)
                                 : settingOnWay(arrival.origin, name, way, events);
      if (way.isPossible)
        verdict.confidence = std::min(verdict.confidence, Confidence::Medium);
      isMixed |= worst && worst->state != verdict.state;
      if (!worst || badness(verdict.state) > badness(worst->state))
        calls = way.calls;
      keepWorst(worst, std::move(verdict));
    }
    if (isMixed) // Which of the objects of the class it is that lacks the limit.
      for (CallRef by : llvm::reverse(calls)) {
        const LinkedFunction &function = program_.functions[by.function];
        const Call &site = (*function.body)[by.call];
        worst->way.push_back({program_.location(function, site.site),
                              "`" + unqualified(site.name).str() + "` is called on it", false});
      }
    return worst ? std::move(*worst) : unknown("where its subject comes from is out of sight");
  }

private:
  Bound settingOf(const Origin &origin, const std::string &name, const Frame &frame, bool isShared,
                  const InstanceWay *way = nullptr) {
    if (std::optional<Bound> own = fromEvents(origin, name, frame, isShared, way))
      return *own;
    return withoutEvents(origin, name, isShared);
  }

  const rules::Setting *rowOf(const Origin &origin, const std::string &name) const {
    const rules::Subject *kind = subjects_.kindOf(origin);
    auto found = kind ? llvm::find_if(kind->settings,
                                      [&](const rules::Setting &candidate) { return candidate.name == name; })
                      : std::vector<rules::Setting>::const_iterator();
    return kind && found != kind->settings.end() ? &*found : nullptr;
  }

  bool isFiniteByDefault(const Origin &origin, const std::string &name) const {
    const rules::Setting *setting = rowOf(origin, name);
    return setting && setting->defaultNs;
  }

  /// What holds where the object comes this way.
  Bound settingOnWay(const Origin &origin, const std::string &name, const InstanceWay &way,
                     llvm::ArrayRef<const SettingEvent *> events) {
    SettingTimeline timeline(program_);
    for (const TimedEvent &timed : way.events)
      addTo(timeline, origin, name, {timed.event, timed.coverage, {timed.function, timed.moment}});
    Frame frame{call_.function, {}};
    for (const SettingEvent *event : events)
      if (comesWithCreation(origin, *event) || !event->isShared)
        addTo(timeline, origin, name, order(origin, *event, frame, true));
      else if (way.isKept && question_.instances.isOpen(*event))
        timeline.doubt("`" + event->name + "` may be set by whoever else has the object");
    if (std::optional<Bound> own = timeline.decide(isFiniteByDefault(origin, name)))
      return *own;
    return withoutEvents(origin, name, true);
  }

  Bound withoutEvents(const Origin &origin, const std::string &name, bool isShared) {
    const rules::Subject *kind = subjects_.kindOf(origin);
    const rules::Setting *setting = rowOf(origin, name);
    // Wrapped or copied: what it was made from decides.
    if (std::optional<Bound> held = fromHeld(origin, name, isShared))
      return *held;
    if (!kind)
      return unknown("where its subject comes from is out of sight");
    if (setting && setting->defaultNs)
      return {.state = BoundState::Set, .valueNs = setting->defaultNs};
    if (const CallRef *escape = subjects_.escapeOf(origin)) {
      const LinkedFunction &where = program_.functions[escape->function];
      const Call &call = (*where.body)[escape->call];
      return unknown("its subject is handed to `" + call.name.str() + "`, whose body is not seen");
    }
    if (isShared && mayBeSetUnseen(origin, *kind, name))
      return unknown("a translation unit that could set it is missing");
    Bound verdict{.state = BoundState::Unset, .isNeverSet = true};
    verdict.reason = "no `" + roles_.nameOfSetting(*kind, name) + "` is set";
    if (setting)
      verdict.consequence = setting->defaultText;
    addOrigin(origin, verdict);
    return verdict;
  }

  /// By a unit of the library's users that was not seen in full, or by one that calls what sets it for others.
  bool mayBeSetUnseen(const Origin &origin, const rules::Subject &kind, const std::string &name) const {
    if (program_.missing.isClosedWorld())
      return false;
    return subjects_.mayBeSetUnseen(kind) || llvm::any_of(subjects_.eventsOf(origin), [&](const SettingEvent *event) {
             return concerns(*event, name);
           });
  }

  /// "Made here" is evidence; of an object around it, a step of its way.
  void addOrigin(const Origin &origin, Bound &bound) const {
    if (origin.kind != Origin::Creation && origin.kind != Origin::Variable)
      return;
    const LinkedFunction &where = program_.functions[origin.function];
    bool isFirst = bound.evidence.empty();
    std::vector<ChainStep> &steps = isFirst ? bound.evidence : bound.way;
    if (origin.kind == Origin::Creation) {
      const Call &call = where.body->calls[origin.index];
      steps.push_back({program_.location(where, call.site),
                       "`" + unqualified(call.name).str() + (isFirst ? "` makes it" : "` takes it over"), false, true});
    } else {
      const Local &local = where.body->locals[origin.index];
      steps.push_back({program_.location(where, local.site),
                       "`" + local.name.str() + (isFirst ? "` is made here" : "` takes it over"), false, true});
    }
  }

  /// False for an object of a kind that has no such setting: options of another part of the wrapper, what it runs on.
  bool canHave(const HeldSubject &held, const Origin &origin, const std::string &setting) const {
    const rules::Subject *kind = subjects_.kindOf(origin);
    const LinkedFunction &function = program_.functions[held.function];
    if (Index<Type> type = (*function.body)[held.value].type; !kind && type)
      kind = roles_.subjectOf((*function.unit)[type]);
    return !kind || llvm::any_of(kind->settings, [&](const rules::Setting &s) { return s.name == setting; });
  }

  std::optional<Bound> fromHeld(const Origin &origin, const std::string &name, bool isShared) {
    std::optional<Bound> worst;
    if (!open_.insert(origin.object()).second)
      return worst; // Made from itself.
    for (const HeldSubject &held : subjects_.heldBy(origin))
      for (const Arrival &arrival : subjects_.provenance().resolve(held.function, held.value)) {
        if (arrival.origin == origin || !canHave(held, arrival.origin, name))
          continue;
        Frame frame{held.function, arrival.path};
        Bound verdict = settingOf(arrival.origin, name, frame, isShared || arrival.isShared);
        if (arrival.isPossible)
          verdict.confidence = std::min(verdict.confidence, Confidence::Medium);
        keepWorst(worst, std::move(verdict));
      }
    open_.erase(origin.object());
    if (worst)
      addOrigin(origin, *worst);
    return worst;
  }

  static bool concerns(const SettingEvent &event, const std::string &setting) {
    return event.isReset || llvm::is_contained(event.settings, setting);
  }

  /// The moment the object comes into being in the function: by its creation, or by the call that returns it.
  static Moment appearance(const Function &body, uint32_t function, const Origin &origin) {
    if (function == origin.function)
      return momentOf(body, Index<Call>(origin.index));
    for (const CallRef &call : origin.via)
      if (call.function == function)
        return momentOf(body, call.call);
    return {};
  }

  /// The object always gets this event right where it is made.
  bool comesWithCreation(const Origin &origin, const SettingEvent &event) const {
    if (origin.kind != Origin::Creation)
      return false;
    for (const Activation &at : activations(program_, event.frame, event.moment)) {
      const Function &body = *program_.functions[at.function].body;
      Moment made = appearance(body, at.function, origin);
      if (!made.valid())
        continue;
      if (happensBefore(body, made, at.moment) == Before::Never)
        return false;
      Index<Block> arm = conditionalArm(body, at.moment, {});
      return !arm || isIn(body, made.block, arm);
    }
    return false;
  }

  OrderedEvent order(const Origin &origin, const SettingEvent &event, const Frame &frame, bool isShared) const {
    Moment useMoment = momentOf(*program_.functions[call_.function].body, call_.call);
    // The use of a held subject is where it is held; only the call itself has a moment we know.
    std::vector<Activation> uses;
    if (frame.function == call_.function)
      uses = activations(program_, frame, useMoment);
    for (const Activation &e : activations(program_, event.frame, event.moment))
      for (const Activation &u : uses) {
        if (e.function != u.function || !e.moment.valid() || !u.moment.valid())
          continue;
        const Function &body = *program_.functions[e.function].body;
        if (e.moment.block == u.moment.block && e.moment.position == u.moment.position)
          return {&event, Before::Always, e}; // Both inside one call: that callee's own order counts.
        Before before = happensBefore(body, e.moment, u.moment);
        if (before != Before::Always && comesWithCreation(origin, event) &&
            (isShared || before == Before::Sometimes))
          before = Before::Always;
        if (before == Before::Never && isShared)
          before = Before::Sometimes; // Another activation may have set it.
        return {&event, before, e};
      }
    return {&event, Before::Always, {}};
  }

  /// What the events on the object itself amount to; none if nothing touches the setting in time.
  std::optional<Bound> fromEvents(const Origin &origin, const std::string &setting, const Frame &frame,
                                  bool isShared, const InstanceWay *way) {
    const InstanceStates &instances = question_.instances;
    SettingTimeline timeline(program_);
    for (const SettingEvent *event : subjects_.eventsOf(origin))
      if (concerns(*event, setting) && !instances.isDead(*event) && instances.mayBeOfOrigin(*event) &&
          (!way || !event->isShared || isOn(*way, *event) || !instances.staysThere(*event)))
        addTo(timeline, origin, setting, order(origin, *event, frame, isShared));
    return timeline.decide(isFiniteByDefault(origin, setting));
  }

  static bool isOn(const InstanceWay &way, const SettingEvent &event) {
    return llvm::any_of(way.events, [&](const TimedEvent &timed) {
      return timed.event->frame.function == event.frame.function && timed.event->site == event.site;
    });
  }

  void addTo(SettingTimeline &timeline, const Origin &origin, const std::string &setting, const OrderedEvent &ordered) const {
    if (ordered.coverage != Before::Never && isWrittenBack(origin, *ordered.event, setting))
      timeline.doubt("`" + ordered.event->name + "` is as it was before");
    else
      timeline.add(ordered);
  }

  /// Flags are written back as they were before, and something was set by then.
  bool isWrittenBack(const Origin &origin, const SettingEvent &event, const std::string &setting) const {
    return event.asOf.valid() && llvm::any_of(subjects_.eventsOf(origin), [&](const SettingEvent *other) {
             return other != &event && concerns(*other, setting) && !other->isCleared && !comesAfter(*other, event);
           });
  }

  /// The flags were read before the other event set anything.
  bool comesAfter(const SettingEvent &other, const SettingEvent &reading) const {
    for (const Activation &at : activations(program_, other.frame, other.moment))
      if (at.function == reading.frame.function && at.moment.valid())
        return happensBefore(*program_.functions[at.function].body, at.moment, reading.asOf) == Before::Never;
    return false;
  }

  const SettingQuestion &question_;
  const Program &program_;
  const RoleIndex &roles_;
  const Subjects &subjects_;
  CallRef call_;
  std::set<ObjectId> open_; ///< Whose makers are being asked.
};

} // namespace

Bound settingAt(const SettingQuestion &question, const Arrival &arrival, const std::string &setting) {
  return SettingReader(question).settingOf(arrival, setting);
}

} // namespace opex
