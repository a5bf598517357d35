#include "analysis/bounds/setting_bounds.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

namespace opex {
namespace {

constexpr unsigned kMaxHeldDepth = 6;

/// The functions a call is reached through, innermost first, each with the moment it is in.
struct Activation {
  uint32_t function;
  Moment moment;
};

std::vector<Activation> activations(const Program &program, const Frame &frame, Moment moment) {
  std::vector<Activation> result = {{frame.function, moment}};
  for (const CallRef &call : frame.path)
    result.push_back({call.function, momentOf(*program.functions[call.function].body, call.call)});
  return result;
}

Bound unknown(std::string reason) {
  Bound verdict;
  verdict.reason = std::move(reason);
  return verdict;
}

class SettingReader {
public:
  SettingReader(const Program &program, const RoleIndex &roles, const Subjects &subjects, CallRef call)
      : program_(program), roles_(roles), subjects_(subjects), call_(call) {}

  Bound settingOf(const Origin &origin, const std::string &name, const Frame &frame, bool isShared,
                         unsigned depth) {
    const rules::Subject *kind = subjects_.kindOf(origin);
    const rules::Setting *setting = nullptr;
    if (kind)
      for (const rules::Setting &candidate : kind->settings)
        if (candidate.name == name)
          setting = &candidate;
    const bool isFiniteByDefault = setting && setting->defaultNs;
    if (std::optional<Bound> own = fromEvents(origin, name, frame, isShared, isFiniteByDefault))
      return *own;
    // Wrapped or copied: what it was made from decides.
    if (depth < kMaxHeldDepth)
      if (std::optional<Bound> held = fromHeld(origin, name, isShared, depth))
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
    if (isShared && !program_.missing.isClosedWorld())
      return unknown("a translation unit that could set it is missing");
    Bound verdict{.state = BoundState::Unset, .isNeverSet = true};
    verdict.reason = "no `" + roles_.nameOfSetting(*kind, name) + "` is set";
    if (setting)
      verdict.consequence = setting->defaultText;
    addOrigin(origin, verdict);
    return verdict;
  }

private:
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

  std::optional<Bound> fromHeld(const Origin &origin, const std::string &name, bool isShared,
                                       unsigned depth) {
    std::optional<Bound> worst;
    for (const HeldSubject &held : subjects_.heldBy(origin))
      for (const Arrival &arrival : subjects_.provenance().resolve(held.function, held.value)) {
        if (arrival.origin == origin || !canHave(held, arrival.origin, name))
          continue;
        Frame frame{held.function, arrival.path};
        Bound verdict =
            settingOf(arrival.origin, name, frame, isShared || arrival.isShared, depth + 1);
        if (arrival.isPossible)
          verdict.confidence = std::min(verdict.confidence, Confidence::Medium);
        keepWorst(worst, std::move(verdict));
      }
    if (worst)
      addOrigin(origin, *worst);
    return worst;
  }

  struct Ordered {
    const SettingEvent *event;
    Before coverage;
    Activation at; ///< In the function both share; `moment` invalid if they share none.
  };

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
      return !arm || llvm::is_contained(enclosingBlocks(body, made.block), arm);
    }
    return false;
  }

  Ordered order(const Origin &origin, const SettingEvent &event, const Frame &frame, bool isShared) const {
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
                                         bool isShared, bool isFiniteByDefault) {
    std::vector<Ordered> always, sometimes;
    const SettingEvent *late = nullptr;
    for (const SettingEvent *event : subjects_.eventsOf(origin)) {
      if (!concerns(*event, setting))
        continue;
      Ordered ordered = order(origin, *event, frame, isShared);
      if (ordered.coverage == Before::Never)
        late = event;
      else
        (ordered.coverage == Before::Always ? always : sometimes).push_back(ordered);
    }
    if (always.empty() && coversBothArms(sometimes))
      always.swap(sometimes);
    if (!always.empty())
      return fromCertain(always, sometimes, isFiniteByDefault);
    if (!sometimes.empty())
      return fromPossible(sometimes, isFiniteByDefault);
    if (late && !isFiniteByDefault) {
      Bound verdict{.state = BoundState::Unset};
      verdict.reason = "`" + late->name + "` is set only after the call";
      verdict.evidence.push_back({program_.location(program_.functions[late->frame.function], late->site),
                                  "set here, too late", false, true});
      return verdict;
    }
    return std::nullopt;
  }

  /// Both arms of one branch set it.
  bool coversBothArms(const std::vector<Ordered> &events) const {
    for (const Ordered &a : events)
      for (const Ordered &b : events) {
        if (!a.at.moment.valid() || !b.at.moment.valid() || a.at.function != b.at.function ||
            a.event->isReset || b.event->isReset)
          continue;
        const Function &body = *program_.functions[a.at.function].body;
        Index<Block> armA = conditionalArm(body, a.at.moment, {}),
                     armB = conditionalArm(body, b.at.moment, {});
        if (armA && armB && armA != armB && body[armA].owner == body[armB].owner &&
            body[armA].parent == body[armB].parent && body[armA].owner.kind == StepKind::Branch)
          return true;
      }
    return false;
  }

  /// The last of the events that surely happen decides; those that may happen after it can spoil it.
  std::optional<Bound> fromCertain(const std::vector<Ordered> &always,
                                          const std::vector<Ordered> &sometimes, bool isFiniteByDefault) {
    const std::vector<const SettingEvent *> latest = latestOf(always);
    const SettingEvent *last = latest.front();
    for (const SettingEvent *next : latest)
      if (badness(stateOf(*next)) < badness(stateOf(*last)))
        last = next;
    if (last->isReset)
      return sometimes.empty() ? std::nullopt : fromPossible(sometimes, isFiniteByDefault);
    Bound verdict = verdictOf(last->limit);
    for (const SettingEvent *other : latest)
      if (stateOf(*other) == verdict.state && verdictOf(other->limit).valueNs != verdict.valueNs)
        verdict.valueNs.reset(); // Which of them is the last one is not known.
    for (const Ordered &maybe : sometimes)
      if (verdict.state == BoundState::Set && badness(stateOf(*maybe.event)) >= badness(BoundState::Partly) &&
          overwrites(*maybe.event, *last))
        verdict.state = BoundState::Partly;
      else if (verdict.state == BoundState::Infinite && stateOf(*maybe.event) == BoundState::Set)
        verdict.state = BoundState::Partly;
    if (verdict.state == BoundState::Partly || last->isPossible)
      verdict.confidence = Confidence::Medium;
    describe(verdict, *last);
    return verdict;
  }

  /// Those that no other one overwrites: one for each function that the events are reached from.
  std::vector<const SettingEvent *> latestOf(const std::vector<Ordered> &events) const {
    std::map<uint32_t, const SettingEvent *> latest;
    for (const Ordered &next : events) {
      const Frame &frame = next.event->frame;
      const SettingEvent *&here = latest[frame.path.empty() ? frame.function : frame.path.back().function];
      if (!here || overwrites(*next.event, *here))
        here = next.event;
    }
    std::vector<const SettingEvent *> result;
    for (auto &[function, event] : latest)
      result.push_back(event);
    return result;
  }

  /// Whether `later` stands behind `earlier` in the innermost function that leads to both.
  bool overwrites(const SettingEvent &later, const SettingEvent &earlier) const {
    std::vector<Activation> first = activations(program_, earlier.frame, earlier.moment),
                            second = activations(program_, later.frame, later.moment);
    for (; !first.empty() && !second.empty(); first.pop_back(), second.pop_back()) {
      const Activation &one = first.back(), &other = second.back();
      if (one.function != other.function)
        return false;
      if (!one.moment.valid() || !other.moment.valid()) // Braces and initialisers come before all else.
        return other.moment.valid();
      if (one.moment.block != other.moment.block || one.moment.position != other.moment.position)
        return standsBefore(*program_.functions[one.function].body, one.moment, other.moment);
    }
    return false;
  }

  static BoundState stateOf(const SettingEvent &event) {
    return event.isReset ? BoundState::Unset : verdictOf(event.limit).state;
  }

  std::optional<Bound> fromPossible(const std::vector<Ordered> &sometimes, bool isFiniteByDefault) {
    for (const Ordered &maybe : sometimes)
      if (stateOf(*maybe.event) == (isFiniteByDefault ? BoundState::Infinite : BoundState::Set)) {
        Bound verdict{.state = BoundState::Partly, .confidence = Confidence::Medium};
        describe(verdict, *maybe.event);
        return verdict;
      }
    return std::nullopt; // Else they are what the default is: limits where it is one, none where it is not.
  }

  void describe(Bound &verdict, const SettingEvent &event) {
    const std::string &name = event.name;
    Location where = program_.location(program_.functions[event.frame.function], event.site);
    if (verdict.state == BoundState::Infinite)
      verdict.reason = "`" + name + "` is " + event.limit.text + ", which means no limit";
    if (verdict.state == BoundState::Partly)
      verdict.reason = event.limit.kind == LimitValue::Infinite
                           ? "on some paths `" + name + "` is " + event.limit.text + ", which means no limit"
                           : "`" + name + "` is set on some paths only";
    verdict.evidence.push_back({where, "`" + name + "` is set here", false, true});
    verdict.isChosen = true;
  }

  const Program &program_;
  const RoleIndex &roles_;
  const Subjects &subjects_;
  CallRef call_;
};

} // namespace

Bound settingAt(const Program &program, const RoleIndex &roles, const Subjects &subjects, CallRef call,
                       const Arrival &arrival, const std::string &setting) {
  return SettingReader(program, roles, subjects, call)
      .settingOf(arrival.origin, setting, {call.function, arrival.path}, arrival.isShared, 0);
}

} // namespace opex
