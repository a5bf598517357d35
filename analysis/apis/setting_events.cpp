// What gives the settings of subjects their values: calls, text options, assignments to members, braces.
#include "analysis/apis/subjects.h"
#include "analysis/values/text_values.h"
#include "rules/match.h"

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

void Subjects::addAt(const LinkedFunction &function, const Arrival &arrival, SettingEvent event,
                     const rules::Amount *amount, Index<Value> amountValue) {
  event.origin = arrival.origin;
  event.frame = {function.position, arrival.path};
  event.isPossible = arrival.isPossible;
  if (amount)
    event.limit = limitOf(program_, constants_, provenance_, event.frame, event.moment.block, amountValue, *amount);
  events_[event.origin.object()].push_back(std::move(event));
}

void Subjects::addEvent(const LinkedFunction &function, Index<Value> subject, const SettingEvent &event,
                        const rules::Amount *amount, Index<Value> amountValue) {
  for (const Arrival &arrival : provenance_.resolve(function.position, subject))
    if (arrival.origin.kind != Origin::Unknown)
      addAt(function, arrival, event, amount, amountValue);
}

void Subjects::collectSetter(const LinkedFunction &function, Index<Call> index, const rules::Setter &setter) {
  const Call &call = (*function.body)[index];
  SettingEvent event;
  event.moment = momentOf(*function.body, index);
  event.site = call.site;
  event.settings = setter.settings;
  event.isReset = setter.resets;
  event.name = RoleIndex::nameOfSetter(setter);
  event.limit.kind = LimitValue::Unknown; // Bounded by the call itself.
  const rules::Amount *amount = setter.amount ? &*setter.amount : nullptr;
  Index<Value> amountValue = amount ? valueAt(function, call, amount->from) : Index<Value>();
  for (const Arrival &arrival : subjectArrivals(function, index, setter.subject))
    if (arrival.origin.kind != Origin::Unknown && holdsAll({function.position, arrival.path}, call, setter.when))
      addAt(function, arrival, event, amount, amountValue);
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
      if (std::optional<rules::TextValue> found = rules::findTextSetting(key, text.literals)) {
        event.limit.kind = found->isInfinite ? LimitValue::Infinite : LimitValue::Finite;
        event.limit.ns = found->valueNs;
        event.limit.text = key.key;
      } else if (text.isOpaque && !row.onlyIfSeen) {
        event.limit.kind = LimitValue::Unknown;
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
    SettingEvent event;
    event.moment = moment;
    event.site = site;
    event.settings = setter->settings;
    event.name = RoleIndex::nameOfSetter(*setter);
    event.limit.kind = LimitValue::Unknown;
    // `pollfd.fd = socket` says something of what is assigned, `options.timeout = t` of what it is assigned to.
    Index<Value> subject = setter->subject.kind == rules::Place::Argument ? value : field.operands[0];
    addEvent(function, subject, event, setter->amount ? &*setter->amount : nullptr, value);
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
    SettingEvent event;
    event.site = site;
    event.settings = setter->settings;
    event.name = RoleIndex::nameOfSetter(*setter);
    event.limit.kind = LimitValue::Unknown;
    addEvent(function, setter->subject.kind == rules::Place::Argument ? operand : list, event,
             setter->amount ? &*setter->amount : nullptr, operand);
  }
}

} // namespace opex
