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

bool asksForStatus(llvm::StringRef name) {
  return name.contains_insensitive("status") || name.contains_insensitive("code") ||
         name.contains_insensitive("errno");
}

/// Of an operator function for equality.
std::optional<Compare> equalityOf(llvm::StringRef name) {
  return name == "operator==" || name == "operator!=" ? compareOf(name.substr(8)) : std::nullopt;
}

std::optional<bool> negate(std::optional<bool> truth) {
  return truth ? std::optional(!*truth) : std::nullopt;
}

Known boolean(std::optional<bool> truth, Known otherwise) {
  return truth ? Known{Known::Number, *truth} : otherwise;
}

/// `<` and the like, of a number that tells success or failure: HTTP's ranges, or the sign.
std::optional<bool> orderedTo(bool isGood, Compare op, int64_t constant) {
  if (constant >= 100 && constant < 1000)
    return holds(op, isGood ? 200 : 503, constant);
  if (constant < -1 || constant > 1)
    return std::nullopt;
  bool asksForSome = constant == 1 || (constant == 0 && (op == Compare::Greater || op == Compare::LessEqual));
  return holds(op, isGood ? (asksForSome ? 1 : 0) : -1, constant);
}

/// `==` and the like, of data that is not the number by which failures are told: below 0 it is not either, if that is.
std::optional<bool> comparedToOther(int64_t failure, Compare op, int64_t constant) {
  if (op == Compare::Equal || op == Compare::NotEqual)
    return constant == failure ? std::optional(op == Compare::NotEqual) : std::nullopt;
  if (failure >= 0)
    return std::nullopt;
  const bool asksForFailure = (op == Compare::Less && constant == 0) || (op == Compare::LessEqual && constant == failure);
  const bool asksForData = (op == Compare::GreaterEqual && constant == 0) || (op == Compare::Greater && constant == failure);
  return asksForFailure ? std::optional(false) : asksForData ? std::optional(true) : std::nullopt;
}

/// `send(fd, text, size, 0) == size`, `< size`: all of it, or not.
std::optional<bool> comparedToWhole(bool isGood, Compare op) {
  switch (op) {
  case Compare::Equal:
  case Compare::GreaterEqual: return isGood;
  case Compare::NotEqual:
  case Compare::Less: return !isGood;
  default: return std::nullopt;
  }
}

/// A value of the type that tells success or failure, compared with a constant that may have a name.
std::optional<bool> compareOutcome(bool isGood, const Type &type, Compare op, int64_t constant, llvm::StringRef name) {
  if (op != Compare::Equal && op != Compare::NotEqual)
    return orderedTo(isGood, op, constant);
  std::optional<bool> equal = equalsConstant(isGood, &type, constant, name);
  return op == Compare::Equal ? equal : negate(equal);
}

} // namespace

/// The constant, or a macro it comes out of, is named like a restart; its negative, as `-EINTR`, is one too.
bool Outcomes::isRestart(Index<Value> index) const {
  const Value &value = body_[index];
  const bool isChanged = value.kind == ValueKind::Cast || (value.kind == ValueKind::Unary && value.text == "-");
  if (isChanged && !value.operands.empty() && isRestart(value.operands.front()))
    return true;
  if (isNamedLikeRestart(constantName(program_, function_, value)))
    return true;
  return value.constant && value.site.expansion &&
         llvm::any_of((*function_.unit)[value.site.expansion].nested, isNamedLikeRestart);
}

/// A number of errno, by the name of it, that is none of those meant.
bool Outcomes::isOtherFailure(Index<Value> index) const {
  const Value &value = body_[index];
  if (failures_.empty() || !value.constant)
    return false;
  auto isOther = [&](llvm::StringRef name) {
    return name.size() > 2 && name.starts_with("E") && name.upper() == name && !llvm::is_contained(failures_, name);
  };
  const llvm::StringRef name = constantName(program_, function_, value);
  if (!name.empty() || !value.site.expansion)
    return isOther(name);
  const Expansion &expansion = (*function_.unit)[value.site.expansion];
  return isOther(expansion.macro) || llvm::any_of(expansion.nested, isOther);
}

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

std::optional<bool> Outcomes::truth(Known known, const Type *type) const {
  if (known.kind == Known::Number)
    return known.number != 0;
  if (known.kind == Known::Not && known.number == 0)
    return true;
  if (!known.isOutcome() || !type)
    return std::nullopt;
  bool isGood = known.kind == Known::Good;
  if (isGood && known.number == kOtherThanZero)
    return true;
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
  return compare(env, value, Compare::Equal, constant);
}

std::optional<bool> Outcomes::compare(const Env &env, Index<Value> left, Compare op, Index<Value> right) const {
  if (!left || !right)
    return std::nullopt;
  const bool isEquality = op == Compare::Equal || op == Compare::NotEqual;
  for (Index<Value> side : {left, right})
    if (isEquality && (isRestart(side) || isOtherFailure(side)))
      return op == Compare::NotEqual;
  Known a = valueOf(env, left), b = valueOf(env, right);
  if (a.kind == Known::Number && b.kind != Known::Number) {
    std::swap(a, b);
    std::swap(left, right);
    op = mirrored(op);
  }
  llvm::StringRef name = constantName(program_, function_, body_[right]);
  if (name == "nullopt")
    b = {Known::Number, 0};
  if (b.kind == Known::Nothing && name.empty() && a.isOutcome() && signOf(typeOf(left)) != Sign::Status)
    return comparedToWhole(a.kind == Known::Good, op);
  if (b.kind != Known::Number && !(a.isOutcome() && !name.empty()))
    return std::nullopt;
  if (a.kind == Known::Number)
    return holds(op, a.number, b.number);
  if (a.kind == Known::Not && b.kind == Known::Number)
    return comparedToOther(a.number, op, b.number);
  // `reply->type != REDIS_REPLY_ERROR`: not after a success.
  if (a.kind == Known::Given && a.number == kOfSuccess && isEquality && isNamedLikeFailure(name))
    return op == Compare::NotEqual;
  const Type *type = typeOf(left);
  if (!a.isOutcome() || !type)
    return std::nullopt;
  return compareByType(a, *type, op, b, name);
}

/// `outcome op constant`; `name`: of the constant, if it has one.
std::optional<bool> Outcomes::compareByType(Known outcome, const Type &type, Compare op, Known constant, llvm::StringRef name) const {
  const bool isGood = outcome.kind == Known::Good, isZero = constant.kind == Known::Number && constant.number == 0;
  const bool isEquality = op == Compare::Equal || op == Compare::NotEqual;
  if (isGood && outcome.number == kOtherThanZero && isZero && isEquality)
    return op == Compare::NotEqual;
  switch (type.kind) {
  case TypeClass::Bool: return holds(op, isGood, constant.number);
  case TypeClass::Pointer:
  case TypeClass::Record:
  case TypeClass::Reference: {
    if (!isEquality)
      return std::nullopt;
    std::optional<bool> equal = isZero                     ? negate(truth(outcome, &type))
                                : isNamedLikeSuccess(name) ? std::optional(isGood)
                                : isGood                   ? std::optional(false)
                                                           : std::nullopt;
    return op == Compare::Equal ? equal : negate(equal);
  }
  case TypeClass::Integer:
  case TypeClass::Enumeration:
  case TypeClass::Other: return compareOutcome(isGood, type, op, constant.number, name);
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

/// A member of which nothing is known by its own name: what its object says of it.
Known Outcomes::memberOf(const Env &env, const Value &field) const {
  Known object = field.operands.empty() ? Known() : valueOf(env, field.operands.front());
  const Declaration *declaration = program_.declaration(field.entity);
  if (object.isOutcome())
    return declaration && isNamedLikeStatus(unqualified(declaration->name))
               ? object
               : Known{Known::Given, object.kind == Known::Good ? kOfSuccess : 0};
  return object.kind == Known::Given ? object : Known();
}

/// A condition or a computation. What is made of something that the call brought is brought by it.
Known Outcomes::judged(const Env &env, Index<Value> index, std::optional<Compare> op) const {
  const Value &value = body_[index];
  std::optional<bool> is;
  if (Split split = splitCondition(body_, index, true); split.kind != Split::Whole || value.kind == ValueKind::Unary)
    is = combined(env, split);
  else if (op)
    is = compare(env, value.operands[0], *op, value.operands[1]);
  if (is)
    return {Known::Number, *is};
  auto isBrought = [&](const Value &part) {
    auto found = env.end();
    if (part.kind == ValueKind::Call)
      found = env.find(Place::ofResult(part.index));
    else if (part.kind == ValueKind::Local || part.kind == ValueKind::Field || part.kind == ValueKind::Global)
      found = env.find(placeAt(Index<Value>(&part - body_.values.data())));
    return found != env.end() && found->second.kind != Known::Number;
  };
  return mentions(body_, index, isBrought) ? Known{Known::Given} : Known();
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
    std::optional<Known> known = lookUp();
    return known ? *known : memberOf(env, value);
  }
  case ValueKind::Deref:
  case ValueKind::AddressOf:
  case ValueKind::Cast:
  case ValueKind::Await: return value.operands.empty() ? Known() : valueOf(env, value.operands.front());
  case ValueKind::List: return value.operands.size() == 1 ? valueOf(env, value.operands.front()) : Known();
  case ValueKind::Call: return callValue(env, value.index);
  case ValueKind::Unary: return value.text == "!" ? judged(env, index, {}) : Known();
  case ValueKind::Binary: return value.operands.size() == 2 ? judged(env, index, compareOf(value.text)) : Known();
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
  if (std::optional<Compare> op = equalityOf(name)) {
    Index<Value> right = call.arguments.empty() ? Index<Value>() : call.arguments.back();
    return boolean(compare(env, call.object, *op, right), Known{Known::Given});
  }
  // `query.lastError().isValid()`: there is an error.
  if (const Type *type = typeOf(call.object); type && isErrorClass(*type) && (name == "isValid" || name == "is_valid" || name == "valid"))
    return Known{Known::Number, !isGood};
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
  if (object.kind == Known::Number && isAtomicRead(call))
    return object;
  if (object.isOutcome())
    if (std::optional<Known> member = memberValue(env, call, object))
      return *member;
  if (std::optional<Compare> op = equalityOf(name);
      op && call.kind == CallKind::Operator && !call.object && call.arguments.size() == 2)
    if (std::optional<bool> is = compare(env, call.arguments[0], *op, call.arguments[1]))
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
