#include "analysis/apis/subjects.h"

#include "analysis/values/text_values.h"

#include "llvm/ADT/STLExtras.h"
#include "model/completeness.h"

namespace opex {
namespace {

bool hasVisibleBody(const Program &program, const LinkedFunction &caller, Index<Call> call) {
  return llvm::any_of(program.calleesAt(caller, call), [](const CallEdge &edge) { return edge.kind != EdgeKind::Passed; });
}

bool hasAnyRow(const Roles &roles) {
  return !roles.makers.empty() || !roles.setters.empty() || !roles.textSettings.empty() || !roles.holders.empty() ||
         !roles.borrowers.empty() || !roles.calls.empty() || !roles.passages.empty();
}

/// One list of calls is the beginning of the other: both may speak of the same clone.
bool compatible(const std::vector<CallRef> &a, const std::vector<CallRef> &b) {
  size_t common = std::min(a.size(), b.size());
  return std::equal(a.begin(), a.begin() + common, b.begin());
}

} // namespace

const Type *constructedOutOfSight(const LinkedFunction &function, const Call &call, const Roles &roles) {
  bool makes = llvm::any_of(roles.passages, [](const rules::Passage *passage) { return passage->makes; });
  return makes && !call.templateArguments.empty() ? &(*function.unit)[call.templateArguments[0]] : nullptr;
}

Subjects::Subjects(const Program &program, const RoleIndex &roles)
    : program_(program), roles_(roles), handles_(program), provenance_(program, provenanceRules()),
      constants_(program, provenance_), conditions_(program, provenance_, constants_) {
  for (const LinkedFunction &function : program.functions) {
    for (uint32_t i = 0; i < function.body->calls.size(); ++i)
      collectCall(function, Index<Call>(i));
    collectFieldAssignments(function);
    collectBraces(function);
  }
}

ProvenanceRules Subjects::provenanceRules() const {
  ProvenanceRules rules;
  rules.passes = [this](const LinkedFunction &function, Index<Call> index) {
    llvm::SmallVector<Index<Value>, 2> passed;
    const Call &call = (*function.body)[index];
    for (const rules::Passage *passage : roles_.of(call.callee).passages) {
      bool toResult = passage->to.kind == rules::Place::Return ||
                      (passage->to.kind == rules::Place::This && call.kind == CallKind::Constructor);
      if (Index<Value> from = valueAt(function, call, passage->from); from && toResult && !passage->makes && !passage->byName)
        passed.push_back(from);
    }
    if (Index<Value> held = passed.empty() ? handles_.passedBy(function, index) : Index<Value>())
      passed.push_back(held);
    return passed;
  };
  rules.stores = [this](const LinkedFunction &function, Index<Call> index) {
    llvm::SmallVector<std::pair<Index<Value>, Index<Value>>, 1> stored;
    const Call &call = (*function.body)[index];
    for (const rules::Passage *passage : roles_.of(call.callee).passages) {
      if (passage->to.kind == rules::Place::Return)
        continue;
      Index<Value> from = valueAt(function, call, passage->from), to = valueAt(function, call, passage->to);
      if (from && to)
        stored.push_back({to, from});
    }
    if (auto held = handles_.storedBy(function, index); held && stored.empty())
      stored.push_back(*held);
    return stored;
  };
  rules.makesIn = [this](const LinkedFunction &function, Index<Call> index) {
    llvm::SmallVector<Index<Value>, 1> made;
    const Call &call = (*function.body)[index];
    for (const rules::Maker *maker : roles_.of(call.callee).makers)
      if (maker->made.kind == rules::Place::Argument)
        if (Index<Value> target = valueAt(function, call, maker->made))
          made.push_back(target);
    return made;
  };
  rules.isHandle = [this](const Type &type) { return handles_.isHandle(type); };
  rules.isObject = [this](const LinkedFunction &, const Type &type) {
    return type.kind == TypeClass::Record && type.indirections == 0 && roles_.subjectOf(type);
  };
  return rules;
}

bool Subjects::mayBeSetUnseen(const rules::Subject &kind) const {
  auto [known, isNew] = setUnseen_.try_emplace(&kind);
  if (!isNew)
    return known->second;
  size_t withFacts = 0;
  for (const TuFacts &unit : program_.units)
    if (shownStatus(unit) != TuStatus::Complete) {
      ++withFacts;
      known->second |= !hasHoles(unit) && roles_.readsLibraryOf(kind, unit);
    }
  return known->second |= withFacts != program_.missing.units.size();
}

Truth Subjects::truthOf(const Frame &frame, const Call &call, const rules::ArgumentIs &condition) const {
  return conditions_.of(frame, call, condition).truth;
}

bool Subjects::holds(const Frame &frame, const Call &call, const rules::ArgumentIs &condition) const {
  return truthOf(frame, call, condition) == Truth::Yes;
}

bool Subjects::holdsAll(const Frame &frame, const Call &call, llvm::ArrayRef<rules::ArgumentIs> conditions) const {
  return llvm::all_of(conditions, [&](const rules::ArgumentIs &condition) { return holds(frame, call, condition); });
}

void Subjects::collectCall(const LinkedFunction &function, Index<Call> index) {
  const Call &call = (*function.body)[index];
  const Roles &roles = roles_.of(call.callee);
  auto collectRows = [&](const Roles &rows) {
    for (const rules::Setter *setter : rows.setters)
      if (!setter->match.isField)
        collectSetter(function, index, *setter);
    for (const rules::TextSetting *text : rows.textSettings)
      collectText(function, index, *text);
  };
  collectRows(roles);
  if (const Type *made = constructedOutOfSight(function, call, roles))
    collectRows(roles_.ofConstructor(made->recordName));
  collectHolders(function, index);
  if (!hasVisibleBody(program_, function, index))
    collectEscapes(function, index);
}

void Subjects::collectHolders(const LinkedFunction &function, Index<Call> index) {
  const Call &call = (*function.body)[index];
  auto add = [&](const rules::Place &holder, Index<Value> held) {
    if (!held)
      return;
    for (const Arrival &arrival : subjectArrivals(function, index, holder))
      if (arrival.origin.kind != Origin::Unknown)
        held_[arrival.origin.object()].push_back({function.position, held});
  };
  const rules::Place result{rules::Place::Return, 0, {}}, self{rules::Place::This, 0, {}};
  const Roles &roles = roles_.of(call.callee);
  for (const rules::Holder *row : roles.holders)
    add(row->holder, valueAt(function, call, row->held));
  for (const rules::Maker *maker : roles.makers)
    if (maker->inherits.kind != rules::Place::None && holdsAll({function.position, {}}, call, maker->when))
      add(maker->made, valueAt(function, call, maker->inherits));
  if (const Type *made = constructedOutOfSight(function, call, roles)) {
    for (const rules::Holder *row : roles_.ofConstructor(made->recordName).holders)
      add(row->holder.kind == rules::Place::This ? result : row->holder, valueAt(function, call, row->held));
    return;
  }
  // A copy starts with what it is copied from.
  bool mayCopy = call.kind == CallKind::Constructor && call.arguments.size() == 1;
  if (!mayCopy || !call.type || !call.arguments[0])
    return;
  Index<Type> from = (*function.body)[call.arguments[0]].type;
  const rules::Subject *target = roles_.subjectOf((*function.unit)[call.type]);
  if (target && from && roles_.subjectOf((*function.unit)[from]) == target)
    add(self, call.arguments[0]);
}

void Subjects::collectEscapes(const LinkedFunction &function, Index<Call> index) {
  const Call &call = (*function.body)[index];
  const Roles &roles = roles_.of(call.callee);
  if (hasAnyRow(roles) || handles_.passedBy(function, index))
    return;
  // What a callable that is handed over gets is followed into it.
  std::set<Index<Value>> seenFurther;
  for (const CallEdge &edge : program_.calleesAt(function, index))
    for (uint32_t i = 0; i < program_.functions[edge.callee].body->parameterCount; ++i)
      seenFurther.insert(argumentOf(program_, edge, i));
  for (uint32_t i = 0; i < call.arguments.size(); ++i) {
    Index<Value> argument = seenFurther.contains(call.arguments[i]) ? Index<Value>() : call.arguments[i];
    Index<Type> typeIndex = argument ? (*function.body)[argument].type : Index<Type>();
    if (!typeIndex)
      continue;
    const Type &type = (*function.unit)[typeIndex];
    const rules::Subject *subject = roles_.subjectHeldBy(*function.unit, type);
    bool mayBeHandle = type.kind == TypeClass::Integer && !(*function.body)[argument].constant;
    if (!subject && !mayBeHandle)
      continue;
    if (subject && llvm::is_contained(roles.libraries, roles_.packOf(*subject)))
      continue;
    const Type *parameter = program_.parameterType(call.callee, i);
    if (parameter && parameter->isConst)
      continue; // It can read the configuration, not change it.
    for (const Arrival &arrival : provenance_.resolve(function.position, argument)) {
      const rules::Subject *kind = kindOf(arrival.origin);
      if (!kind || llvm::is_contained(roles.libraries, roles_.packOf(*kind)))
        continue;
      escapes_.try_emplace(arrival.origin.object(), CallRef{function.position, index});
    }
  }
}

const rules::Subject *Subjects::kindOf(const Origin &origin) const {
  if (origin.kind == Origin::Creation) {
    const LinkedFunction &function = program_.functions[origin.function];
    const Call &call = function.body->calls[origin.index];
    const Roles &roles = roles_.of(call.callee);
    for (const rules::Maker *maker : roles.makers)
      if (holdsAll({origin.function, origin.via}, call, maker->when))
        return roles_.subjectById(maker->subject);
    if (const Type *made = constructedOutOfSight(function, call, roles))
      return roles_.subjectOf(*made);
    if (call.kind == CallKind::Constructor && call.type)
      return roles_.subjectOf((*function.unit)[call.type]);
    return nullptr;
  }
  if (origin.kind == Origin::Braces) {
    const LinkedFunction &function = program_.functions[origin.function];
    return roles_.subjectOf((*function.unit)[function.body->values[origin.index].type]);
  }
  if (origin.kind == Origin::Variable) {
    const LinkedFunction &function = program_.functions[origin.function];
    const Local &local = function.body->locals[origin.index];
    const Type *type = local.type ? &(*function.unit)[local.type] : nullptr;
    return type && type->kind == TypeClass::Record && type->indirections == 0 ? roles_.subjectOf(*type) : nullptr;
  }
  if (origin.kind == Origin::Member || origin.kind == Origin::Global) {
    const Type *type = program_.typeOf(origin.entity);
    return type && type->kind == TypeClass::Record && type->indirections == 0 ? roles_.subjectOf(*type) : nullptr;
  }
  return nullptr;
}

std::vector<const SettingEvent *> Subjects::eventsOf(const Origin &origin) const {
  std::vector<const SettingEvent *> result;
  auto found = events_.find(origin.object());
  if (found == events_.end())
    return result;
  for (const SettingEvent &event : found->second) {
    if (!compatible(event.origin.via, origin.via))
      continue;
    // A helper that makes it knows from its callers what it sets.
    bool isOfMaker = !origin.via.empty() && event.frame.path.empty() &&
                     event.frame.function == origin.function && event.setter;
    if (!isOfMaker) {
      result.push_back(&event);
      continue;
    }
    auto [known, isNew] = byMaker_.try_emplace({&event, origin.via});
    if (isNew)
      known->second = inFrame(event, {origin.function, origin.via});
    if (known->second)
      result.push_back(&*known->second);
  }
  return result;
}

std::vector<HeldSubject> Subjects::heldBy(const Origin &origin) const {
  std::vector<HeldSubject> result;
  if (auto found = held_.find(origin.object()); found != held_.end())
    result = found->second;
  // A variable that starts as what a function returned has that object's settings.
  auto addIncoming = [&](const std::vector<Provenance::Incoming> &incoming) {
    for (const Provenance::Incoming &in : incoming) {
      if (!in.value)
        continue;
      const Function &body = *program_.functions[in.function].body;
      const Value &value = body[in.value];
      bool constructsIt = value.kind == ValueKind::Call && body.calls[value.index].kind == CallKind::Constructor;
      if (!constructsIt)
        result.push_back({in.function, in.value});
    }
  };
  if (origin.kind == Origin::Variable)
    addIncoming(provenance_.assignedTo(origin.function, origin.index));
  if (origin.kind == Origin::Member || origin.kind == Origin::Global)
    addIncoming(provenance_.assignedTo(origin.entity));
  return result;
}

const CallRef *Subjects::escapeOf(const Origin &origin) const {
  auto found = escapes_.find(origin.object());
  return found == escapes_.end() ? nullptr : &found->second;
}

} // namespace opex
