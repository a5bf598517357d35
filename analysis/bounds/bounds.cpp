#include "analysis/bounds/bounds.h"

#include "analysis/bounds/setting_bounds.h"
#include "analysis/values/text_values.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

class Evaluator {
public:
  explicit Evaluator(const SettingQuestion &question)
      : question_(question), program_(question.program), subjects_(question.subjects), call_(question.call),
        function_(program_.functions[call_.function]) {}

  /// The object that arrives may be the one of this call: it is not one that another object of the class
  /// keeps.
  bool mayBeHere(const Arrival &arrival) const {
    return !arrival.isShared || !question_.subject ||
           !question_.instances.waysTo(call_, question_.subject, arrival, {}).empty();
  }

  /// The phase as it is for the subject that arrived this way.
  Bound phase(const rules::Phase &phase, const Arrival *arrival) {
    Frame frame{call_.function, arrival ? arrival->path : std::vector<CallRef>()};
    Bound best;
    best.state = BoundState::Unset;
    bool first = true;
    for (const rules::Bound &bound : phase.anyOf) {
      Bound verdict = evaluate(bound, frame, arrival);
      if (!first && verdict.state == BoundState::Set && best.state == BoundState::Set) {
        if (isTighter(verdict, best))
          best = std::move(verdict);
      } else if (first || badness(verdict.state) < badness(best.state) ||
                 (badness(verdict.state) == badness(best.state) && best.reason.empty()))
        best = std::move(verdict);
      first = false;
    }
    if (phase.limitNs && badness(best.state) > badness(BoundState::Set))
      return {.state = BoundState::Set, .valueNs = phase.limitNs};
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
  static bool isTighter(const Bound &verdict, const Bound &than) {
    return than.valueNs && (!verdict.valueNs || *verdict.valueNs < *than.valueNs);
  }

  Bound evaluate(const rules::Bound &bound, const Frame &frame, const Arrival *arrival) {
    if (const auto *group = std::get_if<rules::SettingsBound>(&bound))
      return settingsGroup(*group, arrival);
    const Call &call = (*function_.body)[call_.call];
    if (const auto *flag = std::get_if<rules::ArgumentIs>(&bound)) {
      Bound verdict;
      Truth truth = subjects_.truthOf(frame, call, *flag);
      if (truth == Truth::Maybe)
        return {.reason = "an argument that decides it is known at run time only"};
      verdict.state = truth == Truth::Yes ? BoundState::Set : BoundState::Unset;
      verdict.isChosen = true;
      return verdict;
    }
    const auto &amount = std::get<rules::Amount>(bound);
    Index<Value> value = valueAt(function_, call, amount.from);
    if (amount.from.kind == rules::Place::Argument && amount.from.index >= call.arguments.size())
      return {.reason = "the row names an argument that this call does not have"};
    if (!value)
      return {.state = BoundState::Unset, .reason = "no limit is given"};
    LimitValue limit =
        limitOf(program_, subjects_.constants(), subjects_.provenance(), frame, call.block, value, amount);
    Bound verdict = verdictOf(limit);
    verdict.isChosen = true;
    if (verdict.state == BoundState::Infinite)
      verdict.reason = "its limit is " + limit.text + ", which means none";
    else if (verdict.state == BoundState::Partly)
      verdict.reason = "the limit that it is given means none there";
    return verdict;
  }

  /// All settings of the group are needed: the worst decides.
  Bound settingsGroup(const rules::SettingsBound &group, const Arrival *arrival) {
    if (!arrival)
      return {};
    Bound worst;
    bool first = true;
    for (const std::string &setting : group.settings) {
      Bound verdict = settingAt(question_, *arrival, setting);
      if (first || badness(verdict.state) > badness(worst.state)) {
        worst = std::move(verdict);
        worst.limitedBy = setting;
      }
      first = false;
    }
    return worst;
  }

  const SettingQuestion &question_;
  const Program &program_;
  const Subjects &subjects_;
  CallRef call_;
  const LinkedFunction &function_;
};

std::string identityOf(const Origin &origin) {
  return std::to_string(origin.kind) + ":" + std::to_string(origin.function) + ":" +
         std::to_string(origin.index) + ":" + std::to_string(origin.entity.hash);
}

/// Why a verdict is not sure.
std::string doubtOf(const Bound &verdict) {
  if (verdict.confidence == Confidence::High)
    return {};
  return verdict.state == BoundState::Partly
             ? "it is so on some paths only"
             : "the object may be another one: on its way is a step that may not happen";
}

/// The caller steps by which the subject came to the call, outermost first.
std::vector<ChainStep> stepsOf(const Program &program, const std::vector<CallRef> &path) {
  std::vector<ChainStep> steps;
  for (const CallRef &call : llvm::reverse(path)) {
    const LinkedFunction &function = program.functions[call.function];
    const Call &site = (*function.body)[call.call];
    steps.push_back({program.location(function, site.site),
                     "`" + unqualified(site.name).str() + "` is called with it", false});
  }
  return steps;
}

/// A process whose whole command line stands in the code, in one way or several.
bool runsFixedCommand(const Program &program, const Subjects &subjects, const rules::DependencyCall &row,
                      CallRef ref) {
  const Call &call = (*program.functions[ref.function].body)[ref.call];
  if (row.kind != DependencyKind::Subprocess || call.arguments.empty() || !call.arguments[0])
    return false;
  TextValue text =
      textOf(program, subjects.provenance(), subjects.constants(), {ref.function, {}}, call.arguments[0]);
  return !text.isOpaque && !text.hasGaps && !text.literals.empty();
}

/// The objects that may be the call's subject: those that come in, or the one that it makes.
std::vector<Arrival> arrivalsAt(const Program &program, const Subjects &subjects, const rules::DependencyCall &row,
                                DependencyUse &use) {
  const LinkedFunction &function = program.functions[use.call.function];
  const Call &call = (*function.body)[use.call.call];
  if (row.subject.kind == rules::Place::Return ||
      (row.subject.kind == rules::Place::This && !call.object && call.kind == CallKind::Constructor))
    return {{{Origin::Creation, use.call.function, use.call.call.value, {}, {}}, {}, false, false}};
  if ((use.subjectValue = valueAt(function, call, row.subject)))
    return subjects.provenance().resolve(use.call.function, use.subjectValue);
  return {};
}

/// What one caller gives, as it arrives through its call.
std::vector<Arrival> arrivalsThrough(const Subjects &subjects, const GivenSubject &given) {
  std::vector<Arrival> arrivals = subjects.provenance().resolve(given.caller.function, given.subject);
  for (Arrival &arrival : arrivals) {
    arrival.path.insert(arrival.path.begin(), given.caller);
    arrival.isPossible = true;
  }
  return arrivals;
}

/// The worst of what holds for those that may arrive; `use.subject` is the one that lacks a limit.
Bound worstOf(const Program &program, Evaluator &evaluator, const rules::Phase &phase,
                     const std::vector<Arrival> &arrivals, DependencyUse &use) {
  std::optional<Bound> worst;
  for (const Arrival &arrival : arrivals) {
    if (!evaluator.mayBeHere(arrival))
      continue;
    Bound verdict = evaluator.phase(phase, &arrival);
    if (!worst || isWorse(verdict, *worst))
      llvm::append_range(verdict.way, stepsOf(program, arrival.path));
    if (isMissing(verdict.state) && arrival.origin.kind != Origin::Unknown &&
        (!worst || badness(verdict.state) > badness(worst->state)))
      use.subject = identityOf(arrival.origin);
    keepWorst(worst, std::move(verdict));
  }
  return worst ? std::move(*worst) : evaluator.phase(phase, nullptr);
}

} // namespace

bool evaluateBounds(const Program &program, const RoleIndex &roles, const Subjects &subjects,
                    const InstanceStates &instances, const rules::DependencyCall &row, DependencyUse &use,
                    std::optional<GivenSubject> through) {
  const Call &call = (*program.functions[use.call.function].body)[use.call.call];
  Frame here{use.call.function, {}};
  auto meets = [&](const rules::ArgumentIs &condition) { return subjects.holds(here, call, condition); };
  if (llvm::any_of(row.unless, meets) || !llvm::all_of(row.when, meets))
    return false;

  std::vector<Arrival> arrivals = arrivalsAt(program, subjects, row, use);
  if (through)
    arrivals = arrivalsThrough(subjects, *through);
  if (!row.onlyOn.empty()) {
    // The same function serves other descriptors: only those that are surely this kind of subject count.
    llvm::erase_if(arrivals, [&](const Arrival &arrival) {
      const rules::Subject *kind = subjects.kindOf(arrival.origin);
      return !kind || kind->id != row.onlyOn;
    });
    if (arrivals.empty())
      return false;
  }

  const SettingQuestion question{program, roles, subjects, instances, use.call, use.subjectValue};
  Evaluator evaluator(question);
  for (const rules::Phase &phase : row.phases) {
    Bound worst = worstOf(program, evaluator, phase, arrivals, use);
    std::string doubt = doubtOf(worst);
    if (isMissing(worst.state) && worst.confidence == Confidence::High &&
        runsFixedCommand(program, subjects, row, use.call)) {
      worst.confidence = Confidence::Medium;
      doubt = "the command is written in the code, and may be known to end";
    }
    if (worst.state == BoundState::Set && !worst.isChosen)
      worst.reason = "by default: nothing sets it";
    use.phases.push_back({std::move(worst), phase.name, phase.kind, std::move(doubt)});
  }
  return true;
}

} // namespace opex
