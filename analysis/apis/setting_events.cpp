// What gives the settings of subjects their values: calls, text options, assignments to members, braces.
#include "analysis/apis/subjects.h"
#include "analysis/body/places.h"
#include "analysis/values/limit_guards.h"
#include "analysis/values/text_values.h"
#include "rules/match.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

std::vector<Arrival> Subjects::subjectArrivals(const LinkedFunction &function, Index<Call> index,
                                               const rules::Place &place) {
  const Call &call = (*function.body)[index];
  bool isResult = place.kind == rules::Place::Return || (place.kind == rules::Place::This && !call.object);
  if (isResult)
    return {{{Origin::Creation, function.position, index.value, {}, {}}, {}, false, false}};
  Index<Value> value = valueAt(function, call, place);
  return value ? provenance_.resolve(function.position, value) : std::vector<Arrival>();
}

/// Which arguments the row asks for says whether it sets anything at all; the last of a row without a value
/// may say that it does so no more: a flag that is not given, 0 where the row asks for 1.
static bool isSwitch(const rules::ArgumentIs &condition) {
  return condition.hasFlag || llvm::all_of(condition.anyOf, [](llvm::StringRef value) {
           return value.find_first_not_of("0123456789") == llvm::StringRef::npos;
         });
}

/// A text is no time.
static bool mayBeAmount(const LinkedFunction &function, Index<Value> value, const rules::Amount &amount) {
  Index<Type> type = value ? (*function.body)[value].type : Index<Type>();
  return !type || amount.isAddress || (*function.unit)[type].kind != TypeClass::Pointer;
}

/// What another member of the same object may have got; nothing if that is not seen.
llvm::SmallVector<Index<Value>, 2> Subjects::siblingsOf(const SettingEvent &event,
                                                        const LinkedFunction &function,
                                                        llvm::StringRef member) const {
  const Function &body = *function.body;
  llvm::SmallVector<Index<Value>, 2> found;
  auto addBraces = [&](const Value &list) {
    const Record *record = list.type ? program_.record((*function.unit)[list.type].record) : nullptr;
    for (size_t i = 0; record && i < std::min(record->members.size(), list.operands.size()); ++i)
      if ((record->name + "::" + record->members[i].name).str() == member)
        found.push_back(list.operands[i]);
  };
  if (!event.owner)
    return found;
  const Value &owner = body[event.owner];
  if (owner.kind == ValueKind::List) {
    addBraces(owner);
    return found;
  }
  for (const Assign &assign : body.assigns) {
    const Value &target = body[assign.target];
    const Declaration *field =
        target.kind == ValueKind::Field ? program_.declaration(target.entity) : nullptr;
    if (field && field->name == member && assign.value && isSamePlace(body, target.operands[0], event.owner))
      found.push_back(assign.value);
  }
  Index<Value> init = owner.kind == ValueKind::Local ? body.locals[owner.index].init : Index<Value>();
  if (found.empty() && init && body[init].kind == ValueKind::List)
    addBraces(body[init]);
  return found;
}

ConditionTruth Subjects::conditionAt(const SettingEvent &event, const Frame &frame,
                                     const rules::ArgumentIs &condition) const {
  const LinkedFunction &function = program_.functions[frame.function];
  if (event.call)
    return conditions_.of(frame, (*function.body)[event.call], condition);
  if (condition.place.kind != rules::Place::Member)
    return conditions_.of(frame, event.amount, event.moment, condition);
  std::optional<Truth> all;
  for (Index<Value> value : siblingsOf(event, function, condition.place.type)) {
    Truth one = conditions_.of(frame, value, event.moment, condition).truth;
    all = !all || all == one ? one : Truth::Maybe;
  }
  return {all.value_or(Truth::Maybe)};
}

/// False if the row does not mean this call, or this assignment; the event says when it only may.
bool Subjects::meetsConditions(SettingEvent &event, const Frame &frame) const {
  const LinkedFunction &function = program_.functions[frame.function];
  for (const rules::ArgumentIs &condition : event.setter->unless) {
    Truth truth = conditionAt(event, frame, condition).truth;
    if (truth == Truth::Yes)
      return false;
    event.isUncertain |= truth == Truth::Maybe;
  }
  for (const rules::ArgumentIs &condition : event.setter->when) {
    ConditionTruth found = conditionAt(event, frame, condition);
    if (found.truth == Truth::Yes)
      continue;
    bool mayClear = event.call && !event.setter->amount && !event.isReset && isSwitch(condition);
    const Call *readBy =
        found.readBy ? &(*program_.functions[found.readBy->function].body)[found.readBy->call] : nullptr;
    if (mayClear && readBy && readBy->callee == (*function.body)[event.call].callee &&
        found.readBy->function == frame.function)
      event.asOf = momentOf(*function.body, found.readBy->call);
    if (mayClear && (found.truth == Truth::No || event.asOf.valid()))
      event.isCleared = true;
    else if (found.truth == Truth::No)
      return false;
    else
      event.isUncertain = true;
  }
  return true;
}

/// Fills in what the event sets when its function is reached along the path of the frame. False if that is
/// nothing.
bool Subjects::evaluate(SettingEvent &event, const Frame &frame) const {
  event.isUncertain = event.isCleared = false;
  event.asOf = {};
  if (!meetsConditions(event, frame))
    return false;
  const rules::Amount *amount = event.setter->amount ? &*event.setter->amount : nullptr;
  if (event.isUncertain && amount && !mayBeAmount(program_.functions[frame.function], event.amount, *amount))
    return false;
  event.limit = {};
  event.unasked.reset();
  if (amount)
    event.limit = limitOf(program_, constants_, provenance_, frame, event.amountBlock, event.amount, *amount);
  if (amount && event.moment.valid() && event.moment.block != event.amountBlock)
    event.unasked =
        limitOf(program_, constants_, provenance_, frame, event.moment.block, event.amount, *amount);
  return true;
}

std::optional<SettingEvent> Subjects::inFrame(const SettingEvent &event, const Frame &frame) const {
  SettingEvent here = event;
  if (here.setter && !evaluate(here, frame))
    return std::nullopt;
  return here;
}

void Subjects::addAt(const LinkedFunction &function, const Arrival &arrival, SettingEvent event) {
  event.origin = arrival.origin;
  event.frame = {function.position, arrival.path};
  event.isPossible = arrival.isPossible;
  event.isShared = arrival.isShared;
  // What was kept in a member came there by other calls than this function is reached by.
  if (evaluate(event, {function.position, arrival.isShared ? std::vector<CallRef>() : arrival.path}))
    events_[event.origin.object()].push_back(std::move(event));
}

void Subjects::addEvent(const LinkedFunction &function, Index<Value> subject, SettingEvent event) {
  event.subject = subject;
  for (const Arrival &arrival : provenance_.resolve(function.position, subject))
    if (arrival.origin.kind != Origin::Unknown)
      addAt(function, arrival, event);
}

/// Where nothing but the amount itself decides whether it is given, it is given, whatever it is.
static void moveBeyondGuards(const Program &program, const LinkedFunction &function, SettingEvent &event) {
  Index<Block> outer = event.moment.valid()
                           ? beyondLimitGuards(program, function, event.moment.block, event.amount)
                           : Index<Block>();
  if (!outer || outer == event.moment.block)
    return;
  while (event.moment.valid() && event.moment.block != outer)
    event.moment = ownerOf(*function.body, event.moment.block);
}

/// What all events of the row have.
static SettingEvent eventOf(const rules::Setter &setter, Moment moment, const Site &site) {
  SettingEvent event;
  event.moment = moment;
  event.site = site;
  event.settings = setter.settings;
  event.isReset = setter.resets;
  event.name = RoleIndex::nameOfSetter(setter);
  event.setter = &setter;
  event.amountBlock = moment.block;
  return event;
}

void Subjects::collectSetter(const LinkedFunction &function, Index<Call> index, const rules::Setter &setter) {
  const Call &call = (*function.body)[index];
  SettingEvent event = eventOf(setter, momentOf(*function.body, index), call.site);
  event.call = index;
  event.amount = setter.amount ? valueAt(function, call, setter.amount->from) : Index<Value>();
  event.amountBlock = call.block;
  event.subject = valueAt(function, call, setter.subject);
  moveBeyondGuards(program_, function, event);
  for (const Arrival &arrival : subjectArrivals(function, index, setter.subject))
    if (arrival.origin.kind != Origin::Unknown)
      addAt(function, arrival, event);
}

void Subjects::collectText(const LinkedFunction &function, Index<Call> index, const rules::TextSetting &row) {
  const Call &call = (*function.body)[index];
  for (const Arrival &arrival : subjectArrivals(function, index, row.subject)) {
    Frame frame{function.position, arrival.path};
    TextValue text = textOf(program_, provenance_, constants_, frame, valueAt(function, call, row.text));
    for (const rules::TextSetting::Key &key : row.keys) {
      SettingEvent event;
      event.origin = arrival.origin;
      event.frame = frame;
      event.moment = momentOf(*function.body, index);
      event.site = call.site;
      event.settings = {key.setting};
      event.name = key.key;
      event.isPossible = arrival.isPossible;
      event.isShared = arrival.isShared;
      event.subject = valueAt(function, call, row.subject);
      if (std::optional<rules::TextValue> found = rules::findTextSetting(key, text.literals)) {
        event.limit.kind = found->isInfinite ? LimitValue::Infinite : LimitValue::Finite;
        event.limit.ns = found->valueNs;
        event.limit.text = key.key;
      } else if (text.isOpaque && !row.onlyIfSeen) {
        event.limit.kind = LimitValue::Unknown;
      } else if (text.isOpen && !row.onlyIfSeen) {
        event.isUncertain = true;
      } else {
        continue;
      }
      events_[event.origin.object()].push_back(std::move(event));
    }
  }
}

void Subjects::collectFieldAssignments(const LinkedFunction &function) {
  const Function &body = *function.body;
  for (const Assign &assign : body.assigns)
    if (assign.value && body[assign.target].kind == ValueKind::Field)
      collectField(function, assign.target, assign.value, momentOf(body, assign), assign.site);
}

void Subjects::collectField(const LinkedFunction &function, Index<Value> target, Index<Value> value, Moment moment,
                            const Site &site) {
  const Value &field = (*function.body)[target];
  if (field.operands.empty())
    return;
  for (const rules::Setter *setter : roles_.of(field.entity).setters) {
    if (!setter->match.isField)
      continue;
    SettingEvent event = eventOf(*setter, moment, site);
    event.amount = value;
    event.owner = field.operands[0];
    moveBeyondGuards(program_, function, event);
    // `pollfd.fd = socket` says something of what is assigned, `options.timeout = t` of what it is assigned
    // to.
    addEvent(function, setter->subject.kind == rules::Place::Argument ? value : field.operands[0],
             std::move(event));
  }
}

void Subjects::collectBraces(const LinkedFunction &function) {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.values.size(); ++i) {
    const Value &list = body.values[i];
    const Type *type = list.kind == ValueKind::List && list.type ? &(*function.unit)[list.type] : nullptr;
    const Record *record = type && type->kind == TypeClass::Record ? program_.record(type->record) : nullptr;
    if (!record || !record->isAggregate || !record->bases.empty())
      continue;
    std::vector<const FieldFact *> members;
    for (const FieldFact &member : record->members)
      if (!member.isStatic)
        members.push_back(&member);
    if (members.size() != list.operands.size()) // Anonymous unions and structs have one operand for all of theirs.
      continue;
    for (size_t place = 0; place < members.size(); ++place)
      collectMember(function, Index<Value>(i), list.operands[place],
                    (record->name + "::" + members[place]->name).str());
  }
}

void Subjects::collectMember(const LinkedFunction &function, Index<Value> list, Index<Value> operand,
                             llvm::StringRef member) {
  if (!operand)
    return;
  const Site &around = (*function.body)[list].site, &site = (*function.body)[operand].site;
  // What the class itself starts the member with stands at the closing brace, or nowhere.
  bool isWritten = site.length > 0 && site.offset + site.length < around.offset + around.length;
  if (!isWritten)
    return;
  for (const rules::Setter *setter : roles_.ofName(member).setters) {
    if (!setter->match.isField)
      continue;
    SettingEvent event = eventOf(*setter, {}, site);
    event.amount = operand;
    event.owner = list;
    addEvent(function, setter->subject.kind == rules::Place::Argument ? operand : list, std::move(event));
  }
}

} // namespace opex
