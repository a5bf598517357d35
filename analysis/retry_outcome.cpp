#include "analysis/retry_outcome.h"

#include "analysis/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool hasAny(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> words) {
  return llvm::any_of(words, [&](llvm::StringRef word) { return name.contains_insensitive(word); });
}

bool isNamedLikeSuccess(llvm::StringRef name) {
  return name.equals_insensitive("ok") || name.ends_with_insensitive("_ok") || name.ends_with("Ok") ||
         name.ends_with("OK") || hasAny(name, {"success", "succeed", "noerror", "no_error", "isok", "is_ok"}) ||
         name.equals_insensitive("none") || name.equals_insensitive("good") || name.ends_with_insensitive("_none");
}

bool isNamedLikeFailure(llvm::StringRef name) {
  return hasAny(name, {"fail", "error", "retry", "retri", "transient", "temporar", "again", "unavailable", "timeout",
                       "timedout", "timed_out", "overload", "invalid"}) ||
         name.equals_insensitive("bad");
}

bool isNamedLikeStatus(llvm::StringRef name) {
  return hasAny(name, {"status", "code", "error", "err", "result", "res", "ret", "rc", "ok", "success", "fail"});
}

/// Not a failure: the call was interrupted, or has nothing yet.
bool isNamedLikeRestart(llvm::StringRef name) {
  if (name.starts_with("EAI_") || name == "TRY_AGAIN") // Of name servers, which have failed.
    return false;
  return name.ends_with("EINTR") || name.ends_with("EAGAIN") || name.ends_with("EWOULDBLOCK") || name.ends_with("EINPROGRESS") || name == "EALREADY" ||
         hasAny(name, {"interrupted", "would_block", "wouldblock", "want_read", "want_write", "wantread", "wantwrite", "try_again",
                       "in_progress", "_again"});
}

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
  return value.constant && value.site.expansion && llvm::any_of((*function.unit)[value.site.expansion].nested, isNamedLikeRestart);
}

enum class Sign : uint8_t { Status, Count, Signed };

/// How a number tells success: 0 of a status, anything but 0 of a count, 0 or more otherwise.
Sign signOf(const Type *type) {
  if (!type || type->kind == TypeClass::Enumeration)
    return Sign::Status;
  if (type->spelled.contains("ssize_t"))
    return Sign::Signed;
  return type->spelled.contains("size_t") ? Sign::Count : Sign::Status;
}

bool compareNumbers(int64_t left, llvm::StringRef op, int64_t right) {
  if (op == "==")
    return left == right;
  if (op == "!=")
    return left != right;
  if (op == "<")
    return left < right;
  if (op == "<=")
    return left <= right;
  return op == ">" ? left > right : left >= right;
}

bool isErrorClass(const Type &type) { return hasAny(type.recordName, {"error", "errc"}); }

/// `==` of an outcome in form of a number with a constant.
std::optional<bool> equalsConstant(bool isGood, const Type *type, int64_t constant, llvm::StringRef name) {
  if (!name.empty() && isNamedLikeSuccess(name))
    return isGood;
  Sign sign = signOf(type);
  if (constant == 0)
    return sign == Sign::Signed ? std::nullopt : std::optional(isGood == (sign == Sign::Status));
  if (constant < 0)
    return isGood ? std::optional(false) : constant == -1 ? std::optional(true) : std::nullopt;
  if (constant >= 200 && constant < 300)
    return isGood;
  if (constant >= 100 || !name.empty())
    return isGood ? std::optional(false) : std::nullopt;
  return std::nullopt;
}

/// `<` and the like. HTTP's ranges, or the sign.
std::optional<bool> orderedTo(bool isGood, llvm::StringRef op, int64_t constant) {
  if (constant >= 100 && constant < 1000)
    return compareNumbers(isGood ? 200 : 503, op, constant);
  if (constant < -1 || constant > 1)
    return std::nullopt;
  bool asksForSome = (constant == 0 && (op == ">" || op == "<=")) || constant == 1;
  return compareNumbers(isGood ? (asksForSome ? 1 : 0) : -1, op, constant);
}

std::optional<bool> negate(std::optional<bool> truth) { return truth ? std::optional(!*truth) : std::nullopt; }

Known boolean(std::optional<bool> truth, Known otherwise) {
  return truth ? Known{Known::Number, *truth} : otherwise;
}

} // namespace

bool isNamedLikeQuestion(llvm::StringRef name) {
  auto asks = [&](llvm::StringRef word) {
    llvm::StringRef rest = name;
    if (!rest.consume_front(word))
      return false;
    return rest.empty() || rest.starts_with("_") || (rest.front() >= 'A' && rest.front() <= 'Z');
  };
  return llvm::any_of(std::initializer_list<llvm::StringRef>{"is", "has", "can", "should", "needs", "was", "are", "must", "may", "Is", "Has", "Can", "Should"},
                      asks) ||
         hasAny(name, {"exists", "contains", "empty", "ready", "pending", "finished", "running", "alive", "eof", "atend", "more"});
}

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

void Outcomes::setWork(Index<Call> work) {
  work_ = work;
  subjects_.clear();
  if (!work)
    return;
  const Call &call = body_[work];
  auto add = [&](Index<Value> value) {
    if (Slot slot = slotOf(body_, value))
      subjects_.push_back(slot);
  };
  add(call.object);
  for (Index<Value> argument : call.arguments)
    if (const Type *type = argument ? typeOf(argument) : nullptr; type && (type->indirections > 0 || type->kind == TypeClass::Record))
      add(argument);
}

const Type *Outcomes::typeOf(Index<Value> value) const {
  return value && body_[value].type ? &(*function_.unit)[body_[value].type] : nullptr;
}

bool Outcomes::sharesSubject(const Call &call) const {
  auto shares = [&](Index<Value> value) {
    Slot slot = slotOf(body_, value);
    return slot && llvm::is_contained(subjects_, slot);
  };
  return shares(call.object) || llvm::any_of(call.arguments, shares);
}

std::optional<bool> Outcomes::truth(Known known, const Type *type) const {
  if (known.kind == Known::Number)
    return known.number != 0;
  if (!known.isOutcome() || !type)
    return std::nullopt;
  bool isGood = known.kind == Known::Good;
  bool isHolder = type->kind == TypeClass::Pointer || type->kind == TypeClass::Record || type->kind == TypeClass::Reference;
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
  bool isDependency = value.kind == ValueKind::Call && program_.annotations.dependency({function_.position, Index<Call>(value.index)});
  if (known.isOutcome() && type && type->kind == TypeClass::Integer && !isDependency && !isOutcomeSlot(condition))
    return std::nullopt;
  return truth(known, type);
}

std::optional<bool> Outcomes::equals(const Env &env, Index<Value> value, Index<Value> constant) const {
  return compare(env, value, "==", constant);
}

std::optional<bool> Outcomes::compare(const Env &env, Index<Value> left, llvm::StringRef op, Index<Value> right) const {
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
                                                                         : isGood ? std::optional(false) : std::nullopt;
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

Known Outcomes::valueOf(const Env &env, Index<Value> index) const {
  if (!index)
    return {};
  const Value &value = body_[index];
  if (value.constant)
    return {Known::Number, *value.constant};
  auto lookUp = [&](Slot slot) -> std::optional<Known> {
    auto found = env.find(slot);
    return found == env.end() ? std::nullopt : std::optional(found->second);
  };
  switch (value.kind) {
  case ValueKind::Null: return {Known::Number, 0};
  case ValueKind::Local:
  case ValueKind::Global: return lookUp(slotOf(body_, index)).value_or(Known());
  case ValueKind::Field: {
    if (std::optional<Known> known = lookUp(slotOf(body_, index)))
      return *known;
    Known object = value.operands.empty() ? Known() : valueOf(env, value.operands.front());
    const Declaration *field = program_.declaration(value.entity);
    if (object.isOutcome())
      return field && isNamedLikeStatus(unqualified(field->name)) ? object : Known{Known::Given, object.kind == Known::Good ? kOfSuccess : 0};
    return object.kind == Known::Given ? object : Known();
  }
  case ValueKind::Deref:
  case ValueKind::AddressOf:
  case ValueKind::Cast:
  case ValueKind::Await: return value.operands.empty() ? Known() : valueOf(env, value.operands.front());
  case ValueKind::List: return value.operands.size() == 1 ? valueOf(env, value.operands.front()) : Known();
  case ValueKind::Call: return callValue(env, value.index);
  case ValueKind::Unary:
    if (value.text == "!" && !value.operands.empty())
      return boolean(negate(truthOf(env, value.operands.front())), {});
    return {};
  case ValueKind::Binary: {
    if (value.operands.size() != 2)
      return {};
    if (value.text == "&&" || value.text == "||") {
      bool decides = value.text == "||";
      std::optional<bool> a = truthOf(env, value.operands[0]), b = truthOf(env, value.operands[1]);
      if ((a && *a == decides) || (b && *b == decides))
        return {Known::Number, decides};
      return a && b ? Known{Known::Number, !decides} : Known();
    }
    static constexpr llvm::StringRef kComparisons[] = {"==", "!=", "<", "<=", ">", ">="};
    if (llvm::is_contained(kComparisons, value.text))
      return boolean(compare(env, value.operands[0], value.text, value.operands[1]), {});
    bool isDerived = llvm::any_of(value.operands, [&](Index<Value> operand) { return valueOf(env, operand).kind != Known::Nothing; });
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

/// The member that a getter of the same object hands out: `isConnected()`.
Slot Outcomes::gotten(uint32_t index) const {
  const Call &call = body_.calls[index];
  if (!call.object || slotOf(body_, call.object).kind != Slot::This || !call.arguments.empty())
    return {};
  const LinkedFunction *callee = program_.directCallee(function_, Index<Call>(index));
  if (!callee || callee->body->exits.size() != 1 || callee->body->exits[0].kind != ExitKind::Return || !callee->body->exits[0].value)
    return {};
  Slot slot = slotOf(*callee->body, callee->body->exits[0].value);
  return slot.kind == Slot::Field ? slot : Slot();
}

/// Flags of the object that a successful call of its method raises: `connect()` sets `connected_`.
void Outcomes::raiseFlags(Env &env, Index<Call> index) const {
  const Call &call = body_[index];
  const LinkedFunction *callee = call.object && slotOf(body_, call.object).kind == Slot::This ? program_.directCallee(function_, index) : nullptr;
  if (!callee)
    return;
  for (const Assign &assign : callee->body->assigns) {
    Slot slot = slotOf(*callee->body, assign.target);
    if (slot.kind == Slot::Field && assign.op == "=" && assign.value && (*callee->body)[assign.value].constant == 1)
      env[slot] = {Known::Number, 1};
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
  if (auto found = env.find(Slot{Slot::Result, index, {}}); found != env.end())
    return found->second;
  const Call &call = body_.calls[index];
  llvm::StringRef name = unqualified(call.name);
  if (Slot field = gotten(index))
    if (auto found = env.find(field); found != env.end())
      return found->second;
  Known object = call.object ? valueOf(env, call.object) : Known();
  if (object.isOutcome())
    if (std::optional<Known> member = memberValue(env, call, object))
      return *member;
  if (call.kind == CallKind::Operator && !call.object && call.arguments.size() == 2 && (name == "operator==" || name == "operator!="))
    if (std::optional<bool> is = compare(env, call.arguments[0], name.substr(8), call.arguments[1]))
      return {Known::Number, *is};
  Known strongest = object;
  for (Index<Value> argument : call.arguments)
    if (Known known = valueOf(env, argument); known.isOutcome() || (known.kind == Known::Given && !strongest.isOutcome()))
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
    if (result && (judges || result->kind == TypeClass::Enumeration) && hasAny(name, {"status", "code", "errno"}))
      return strongest;
    return {Known::Given};
  }
  // Asked afterwards about the same object: `client.lastStatus()`.
  auto work = work_ ? env.find(Slot{Slot::Result, work_.value, {}}) : env.end();
  if (work != env.end() && hasAny(name, {"status", "code", "errno", "error", "err"}) && sharesSubject(call))
    return work->second.isOutcome() ? Known{work->second.kind, kAskedAfterwards} : Known{Known::Given};
  return strongest.kind == Known::Given ? strongest : Known();
}

void Outcomes::learn(Env &env, Index<Value> condition, bool isTrue) const {
  if (!condition)
    return;
  const Value &value = body_[condition];
  if (value.kind == ValueKind::Unary && value.text == "!" && !value.operands.empty())
    return learn(env, value.operands.front(), !isTrue);
  if (value.kind == ValueKind::Cast && !value.operands.empty())
    return learn(env, value.operands.front(), isTrue);
  if (value.kind == ValueKind::Binary && value.operands.size() == 2) {
    if ((value.text == "&&" && isTrue) || (value.text == "||" && !isTrue)) {
      learn(env, value.operands[0], isTrue);
      learn(env, value.operands[1], isTrue);
    }
    return;
  }
  const Type *type = typeOf(condition);
  if (!type || type->kind != TypeClass::Bool || (value.kind != ValueKind::Local && value.kind != ValueKind::Field && value.kind != ValueKind::Global))
    return;
  if (Slot slot = slotOf(body_, condition); slot && !env.contains(slot))
    env[slot] = {Known::Number, isTrue};
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
  return isNamedLikeStatus(name) || name == "r";
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
    if (!isWritten || !slot || slot.kind == Slot::This || (!tellsOfWork && outcome.kind == Known::Nothing && llvm::is_contained(subjects_, slot)))
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
  if ((!callee || callee->kind != EntityKind::Method || !callee->isConst) && !program_.calleesAt(function_, index).empty()) {
    auto isOwn = [&](Index<Value> value) {
      return value && mentions(body_, value, [](const Value &part) { return part.kind == ValueKind::This || part.kind == ValueKind::Lambda; });
    };
    bool seesObject = isOwn(call.object) || isOwn(call.calleeValue) || llvm::any_of(call.arguments, isOwn);
    std::erase_if(env, [&](const auto &entry) { return (entry.first.kind == Slot::Field && seesObject) || entry.first.kind == Slot::Global; });
  }
  if (outcome.kind == Known::Good)
    raiseFlags(env, index);
}

} // namespace opex
