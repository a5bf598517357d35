#include "analysis/bounds/setting_timeline.h"

#include "llvm/ADT/STLExtras.h"

#include <map>
#include <tuple>

namespace opex {
namespace {

BoundState stateOf(const SettingEvent &event) {
  return event.isReset || event.isCleared ? BoundState::Unset : verdictOf(event.limit).state;
}

} // namespace

std::vector<Activation> activations(const Program &program, const Frame &frame, Moment moment) {
  std::vector<Activation> result = {{frame.function, moment}};
  for (const CallRef &call : frame.path)
    result.push_back({call.function, momentOf(*program.functions[call.function].body, call.call)});
  return result;
}

void SettingTimeline::add(const OrderedEvent &ordered) {
  const SettingEvent *event = ordered.event;
  if (ordered.coverage == Before::Never)
    late_ = event->isCleared ? late_ : event;
  else if (event->isUncertain)
    doubt("what `" + event->name + "` stands for here is known at run time only");
  else
    (ordered.coverage == Before::Always ? always_ : sometimes_).push_back(ordered);
}

std::optional<Bound> SettingTimeline::decide(bool isFiniteByDefault) {
  std::optional<Bound> certain = decideCertain(isFiniteByDefault);
  if (!doubt_.empty() && (certain ? isMissing(certain->state) : !isFiniteByDefault))
    return Bound{.reason = doubt_};
  return certain;
}

std::optional<Bound> SettingTimeline::decideCertain(bool isFiniteByDefault) {
  if (always_.empty() && coversBothArms())
    always_.swap(sometimes_);
  if (!always_.empty())
    return fromCertain(isFiniteByDefault);
  if (!sometimes_.empty())
    return fromPossible(isFiniteByDefault);
  if (late_ && !isFiniteByDefault) {
    Bound verdict{.state = BoundState::Unset};
    verdict.reason = "`" + late_->name + "` is set only after the call";
    verdict.evidence.push_back({program_.location(program_.functions[late_->frame.function], late_->site), "set here, too late", false, true});
    return verdict;
  }
  return std::nullopt;
}

/// Both arms of one branch set it.
bool SettingTimeline::coversBothArms() const {
  std::map<std::tuple<uint32_t, Index<Block>, uint32_t>, Index<Block>> firstArms; // By function, block and branch.
  for (const OrderedEvent &event : sometimes_) {
    if (!event.at.moment.valid() || stateOf(*event.event) == BoundState::Unset)
      continue;
    const Function &body = *program_.functions[event.at.function].body;
    Index<Block> arm = conditionalArm(body, event.at.moment, {});
    if (!arm || body[arm].owner.kind != StepKind::Branch)
      continue;
    auto [first, isNew] = firstArms.try_emplace({event.at.function, body[arm].parent, body[arm].owner.index}, arm);
    if (!isNew && first->second != arm)
      return true;
  }
  return false;
}

/// The last of the events that surely happen decides; those that may happen after it can spoil it.
std::optional<Bound> SettingTimeline::fromCertain(bool isFiniteByDefault) const {
  const std::vector<const SettingEvent *> latest = this->latest();
  const SettingEvent *last = latest.front();
  for (const SettingEvent *next : latest)
    if (badness(stateOf(*next)) < badness(stateOf(*last)))
      last = next;
  if (last->isReset || last->isCleared)
    return fromPossible(isFiniteByDefault);
  bool isAlone = llvm::none_of(always_, [&](const OrderedEvent &other) { return other.event != last && stateOf(*other.event) == BoundState::Set; });
  Bound verdict = verdictOf(last->unasked && isAlone ? *last->unasked : last->limit);
  for (const SettingEvent *other : latest)
    if (stateOf(*other) == verdict.state && verdictOf(other->limit).valueNs != verdict.valueNs)
      verdict.valueNs.reset(); // Which of them is the last one is not known.
  for (const OrderedEvent &maybe : sometimes_)
    if (isMadeUpFor(maybe))
      continue;
    else if (verdict.state == BoundState::Set &&
             badness(stateOf(*maybe.event)) >= badness(BoundState::Partly) &&
             overwrites(*maybe.event, *last))
      verdict.state = BoundState::Partly;
    else if (verdict.state == BoundState::Infinite && stateOf(*maybe.event) == BoundState::Set)
      verdict.state = BoundState::Partly;
  if (verdict.state == BoundState::Partly || last->isPossible)
    verdict.confidence = Confidence::Medium;
  describe(verdict, *last);
  return verdict;
}

/// The very call that takes the setting away gives it again afterwards.
bool SettingTimeline::isMadeUpFor(const OrderedEvent &event) const {
  return llvm::any_of(sometimes_, [&](const OrderedEvent &other) {
    bool isSameCall = event.at.moment.valid() && event.at.function == other.at.function &&
                      event.at.moment.block == other.at.moment.block &&
                      event.at.moment.position == other.at.moment.position;
    return isSameCall && other.event != event.event && overwrites(*other.event, *event.event);
  });
}

/// Those that no other one overwrites: one for each function that the events are reached from.
std::vector<const SettingEvent *> SettingTimeline::latest() const {
  std::map<uint32_t, const SettingEvent *> latest;
  for (const OrderedEvent &next : always_) {
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
bool SettingTimeline::overwrites(const SettingEvent &later, const SettingEvent &earlier) const {
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

std::optional<Bound> SettingTimeline::fromPossible(bool isFiniteByDefault) const {
  for (const OrderedEvent &maybe : sometimes_)
    if (stateOf(*maybe.event) == (isFiniteByDefault ? BoundState::Infinite : BoundState::Set)) {
      Bound verdict{.state = BoundState::Partly, .confidence = Confidence::Medium};
      describe(verdict, *maybe.event);
      return verdict;
    }
  return std::nullopt; // Else they are what the default is: limits where it is one, none where it is not.
}

void SettingTimeline::describe(Bound &verdict, const SettingEvent &event) const {
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

} // namespace opex
