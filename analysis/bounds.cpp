#include "analysis/bounds.h"

#include "analysis/text_values.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxHeldDepth = 6;

/// From best to worst news for somebody who wants the call bounded.
unsigned badness(BoundState state) {
  switch (state) {
  case BoundState::Set: return 0;
  case BoundState::Unknown: return 1;
  case BoundState::Partly: return 2;
  case BoundState::Infinite: return 3;
  case BoundState::Unset: return 4;
  }
  return 4;
}

/// What holds for one setting (or group, or argument) of one object at one call.
struct Verdict {
  BoundState state = BoundState::Unknown;
  std::optional<int64_t> ns;
  Confidence confidence = Confidence::High;
  std::string reason;
  std::vector<ChainStep> evidence;
  std::vector<ChainStep> others; ///< First evidence of other objects with the same lack.
  std::string limitedBy{};       ///< As in PhaseBound, as are the next two.
  bool isChosen = false;
  TimePoint until{};
};

bool isMissing(const Verdict &verdict) { return badness(verdict.state) >= badness(BoundState::Partly); }

/// Keeps the worst of several objects' verdicts and remembers where the others that lack a limit come from.
void keepWorst(std::optional<Verdict> &worst, Verdict next) {
  bool replaces = !worst || badness(next.state) > badness(worst->state);
  if (worst && worst->state == next.state && worst->ns != next.ns)
    worst->ns.reset(); // Not one value.
  if (replaces && worst)
    std::swap(*worst, next);
  else if (replaces) {
    worst = std::move(next);
    return;
  }
  if (!isMissing(next))
    return;
  auto addOther = [&](ChainStep step) {
    auto isSame = [&](const ChainStep &known) { return known.where == step.where; };
    if (!worst->evidence.empty() && !isSame(worst->evidence.front()) && llvm::none_of(worst->others, isSame))
      worst->others.push_back(std::move(step));
  };
  for (ChainStep &step : next.others)
    addOther(std::move(step));
  if (!next.evidence.empty())
    addOther(std::move(next.evidence.front()));
}

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

class Evaluator {
public:
  Evaluator(const Program &program, const RoleIndex &roles, Subjects &subjects, CallRef call)
      : program_(program), roles_(roles), subjects_(subjects), call_(call),
        function_(program.functions[call.function]) {}

  /// The phase as it is for the subject that arrived this way.
  Verdict phase(const rules::Phase &phase, const Arrival *arrival) {
    Frame frame{call_.function, arrival ? arrival->path : std::vector<CallRef>()};
    Verdict best;
    best.state = BoundState::Unset;
    bool first = true;
    for (const rules::Bound &bound : phase.anyOf) {
      Verdict verdict = evaluate(bound, frame, arrival);
      if (!first && verdict.state == BoundState::Set && best.state == BoundState::Set) {
        if (isTighter(verdict, best))
          best = std::move(verdict);
      } else if (first || badness(verdict.state) < badness(best.state) ||
          (badness(verdict.state) == badness(best.state) && best.reason.empty()))
        best = std::move(verdict);
      first = false;
    }
    if (phase.limitNs && badness(best.state) > badness(BoundState::Set))
      return {BoundState::Set, phase.limitNs, Confidence::High, {}, {}, {}};
    if (first) {
      best.state = BoundState::Unset;
      best.reason = "it takes no limit";
    }
    if (arrival && arrival->isPossible)
      best.confidence = std::min(best.confidence, Confidence::Medium);
    return best;
  }

private:
  /// Of two limits the lower one holds; which that is, is not known if one of them is not.
  static bool isTighter(const Verdict &verdict, const Verdict &than) {
    return than.ns && (!verdict.ns || *verdict.ns < *than.ns);
  }

  Verdict evaluate(const rules::Bound &bound, const Frame &frame, const Arrival *arrival) {
    if (const auto *group = std::get_if<rules::SettingsBound>(&bound))
      return settingsGroup(*group, frame, arrival);
    const Call &call = (*function_.body)[call_.call];
    if (const auto *flag = std::get_if<rules::ArgumentIs>(&bound)) {
      Verdict verdict;
      verdict.state = subjects_.holds(frame, call, *flag) ? BoundState::Set : BoundState::Unset;
      verdict.isChosen = true;
      return verdict;
    }
    const auto &amount = std::get<rules::Amount>(bound);
    Index<Value> value = valueAt(function_, call, amount.from);
    if (amount.from.kind == rules::Place::Argument && amount.from.index >= call.arguments.size())
      return {BoundState::Unknown, {}, Confidence::High, "the row names an argument that this call does not have", {}, {}};
    if (!value)
      return {BoundState::Unset, {}, Confidence::High, "no limit is given", {}, {}};
    LimitValue limit = limitOf(program_, subjects_.constants(), subjects_.provenance(), frame, call.block, value, amount);
    Verdict verdict = ofLimit(limit);
    verdict.isChosen = true;
    if (verdict.state == BoundState::Infinite)
      verdict.reason = "its limit is " + limit.text + ", which means none";
    return verdict;
  }

  static Verdict ofLimit(const LimitValue &limit) {
    Verdict verdict;
    switch (limit.kind) {
    case LimitValue::Finite:
    case LimitValue::Unknown: // A value we cannot read is still a limit somebody chose.
      verdict.state = BoundState::Set;
      verdict.ns = limit.ns;
      verdict.until = limit.until;
      break;
    case LimitValue::Infinite: verdict.state = BoundState::Infinite; break;
    case LimitValue::Mixed:
      verdict.state = BoundState::Partly;
      verdict.confidence = Confidence::Medium;
      break;
    }
    return verdict;
  }

  /// All settings of the group are needed: the worst decides.
  Verdict settingsGroup(const rules::SettingsBound &group, const Frame &frame, const Arrival *arrival) {
    if (!arrival)
      return {};
    Verdict worst;
    bool first = true;
    for (const std::string &setting : group.settings) {
      Verdict verdict = settingOf(arrival->origin, setting, frame, arrival->isShared, 0);
      if (first || badness(verdict.state) > badness(worst.state)) {
        worst = std::move(verdict);
        worst.limitedBy = setting;
      }
      first = false;
    }
    return worst;
  }

  Verdict settingOf(const Origin &origin, const std::string &name, const Frame &frame, bool isShared, unsigned depth) {
    const rules::Subject *kind = subjects_.kindOf(origin);
    const rules::Setting *setting = nullptr;
    if (kind)
      for (const rules::Setting &candidate : kind->settings)
        if (candidate.name == name)
          setting = &candidate;
    const bool isFiniteByDefault = setting && setting->defaultNs;
    if (std::optional<Verdict> own = fromEvents(origin, name, frame, isShared, isFiniteByDefault))
      return *own;
    // Wrapped or copied: what it was made from decides.
    if (depth < kMaxHeldDepth)
      if (std::optional<Verdict> held = fromHeld(origin, name, isShared, depth))
        return *held;
    if (!kind)
      return {BoundState::Unknown, {}, Confidence::High, "where its subject comes from is out of sight", {}, {}};
    if (setting && setting->defaultNs)
      return {BoundState::Set, setting->defaultNs, Confidence::High, {}, {}, {}};
    if (const CallRef *escape = subjects_.escapeOf(origin)) {
      const LinkedFunction &where = program_.functions[escape->function];
      const Call &call = (*where.body)[escape->call];
      return {BoundState::Unknown, {}, Confidence::High, "its subject is handed to `" + call.name.str() + "`, whose body is not seen", {}, {}};
    }
    if (isShared && !program_.missing.isClosedWorld())
      return {BoundState::Unknown, {}, Confidence::High, "a translation unit that could set it is missing", {}, {}};
    Verdict verdict{BoundState::Unset, {}, Confidence::High, {}, {}, {}};
    verdict.reason = "no `" + roles_.nameOfSetting(*kind, name) + "` is set";
    if (setting && !setting->defaultText.empty())
      verdict.reason += "; " + setting->defaultText;
    addOrigin(origin, verdict.evidence);
    return verdict;
  }

  /// Adds "made here" to the evidence.
  void addOrigin(const Origin &origin, std::vector<ChainStep> &evidence) const {
    if (origin.kind == Origin::Creation) {
      const LinkedFunction &where = program_.functions[origin.function];
      const Call &call = where.body->calls[origin.index];
      std::string made = evidence.empty() ? "` makes it" : "` takes it over";
      evidence.push_back({program_.location(where, call.site), "`" + unqualified(call.name).str() + made, false, true});
    } else if (origin.kind == Origin::Variable) {
      const LinkedFunction &where = program_.functions[origin.function];
      const Local &local = where.body->locals[origin.index];
      std::string made = evidence.empty() ? "` is made here" : "` takes it over";
      evidence.push_back({program_.location(where, local.site), "`" + local.name.str() + made, false, true});
    }
  }

  /// False for an object of a kind that has no such setting: options of another part of the wrapper.
  bool canHave(const Origin &origin, const std::string &setting) const {
    const rules::Subject *kind = subjects_.kindOf(origin);
    return !kind || llvm::any_of(kind->settings, [&](const rules::Setting &s) { return s.name == setting; });
  }

  std::optional<Verdict> fromHeld(const Origin &origin, const std::string &name, bool isShared, unsigned depth) {
    std::optional<Verdict> worst;
    for (const HeldSubject &held : subjects_.heldBy(origin))
      for (const Arrival &arrival : subjects_.provenance().resolve(held.function, held.value)) {
        if (arrival.origin == origin || !canHave(arrival.origin, name))
          continue;
        Frame frame{held.function, arrival.path};
        Verdict verdict = settingOf(arrival.origin, name, frame, isShared || arrival.isShared, depth + 1);
        if (arrival.isPossible)
          verdict.confidence = std::min(verdict.confidence, Confidence::Medium);
        keepWorst(worst, std::move(verdict));
      }
    if (worst)
      addOrigin(origin, worst->evidence);
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
        if (before != Before::Always && comesWithCreation(origin, event) && (isShared || before == Before::Sometimes))
          before = Before::Always;
        if (before == Before::Never && isShared)
          before = Before::Sometimes; // Another activation may have set it.
        return {&event, before, e};
      }
    return {&event, Before::Always, {}};
  }

  /// What the events on the object itself amount to; none if nothing touches the setting in time.
  std::optional<Verdict> fromEvents(const Origin &origin, const std::string &setting, const Frame &frame,
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
      Verdict verdict{BoundState::Unset, {}, Confidence::High, {}, {}, {}};
      verdict.reason = "`" + late->name + "` is set only after the call";
      verdict.evidence.push_back({program_.location(program_.functions[late->frame.function], late->site), "set here, too late", false, true});
      return verdict;
    }
    return std::nullopt;
  }

  /// Both arms of one branch set it.
  bool coversBothArms(const std::vector<Ordered> &events) const {
    for (const Ordered &a : events)
      for (const Ordered &b : events) {
        if (!a.at.moment.valid() || !b.at.moment.valid() || a.at.function != b.at.function || a.event->isReset || b.event->isReset)
          continue;
        const Function &body = *program_.functions[a.at.function].body;
        Index<Block> armA = conditionalArm(body, a.at.moment, {}), armB = conditionalArm(body, b.at.moment, {});
        if (armA && armB && armA != armB && body[armA].owner == body[armB].owner &&
            body[armA].parent == body[armB].parent && body[armA].owner.kind == StepKind::Branch)
          return true;
      }
    return false;
  }

  /// The last of the events that surely happen decides; those that may happen after it can spoil it.
  std::optional<Verdict> fromCertain(const std::vector<Ordered> &always, const std::vector<Ordered> &sometimes,
                                     bool isFiniteByDefault) {
    const Ordered *last = &always.front();
    for (const Ordered &next : always) {
      bool comparable = next.at.moment.valid() && last->at.moment.valid() && next.at.function == last->at.function;
      const Function *body = comparable ? program_.functions[next.at.function].body : nullptr;
      bool isLater = comparable ? standsBefore(*body, last->at.moment, next.at.moment)
                                : badness(stateOf(*next.event)) < badness(stateOf(*last->event));
      if (isLater)
        last = &next;
    }
    if (last->event->isReset)
      return sometimes.empty() ? std::nullopt : fromPossible(sometimes, isFiniteByDefault);
    Verdict verdict = ofLimit(last->event->limit);
    for (const Ordered &maybe : sometimes)
      if (verdict.state == BoundState::Set && badness(stateOf(*maybe.event)) >= badness(BoundState::Partly) &&
          comesAfter(maybe, *last))
        verdict.state = BoundState::Partly;
      else if (verdict.state == BoundState::Infinite && stateOf(*maybe.event) == BoundState::Set)
        verdict.state = BoundState::Partly;
    if (verdict.state == BoundState::Partly || last->event->isPossible)
      verdict.confidence = Confidence::Medium;
    describe(verdict, *last->event);
    return verdict;
  }

  bool comesAfter(const Ordered &event, const Ordered &other) const {
    bool comparable = event.at.moment.valid() && other.at.moment.valid() && event.at.function == other.at.function;
    return comparable && standsBefore(*program_.functions[event.at.function].body, other.at.moment, event.at.moment);
  }

  static BoundState stateOf(const SettingEvent &event) {
    return event.isReset ? BoundState::Unset : ofLimit(event.limit).state;
  }

  std::optional<Verdict> fromPossible(const std::vector<Ordered> &sometimes, bool isFiniteByDefault) {
    for (const Ordered &maybe : sometimes)
      if (stateOf(*maybe.event) == (isFiniteByDefault ? BoundState::Infinite : BoundState::Set)) {
        Verdict verdict{BoundState::Partly, {}, Confidence::Medium, {}, {}, {}};
        describe(verdict, *maybe.event);
        return verdict;
      }
    return std::nullopt; // Else they are what the default is: limits where it is one, none where it is not.
  }

  void describe(Verdict &verdict, const SettingEvent &event) {
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
  Subjects &subjects_;
  CallRef call_;
  const LinkedFunction &function_;
};

std::string identityOf(const Origin &origin) {
  return std::to_string(origin.kind) + ":" + std::to_string(origin.function) + ":" + std::to_string(origin.index) + ":" +
         std::to_string(origin.entity.hash);
}

/// Why a verdict is not sure.
std::string doubtOf(const Verdict &verdict) {
  if (verdict.confidence == Confidence::High)
    return {};
  return verdict.state == BoundState::Partly ? "it is so on some paths only"
                                             : "the object may be another one: on its way is a step that may not happen";
}

/// The caller steps by which the subject came to the call, outermost first.
std::vector<ChainStep> stepsOf(const Program &program, const std::vector<CallRef> &path) {
  std::vector<ChainStep> steps;
  for (const CallRef &call : llvm::reverse(path)) {
    const LinkedFunction &function = program.functions[call.function];
    const Call &site = (*function.body)[call.call];
    steps.push_back({program.location(function, site.site), "`" + unqualified(site.name).str() + "` is called with it", false});
  }
  return steps;
}

/// A process whose whole command line stands in the code, in one way or several.
bool runsFixedCommand(const Program &program, Subjects &subjects, const rules::DependencyCall &row, CallRef ref) {
  const Call &call = (*program.functions[ref.function].body)[ref.call];
  if (row.kind != rules::DependencyKind::Subprocess || call.arguments.empty() || !call.arguments[0])
    return false;
  TextValue text = textOf(program, subjects.provenance(), subjects.constants(), {ref.function, {}}, call.arguments[0]);
  return !text.isOpaque && !text.hasGaps && !text.literals.empty();
}

} // namespace

bool evaluateBounds(const Program &program, const RoleIndex &roles, Subjects &subjects,
                    const rules::DependencyCall &row, DependencyUse &use) {
  const LinkedFunction &function = program.functions[use.call.function];
  const Call &call = (*function.body)[use.call.call];
  Frame here{use.call.function, {}};
  auto meets = [&](const rules::ArgumentIs &condition) { return subjects.holds(here, call, condition); };
  if (llvm::any_of(row.unless, meets) || !llvm::all_of(row.when, meets))
    return false;

  std::vector<Arrival> arrivals;
  if (row.subject.kind == rules::Place::Return ||
      (row.subject.kind == rules::Place::This && !call.object && call.kind == CallKind::Constructor))
    arrivals.push_back({{Origin::Creation, use.call.function, use.call.call.value, {}, {}}, {}, false, false});
  else if ((use.subjectValue = valueAt(function, call, row.subject)))
    arrivals = subjects.provenance().resolve(use.call.function, use.subjectValue);

  if (!row.onlyOn.empty()) {
    // The same function serves other descriptors: only those that are surely this kind of subject count.
    llvm::erase_if(arrivals, [&](const Arrival &arrival) {
      const rules::Subject *kind = subjects.kindOf(arrival.origin);
      return !kind || kind->id != row.onlyOn;
    });
    if (arrivals.empty())
      return false;
  }

  Evaluator evaluator(program, roles, subjects, use.call);
  for (const rules::Phase &phase : row.phases) {
    std::optional<Verdict> worst;
    auto consider = [&](const Arrival *arrival) {
      Verdict verdict = evaluator.phase(phase, arrival);
      if (arrival) {
        std::vector<ChainStep> steps = stepsOf(program, arrival->path);
        verdict.evidence.insert(verdict.evidence.end(), steps.begin(), steps.end());
      }
      if (arrival && isMissing(verdict) && (!worst || badness(verdict.state) > badness(worst->state)))
        use.subject = identityOf(arrival->origin);
      keepWorst(worst, std::move(verdict));
    };
    for (const Arrival &arrival : arrivals)
      consider(&arrival);
    if (arrivals.empty())
      consider(nullptr);
    std::string doubt = doubtOf(*worst);
    if (isMissing(*worst) && worst->confidence == Confidence::High && runsFixedCommand(program, subjects, row, use.call)) {
      worst->confidence = Confidence::Medium;
      doubt = "the command is written in the code, and may be known to end";
    }
    if (worst->state == BoundState::Set && !worst->isChosen)
      worst->reason = "by default: nothing sets it";
    use.phases.push_back({phase.name, worst->state, worst->ns, worst->confidence, std::move(worst->reason),
                          std::move(worst->evidence), std::move(worst->others), std::move(worst->limitedBy), worst->isChosen,
                          worst->until, std::move(doubt)});
  }
  return true;
}

} // namespace opex
