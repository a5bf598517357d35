#include "analysis/outcome/outcomes.h"

#include "analysis/conventions/outcome_words.h"
#include "analysis/body/conditions.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// The name of a constant as its author writes it: an enumerator, a macro.
llvm::StringRef constantName(const Program &program, const LinkedFunction &function, const Value &value) {
  if (value.entity)
    if (const Declaration *declaration = program.declaration(value.entity))
      return unqualified(declaration->name);
  if (value.site.expansion)
    return (*function.unit)[value.site.expansion].macro;
  return {};
}

/// Known::number of something that came with a success.
constexpr int64_t kOfSuccess = 1;

/// Known::number of an outcome that was asked for when the call had returned.
constexpr int64_t kAskedAfterwards = 1;

/// The constant, or a macro it comes out of, is named like that.
bool isRestart(const Program &program, const LinkedFunction &function, const Value &value) {
  if (isNamedLikeRestart(constantName(program, function, value)))
    return true;
  return value.constant && value.site.expansion &&
         llvm::any_of((*function.unit)[value.site.expansion].nested, isNamedLikeRestart);
}

bool asksForStatus(llvm::StringRef name) {
  return name.contains_insensitive("status") || name.contains_insensitive("code") ||
         name.contains_insensitive("errno");
}

std::optional<bool> negate(std::optional<bool> truth) {
  return truth ? std::optional(!*truth) : std::nullopt;
}

Known boolean(std::optional<bool> truth, Known otherwise) {
  return truth ? Known{Known::Number, *truth} : otherwise;
}

} // namespace

void Outcomes::setWork(Index<Call> work) {
  work_ = work;
  subjects_.clear();
  if (!work)
    return;
  const Call &call = body_[work];
  auto add = [&](Index<Value> value) {
    if (Place place = placeAt(value))
      subjects_.push_back(place);
  };
  add(call.object);
  for (Index<Value> argument : call.arguments)
    if (const Type *type = argument ? typeOf(argument) : nullptr;
        type && (type->indirections > 0 || type->kind == TypeClass::Record))
      add(argument);
}

const Type *Outcomes::typeOf(Index<Value> value) const {
  return value && body_[value].type ? &(*function_.unit)[body_[value].type] : nullptr;
}

bool Outcomes::sharesSubject(const Call &call) const {
  auto shares = [&](Index<Value> value) {
    Place place = placeAt(value);
    return place && llvm::is_contained(subjects_, place);
  };
  return shares(call.object) || llvm::any_of(call.arguments, shares);
}

std::optional<bool> Outcomes::truth(Known known, const Type *type) const {
  if (known.kind == Known::Number)
    return known.number != 0;
  if (!known.isOutcome() || !type)
    return std::nullopt;
  bool isGood = known.kind == Known::Good;
  bool isHolder = type->kind == TypeClass::Pointer || type->kind == TypeClass::Record ||
                  type->kind == TypeClass::Reference;
  if (!isGood && isHolder && known.number == kAskedAfterwards)
    return std::nullopt; // There may well be a code to look at.
  switch (type->kind) {
  case TypeClass::Bool:
  case TypeClass::Pointer: return isGood;
  case TypeClass::Record:
  case TypeClass::Reference: return isErrorClass(*type) ? !isGood : isGood;
  case TypeClass::Integer:
  case TypeClass::Enumeration:
    switch (signOf(type)) {
    case Sign::Status: return !isGood;
    case Sign::Count: return isGood;
    case Sign::Signed: return std::nullopt;
    }
    return std::nullopt;
  default: return std::nullopt;
  }
}

std::optional<bool> Outcomes::truthOf(const Env &env, Index<Value> condition) const {
  if (!condition)
    return std::nullopt;
  Known known = valueOf(env, condition);
  // `while (next())`: a number that is asked for as such may count what there is.
  const Type *type = typeOf(condition);
  const Value &value = body_[condition];
  bool isDependency = value.kind == ValueKind::Call &&
                      in_.get<Dependencies>().at({function_.position, Index<Call>(value.index)});
  if (known.isOutcome() && type && type->kind == TypeClass::Integer && !isDependency &&
      !isOutcomePlace(condition))
    return std::nullopt;
  return truth(known, type);
}

std::optional<bool> Outcomes::equals(const Env &env, Index<Value> value, Index<Value> constant) const {
  return compare(env, value, "==", constant);
}

std::optional<bool> Outcomes::compare(const Env &env, Index<Value> left, llvm::StringRef op,
                                      Index<Value> right) const {
  if (!left || !right)
    return std::nullopt;
  bool isEquality = op == "==" || op == "!=";
  for (Index<Value> side : {left, right})
    if (isEquality && isRestart(program_, function_, body_[side]))
      return op == "!=";
  Known a = valueOf(env, left), b = valueOf(env, right);
  llvm::StringRef name = constantName(program_, function_, body_[right]);
  if (a.kind == Known::Number && b.kind != Known::Number) {
    std::swap(a, b);
    name = constantName(program_, function_, body_[left]);
    std::swap(left, right);
    op = op == "<" ? ">" : op == "<=" ? ">=" : op == ">" ? "<" : op == ">=" ? "<=" : op;
  }
  if (name == "nullopt")
    b = {Known::Number, 0};
  if (b.kind != Known::Number && !(a.isOutcome() && !name.empty()))
    return std::nullopt;
  if (a.kind == Known::Number)
    return compareNumbers(a.number, op, b.number);
  const Type *type = typeOf(left);
  // `reply->type != REDIS_REPLY_ERROR`: not after a success.
  if (a.kind == Known::Given && a.number == kOfSuccess && isEquality && isNamedLikeFailure(name))
    return op == "!=";
  if (!a.isOutcome() || !type)
    return std::nullopt;
  bool isGood = a.kind == Known::Good;
  switch (type->kind) {
  case TypeClass::Bool: return compareNumbers(isGood, op, b.number);
  case TypeClass::Pointer:
  case TypeClass::Record:
  case TypeClass::Reference: {
    if (!isEquality)
      return std::nullopt;
    std::optional<bool> equal = b.kind == Known::Number && b.number == 0 ? negate(truth(a, type))
                                : isNamedLikeSuccess(name)               ? std::optional(isGood)
                                : isGood                                 ? std::optional(false)
                                                                         : std::nullopt;
    return op == "==" ? equal : negate(equal);
  }
  case TypeClass::Integer:
  case TypeClass::Enumeration:
  case TypeClass::Other: {
    if (!isEquality)
      return orderedTo(isGood, op, b.number);
    std::optional<bool> equal = equalsConstant(isGood, type, b.number, name);
    return op == "==" ? equal : negate(equal);
  }
  default: return std::nullopt;
  }
}

/// Whether what was taken apart is true.
std::optional<bool> Outcomes::combined(const Env &env, const Split &split) const {
  auto truthOfSide = [&](Index<Value> side) {
    std::optional<bool> truth = truthOf(env, side);
    return split.isTrue ? truth : negate(truth);
  };
  std::optional<bool> left = truthOfSide(split.left);
  if (split.kind == Split::Whole)
    return left;
  std::optional<bool> right = truthOfSide(split.right);
  const bool decides = split.kind == Split::Either;
  if (left == decides || right == decides)
    return decides;
  return left && right ? std::optional(!decides) : std::nullopt;
}

Known Outcomes::valueOf(const Env &env, Index<Value> index) const {
  if (!index)
    return {};
  const Value &value = body_[index];
  if (value.constant)
    return {Known::Number, *value.constant};
  auto lookUp = [&]() -> std::optional<Known> {
    auto found = env.find(placeAt(index));
    return found == env.end() ? std::nullopt : std::optional(found->second);
  };
  switch (value.kind) {
  case ValueKind::Null: return {Known::Number, 0};
  case ValueKind::Local:
  case ValueKind::Global: return lookUp().value_or(Known());
  case ValueKind::Field: {
    if (std::optional<Known> known = lookUp())
      return *known;
    Known object = value.operands.empty() ? Known() : valueOf(env, value.operands.front());
    const Declaration *field = program_.declaration(value.entity);
    if (object.isOutcome())
      return field && isNamedLikeStatus(unqualified(field->name))
                 ? object
                 : Known{Known::Given, object.kind == Known::Good ? kOfSuccess : 0};
    return object.kind == Known::Given ? object : Known();
  }
  case ValueKind::Deref:
  case ValueKind::AddressOf:
  case ValueKind::Cast:
  case ValueKind::Await: return value.operands.empty() ? Known() : valueOf(env, value.operands.front());
  case ValueKind::List: return value.operands.size() == 1 ? valueOf(env, value.operands.front()) : Known();
  case ValueKind::Call: return callValue(env, value.index);
  case ValueKind::Unary:
    return value.text == "!" ? boolean(combined(env, splitCondition(body_, index, true)), {}) : Known();
  case ValueKind::Binary: {
    if (value.operands.size() != 2)
      return {};
    if (Split split = splitCondition(body_, index, true); split.kind != Split::Whole)
      return boolean(combined(env, split), {});
    if (compareOf(value.text))
      return boolean(compare(env, value.operands[0], value.text, value.operands[1]), {});
    bool isDerived = llvm::any_of(
        value.operands, [&](Index<Value> operand) { return valueOf(env, operand).kind != Known::Nothing; });
    return isDerived ? Known{Known::Given} : Known();
  }
  case ValueKind::Choice: {
    if (value.operands.size() != 3)
      return {};
    if (std::optional<bool> decided = truthOf(env, value.operands[0]))
      return valueOf(env, value.operands[*decided ? 1 : 2]);
    Known a = valueOf(env, value.operands[1]), b = valueOf(env, value.operands[2]);
    return a == b ? a : Known();
  }
  default: return {};
  }
}

std::optional<Known> Outcomes::memberValue(const Env &env, const Call &call, Known object) const {
  llvm::StringRef name = unqualified(call.name);
  bool isGood = object.kind == Known::Good;
  if (name.starts_with("operator bool") || name == "operator!") {
    std::optional<bool> is = truth(object, typeOf(call.object));
    return boolean(name == "operator!" ? negate(is) : is, Known{Known::Given});
  }
  if (name == "operator==" || name == "operator!=") {
    Index<Value> right = call.arguments.empty() ? Index<Value>() : call.arguments.back();
    return boolean(compare(env, call.object, name.substr(8), right), Known{Known::Given});
  }
  if (isNamedLikeSuccess(name) || name == "has_value" || name == "valid" || name == "hasValue")
    return Known{Known::Number, isGood};
  if (const Type *result = call.type ? &(*function_.unit)[call.type] : nullptr;
      result && result->kind == TypeClass::Bool && isNamedLikeFailure(name))
    return isGood ? Known{Known::Number, 0} : Known{Known::Number, 1};
  if (name == "operator->" || name == "operator*" || name == "value" || name == "get" ||
      (isNamedLikeStatus(name) && !name.contains_insensitive("message")))
    return object;
  return Known{Known::Given};
}

Known Outcomes::callValue(const Env &env, uint32_t index) const {
  if (auto found = env.find(Place::ofResult(index)); found != env.end())
    return found->second;
  const Call &call = body_.calls[index];
  llvm::StringRef name = unqualified(call.name);
  if (Place field = gotten(index))
    if (auto found = env.find(field); found != env.end())
      return found->second;
  Known object = call.object ? valueOf(env, call.object) : Known();
  if (object.isOutcome())
    if (std::optional<Known> member = memberValue(env, call, object))
      return *member;
  if (call.kind == CallKind::Operator && !call.object && call.arguments.size() == 2 &&
      (name == "operator==" || name == "operator!="))
    if (std::optional<bool> is = compare(env, call.arguments[0], name.substr(8), call.arguments[1]))
      return {Known::Number, *is};
  Known strongest = object;
  for (Index<Value> argument : call.arguments)
    if (Known known = valueOf(env, argument);
        known.isOutcome() || (known.kind == Known::Given && !strongest.isOutcome()))
      strongest = known;
  const Type *result = call.type ? &(*function_.unit)[call.type] : nullptr;
  if (strongest.isOutcome()) {
    if (name == "move" || name == "forward" || call.kind == CallKind::Constructor)
      return strongest;
    bool judges = result && (result->kind == TypeClass::Bool || result->kind == TypeClass::Integer);
    if (judges && isNamedLikeSuccess(name))
      return {Known::Number, strongest.kind == Known::Good};
    if (judges && isNamedLikeFailure(name) && strongest.kind == Known::Good)
      return {Known::Number, 0};
    if (judges && isNamedLikeFailure(name))
      return {};
    // `PQresultStatus(result)`
    if (result && (judges || result->kind == TypeClass::Enumeration) && asksForStatus(name))
      return strongest;
    return {Known::Given};
  }
  // Asked afterwards about the same object: `client.lastStatus()`.
  auto work = work_ ? env.find(Place::ofResult(work_.value)) : env.end();
  if (work != env.end() && (asksForStatus(name) || name.contains_insensitive("err")) && sharesSubject(call))
    return work->second.isOutcome() ? Known{work->second.kind, kAskedAfterwards} : Known{Known::Given};
  return strongest.kind == Known::Given ? strongest : Known();
}

} // namespace opex
