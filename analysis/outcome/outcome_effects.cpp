// The half of Outcomes that changes what is known: by conditions, assignments and calls.
#include "analysis/conventions/outcome_words.h"
#include "analysis/body/conditions.h"
#include "analysis/body/region.h"
#include "analysis/outcome/outcomes.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

static bool isOwnMember(const Place &place) { return place.isIn(Place::This) && !place.isThis(); }

/// The member that a getter of the same object hands out: `isConnected()`.
Place Outcomes::gotten(uint32_t index) const {
  const Call &call = body_.calls[index];
  if (!call.object || !placeAt(call.object).isThis() || !call.arguments.empty())
    return {};
  const LinkedFunction *callee = program_.directCallee(function_, Index<Call>(index));
  if (!callee || callee->body->exits.size() != 1 || callee->body->exits[0].kind != ExitKind::Return ||
      !callee->body->exits[0].value)
    return {};
  Place place = placeOf(*callee->body, callee->body->exits[0].value).withoutIndirection();
  return isOwnMember(place) ? place : Place();
}

/// Flags of the object that a successful call of its method raises: `connect()` sets `connected_`.
void Outcomes::raiseFlags(Env &env, Index<Call> index) const {
  const Call &call = body_[index];
  const LinkedFunction *callee =
      call.object && placeAt(call.object).isThis() ? program_.directCallee(function_, index) : nullptr;
  if (!callee)
    return;
  for (const Assign &assign : callee->body->assigns) {
    if (assign.op != "=" || !assign.value || (*callee->body)[assign.value].constant != 1)
      continue;
    if (Place place = placeOf(*callee->body, assign.target).withoutIndirection(); isOwnMember(place))
      env[place] = {Known::Number, 1};
  }
}

/// An atomic is asked for what it is: `stopped_.load()`.
bool Outcomes::isAtomicRead(const Call &call) const {
  llvm::StringRef name = unqualified(call.name);
  const Type *type = typeOf(call.object);
  return type && type->recordName.contains("atomic") && (name == "load" || name.starts_with("operator "));
}

void Outcomes::learn(Env &env, Index<Value> condition, bool isTrue, bool localsOnly) const {
  visitImplied(body_, condition, isTrue, [&](Index<Value> part, bool is) {
    const Value &value = body_[part];
    if (std::optional<Comparison> equal = comparisonOf(body_, part, is); equal && equal->op == Compare::Equal && !localsOnly) {
      learnEqual(env, equal->left, equal->right);
      learnEqual(env, equal->right, equal->left);
      return;
    }
    const Type *type = typeOf(part);
    Index<Value> atomic;
    if (value.kind == ValueKind::Call && isAtomicRead(body_.calls[value.index]))
      atomic = body_.calls[value.index].object;
    const bool isVariable = value.kind == ValueKind::Local || value.kind == ValueKind::Field || value.kind == ValueKind::Global;
    if (!atomic && (!type || type->kind != TypeClass::Bool || !isVariable))
      return;
    if (Place place = placeAt(atomic ? atomic : part); place && (!localsOnly || (place.local() && place.isWhole() && !atomic)))
      env.try_emplace(place, Known{Known::Number, is});
  });
}

void Outcomes::learnEqual(Env &env, Index<Value> value, Index<Value> constant) const {
  Place place = body_[constant].constant && !body_[value].constant ? placeAt(value) : Place();
  if (!place || place.isThis() || isRestart(constant))
    return;
  Known &known = env[place];
  if (!known.isOutcome() && known.kind != Known::Number)
    known = {Known::Number, *body_[constant].constant};
}

/// What was known of its parts is gone with the value before.
static void set(Env &env, const Place &place, Known known) {
  auto part = env.lower_bound(place); // Parts stand right behind what they are parts of.
  while (part != env.end() && part->first.isPartOf(place))
    part = env.erase(part);
  if (known.kind != Known::Nothing)
    env[place] = known;
}

bool Outcomes::sharesSubject(const Call &call) const {
  auto shares = [&](Index<Value> value) {
    Place place = placeAt(value);
    return place && llvm::is_contained(subjects_, place);
  };
  return shares(call.object) || llvm::any_of(call.arguments, shares);
}

/// `const char *error = parse(text);`: there is a text where it failed.
Known Outcomes::keptIn(llvm::StringRef name, const Type *type, Known known) const {
  const bool isText = type && type->kind == TypeClass::Pointer && (name.contains_insensitive("err") || name.contains_insensitive("emsg"));
  if (!isText || !known.isOutcome())
    return known;
  return known.kind == Known::Good ? Known{Known::Number, 0} : Known{Known::Not, 0};
}

void Outcomes::declare(Env &env, Index<Local> local, Index<Value> init) const {
  const Local &variable = body_.locals[local.value];
  const Type *type = variable.type ? &(*function_.unit)[variable.type] : nullptr;
  set(env, Place::ofLocal(local.value), init ? keptIn(variable.name, type, valueOf(env, init)) : Known());
}

void Outcomes::assign(Env &env, const Assign &assign, Index<Value> value) const {
  bool isKnown = assign.op == "=" || assign.op == "|=" || assign.op == "&=";
  if (Place place = placeAt(assign.target))
    set(env, place,
        isKnown ? keptIn(place.local() && place.isWhole() ? body_.locals[*place.local()].name : llvm::StringRef(),
                         typeOf(assign.target), valueOf(env, value))
                : Known());
}

/// A variable that says how the call went, rather than what it brought.
bool Outcomes::isOutcomePlace(Index<Value> argument) const {
  Place place = placeAt(argument);
  llvm::StringRef name;
  if (place.local() && place.isWhole())
    name = body_.locals[*place.local()].name;
  else if (const Declaration *declaration = place.entity() ? program_.declaration(place.entity()) : nullptr)
    name = unqualified(declaration->name);
  const Type *type = typeOf(argument);
  if (type && isErrorClass(*type))
    return true;
  return isNamedLikeStatus(name);
}

static bool isAssignment(const Call &call) {
  llvm::StringRef name = unqualified(call.name);
  return (name == "operator=" || name == "reset" || name == "store") && call.arguments.size() >= 1 && call.object;
}

void Outcomes::tell(Env &env, Index<Call> index, Known outcome) const {
  const Call &call = body_[index];
  auto work = work_ ? env.find(Place::ofResult(work_.value)) : env.end();
  bool tellsOfWork = outcome.kind == Known::Nothing && work != env.end() && sharesSubject(call);
  Known told = tellsOfWork ? work->second : outcome;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    Index<Value> argument = call.arguments[i];
    if (!argument)
      continue;
    const Type *parameter = program_.parameterType(call.callee, i);
    bool isWritten = body_[argument].kind == ValueKind::AddressOf ||
                     (parameter && parameter->kind == TypeClass::Reference && !parameter->isConst);
    Place place = isWritten ? placeAt(argument) : Place();
    bool isSubject = place && llvm::is_contained(subjects_, place);
    if (!place || place.isThis() || (!tellsOfWork && outcome.kind == Known::Nothing && isSubject))
      continue;
    bool isTold = told.kind != Known::Nothing && !(tellsOfWork && isSubject);
    set(env, place, !isTold ? Known() : isOutcomePlace(argument) ? told : Known{Known::Given});
  }
  // Assignments of classes are calls: `answer = ask()`, `reply.reset(get())`.
  if (isAssignment(call))
    if (Place place = placeAt(call.object); place && !place.isThis())
      set(env, place, valueOf(env, call.arguments[0]));
}

void Outcomes::apply(Env &env, Index<Call> index, Known outcome) const {
  tell(env, index, outcome);
  if (isAssignment(body_[index]))
    return;
  forget(env, index);
  if (outcome.kind == Known::Good)
    raiseFlags(env, index);
}

void Outcomes::forget(Env &env, Index<Call> index) const {
  const Call &call = body_[index];
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
      return (entry.first.isIn(Place::This) && seesObject) || entry.first.isIn(Place::Global);
    });
  }
}

} // namespace opex
