// The half of Outcomes that changes what is known: by conditions, assignments and calls.
#include "analysis/conventions/outcome_words.h"
#include "analysis/body/conditions.h"
#include "analysis/body/region.h"
#include "analysis/outcome/outcomes.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

Slot slotOf(const Function &body, Index<Value> index) {
  while (index) {
    const Value &value = body[index];
    switch (value.kind) {
    case ValueKind::Local: return {Slot::Local, value.index, {}};
    case ValueKind::Global: return {Slot::Global, 0, value.entity};
    case ValueKind::This: return {Slot::This, 0, {}};
    case ValueKind::Field: {
      Slot base = value.operands.empty() ? Slot() : slotOf(body, value.operands.front());
      if (base.kind == Slot::Local)
        return {Slot::LocalField, base.index, value.entity};
      return {Slot::Field, 0, value.entity};
    }
    case ValueKind::Deref:
    case ValueKind::AddressOf:
    case ValueKind::Cast:
    case ValueKind::Await:
      if (value.operands.empty())
        return {};
      index = value.operands.front();
      continue;
    case ValueKind::Call: {
      const Call &call = body.calls[value.index];
      llvm::StringRef name = unqualified(call.name);
      if (!call.object || (name != "operator->" && name != "operator*" && name != "get"))
        return {};
      index = call.object;
      continue;
    }
    default: return {};
    }
  }
  return {};
}

/// The member that a getter of the same object hands out: `isConnected()`.
Slot Outcomes::gotten(uint32_t index) const {
  const Call &call = body_.calls[index];
  if (!call.object || slotOf(body_, call.object).kind != Slot::This || !call.arguments.empty())
    return {};
  const LinkedFunction *callee = program_.directCallee(function_, Index<Call>(index));
  if (!callee || callee->body->exits.size() != 1 || callee->body->exits[0].kind != ExitKind::Return ||
      !callee->body->exits[0].value)
    return {};
  Slot slot = slotOf(*callee->body, callee->body->exits[0].value);
  return slot.kind == Slot::Field ? slot : Slot();
}

/// Flags of the object that a successful call of its method raises: `connect()` sets `connected_`.
void Outcomes::raiseFlags(Env &env, Index<Call> index) const {
  const Call &call = body_[index];
  const LinkedFunction *callee = call.object && slotOf(body_, call.object).kind == Slot::This
                                     ? program_.directCallee(function_, index)
                                     : nullptr;
  if (!callee)
    return;
  for (const Assign &assign : callee->body->assigns) {
    Slot slot = slotOf(*callee->body, assign.target);
    if (slot.kind == Slot::Field && assign.op == "=" && assign.value &&
        (*callee->body)[assign.value].constant == 1)
      env[slot] = {Known::Number, 1};
  }
}

void Outcomes::learn(Env &env, Index<Value> condition, bool isTrue) const {
  visitImplied(body_, condition, isTrue, [&](Index<Value> part, bool is) {
    const Value &value = body_[part];
    const Type *type = typeOf(part);
    if (!type || type->kind != TypeClass::Bool ||
        (value.kind != ValueKind::Local && value.kind != ValueKind::Field && value.kind != ValueKind::Global))
      return;
    if (Slot slot = slotOf(body_, part); slot && !env.contains(slot))
      env[slot] = {Known::Number, is};
  });
}

/// What was known of its members is gone with the value before.
static void setSlot(Env &env, Slot slot, Known known) {
  if (slot.kind == Slot::Local)
    std::erase_if(env, [&](const auto &entry) {
      return entry.first.kind == Slot::LocalField && entry.first.index == slot.index;
    });
  if (known.kind == Known::Nothing)
    env.erase(slot);
  else
    env[slot] = known;
}

void Outcomes::declare(Env &env, Index<Local> local) const {
  Index<Value> init = body_.locals[local.value].init;
  setSlot(env, {Slot::Local, local.value, {}}, init ? valueOf(env, init) : Known());
}

void Outcomes::assign(Env &env, const Assign &assign) const {
  bool isKnown = assign.op == "=" || assign.op == "|=" || assign.op == "&=";
  if (Slot slot = slotOf(body_, assign.target))
    setSlot(env, slot, isKnown ? valueOf(env, assign.value) : Known());
}

/// A variable that says how the call went, rather than what it brought.
bool Outcomes::isOutcomeSlot(Index<Value> argument) const {
  Slot slot = slotOf(body_, argument);
  llvm::StringRef name;
  if (slot.kind == Slot::Local)
    name = body_.locals[slot.index].name;
  else if (const Declaration *declaration = slot.entity ? program_.declaration(slot.entity) : nullptr)
    name = unqualified(declaration->name);
  const Type *type = typeOf(argument);
  if (type && isErrorClass(*type))
    return true;
  return isNamedLikeStatus(name);
}

void Outcomes::apply(Env &env, Index<Call> index, Known outcome) const {
  const Call &call = body_[index];
  auto work = work_ ? env.find(Slot{Slot::Result, work_.value, {}}) : env.end();
  bool tellsOfWork = outcome.kind == Known::Nothing && work != env.end() && sharesSubject(call);
  Known told = tellsOfWork ? work->second : outcome;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    Index<Value> argument = call.arguments[i];
    if (!argument)
      continue;
    const Type *parameter = program_.parameterType(call.callee, i);
    bool isWritten = body_[argument].kind == ValueKind::AddressOf ||
                     (parameter && parameter->kind == TypeClass::Reference && !parameter->isConst);
    Slot slot = slotOf(body_, argument);
    if (!isWritten || !slot || slot.kind == Slot::This ||
        (!tellsOfWork && outcome.kind == Known::Nothing && llvm::is_contained(subjects_, slot)))
      continue;
    if (told.kind == Known::Nothing || (tellsOfWork && llvm::is_contained(subjects_, slot)))
      env.erase(slot);
    else
      env[slot] = isOutcomeSlot(argument) ? told : Known{Known::Given};
  }
  // Assignments of classes are calls: `answer = ask()`, `reply.reset(get())`.
  llvm::StringRef name = unqualified(call.name);
  if ((name == "operator=" || name == "reset") && call.arguments.size() >= 1 && call.object)
    if (Slot slot = slotOf(body_, call.object); slot && slot.kind != Slot::This) {
      if (Known value = valueOf(env, call.arguments[0]); value.kind != Known::Nothing)
        env[slot] = value;
      else
        env.erase(slot);
      return;
    }
  // A body we follow no further may change members and globals.
  const Declaration *callee = program_.declaration(call.callee);
  if ((!callee || callee->kind != EntityKind::Method || !callee->isConst) &&
      !program_.calleesAt(function_, index).empty()) {
    auto isOwn = [&](Index<Value> value) {
      return value && mentions(body_, value, [](const Value &part) {
               return part.kind == ValueKind::This || part.kind == ValueKind::Lambda;
             });
    };
    bool seesObject = isOwn(call.object) || isOwn(call.calleeValue) || llvm::any_of(call.arguments, isOwn);
    std::erase_if(env, [&](const auto &entry) {
      return (entry.first.kind == Slot::Field && seesObject) || entry.first.kind == Slot::Global;
    });
  }
  if (outcome.kind == Known::Good)
    raiseFlags(env, index);
}

} // namespace opex
