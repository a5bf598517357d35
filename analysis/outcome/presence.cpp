#include "analysis/outcome/presence.h"

#include "analysis/conventions/presence_words.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxPasses = 5;

uint8_t bitOf(Presence presence) { return 1u << static_cast<unsigned>(presence); }

/// Of all that a variable is given: what tells counts, since a miss is made good in the same variable later.
Presence resolve(uint8_t given) {
  bool isFound = given & bitOf(Presence::Found), isMissing = given & bitOf(Presence::Missing);
  if (isFound || isMissing)
    return isFound && isMissing ? Presence::Any : isFound ? Presence::Found : Presence::Missing;
  return given & bitOf(Presence::Status) ? Presence::Status : given ? Presence::Any : Presence::None;
}

bool namesFailure(const Type &type) {
  std::string name = type.recordName.lower();
  return llvm::StringRef(name).contains("error") || llvm::StringRef(name).contains("exception");
}

/// What a result or an out-parameter of this type says by being there.
Presence ofType(const Type *type) {
  if (!type)
    return Presence::Any;
  switch (type->kind) {
  case TypeClass::Void: return Presence::None;
  case TypeClass::Integer:
  case TypeClass::Enumeration: return Presence::Status;
  case TypeClass::Float: return Presence::Any;
  case TypeClass::Record: return namesFailure(*type) ? Presence::Missing : Presence::Found;
  default: return Presence::Found;
  }
}

/// Whether something of this type is more than a sign of success.
bool isData(const Type *type) {
  if (!type || type->kind == TypeClass::Void || type->kind == TypeClass::Bool ||
      type->kind == TypeClass::Enumeration)
    return false;
  return type->kind != TypeClass::Record || !namesFailure(*type);
}

} // namespace

PresenceFlow::PresenceFlow(const Program &program, const LinkedFunction &function, Index<Call> read,
                           IsClient isClient)
    : program_(program), function_(function), body_(*function.body), read_(read), isClient_(isClient) {
  const Call &call = body_[read];
  const Type *type = typeOf(call.type);
  result_ = ofType(type);
  if (result_ == Presence::Status && namesCount(unqualified(call.name)))
    result_ = Presence::Found;
  hasData_ = isData(type);
  markWritten(call, Presence::Found);
  for (unsigned pass = 0; pass < kMaxPasses; ++pass) {
    hasChanged_ = false;
    passOnce();
    if (!hasChanged_)
      break;
  }
}

Presence PresenceFlow::marked(Index<Value> value) const {
  Place variable = variableOf(body_, value);
  auto data = marks_.find(variable);
  auto control = arms_.find(variable);
  return data != marks_.end()     ? resolve(data->second)
         : control != arms_.end() ? resolve(control->second)
                                  : Presence::None;
}

void PresenceFlow::addTo(uint8_t &given, Presence presence) {
  uint8_t all = given | bitOf(presence);
  hasChanged_ |= all != given;
  given = all;
}

void PresenceFlow::mark(Index<Value> target, Presence presence, bool isByArm) {
  Place variable = variableOf(body_, target);
  if (variable && !variable.isThis() && presence != Presence::None)
    addTo((isByArm ? arms_ : marks_)[variable], presence);
}

void PresenceFlow::markOut(const Type *parameter, Index<Value> argument, Presence presence) {
  if (!argument)
    return;
  const Value &value = body_[argument];
  if (value.kind == ValueKind::Call && !(Index<Call>(value.index) == read_)) {
    // `back_inserter(values)`: what it is made from is written.
    const Call &call = body_.calls[value.index];
    if (call.kind == CallKind::Function)
      for (size_t i = 0; i < call.arguments.size(); ++i)
        if (const Type *type = program_.parameterType(call.callee, i);
            type && type->kind == TypeClass::Reference)
          markOut(type, call.arguments[i], presence);
    return;
  }
  bool isAddress = value.kind == ValueKind::AddressOf;
  bool isReference = parameter && parameter->kind == TypeClass::Reference &&
                     !parameter->canonical.starts_with("const ") && !parameter->canonical.ends_with("&&");
  const Type *type = typeOf(value.type);
  if (isAddress && !value.operands.empty())
    type = typeOf(body_[value.operands[0]].type);
  bool isArray = value.kind == ValueKind::Local && type && type->kind == TypeClass::Array;
  bool isOwnParameter = value.kind == ValueKind::Local && value.index < body_.parameterCount && type &&
                        type->kind == TypeClass::Pointer && !type->isConst && parameter &&
                        parameter->kind == TypeClass::Pointer && !parameter->canonical.starts_with("const ");
  bool isWritable = isAddress || isReference || isArray || isOwnParameter;
  if (!isWritable || (type && isClient_(*type)))
    return;
  // What a later call is given to look at says no less than before.
  if (presence == Presence::Any && marked(argument) != Presence::None)
    return;
  Presence own = ofType(type);
  if (own == Presence::Status && type->kind == TypeClass::Integer)
    own = Presence::Any;
  mark(argument, presence == Presence::Found ? own : presence);
  hasData_ |= isData(type);
  Place variable = variableOf(body_, argument);
  if (variable && presence == Presence::Found)
    direct_.insert(variable);
  if (variable && isData(type))
    destinations_.insert(variable);
}

void PresenceFlow::markWritten(const Call &call, Presence presence) {
  for (size_t i = 0; i < call.arguments.size(); ++i)
    markOut(program_.parameterType(call.callee, i), call.arguments[i], presence);
}

void PresenceFlow::passOnce() {
  for (uint32_t i = 0; i < body_.locals.size(); ++i) {
    const Local &local = body_.locals[i];
    if (!local.init || local.kind == LocalKind::Capture || local.kind == LocalKind::Parameter)
      continue;
    Presence given = of(local.init);
    if (isGivenBy(local.init))
      direct_.insert(Place::ofLocal(i));
    if (local.kind == LocalKind::Range || local.kind == LocalKind::Binding)
      given = given == Presence::None          ? given
              : local.kind == LocalKind::Range ? Presence::Any
                                               : asContent(Presence::Found, local.type);
    if (given == Presence::None)
      continue;
    if (local.kind == LocalKind::Automatic)
      destinations_.insert(Place::ofLocal(i));
    addTo(marks_[Place::ofLocal(i)], given);
  }
  for (const Assign &assign : body_.assigns)
    passAssign(assign);
  for (uint32_t i = 0; i < body_.calls.size(); ++i)
    if (i != read_.value)
      passCall(body_.calls[i]);
  for (const Exit &exit : body_.exits)
    if ((exit.kind == ExitKind::Return || exit.kind == ExitKind::CoReturn) && exit.value &&
        mentionsData(exit.value))
      isReturned_ = true;
}

void PresenceFlow::passAssign(const Assign &assign) {
  Presence given = assign.value ? of(assign.value) : Presence::None;
  Place variable = variableOf(body_, assign.target);
  if (variable && assign.value && isGivenBy(assign.value))
    direct_.insert(variable);
  if (given != Presence::None) {
    mark(assign.target, assign.op == "=" || assign.op == "+=" ? given
                        : assign.op == "-="                   ? inverse(given)
                                                              : Presence::Any);
    if (variable)
      destinations_.insert(variable);
    return;
  }
  Presence arm = armOf(assign.block);
  if (!isTelling(arm) || !variable.local()) // What outlives the function tells of other calls, too.
    return;
  if (assign.op == "++")
    mark(assign.target, arm, true);
  else if (assign.op == "--")
    mark(assign.target, inverse(arm), true);
  else if (assign.op == "=" && assign.value && body_[assign.value].constant &&
           body_[assign.value].kind == ValueKind::Constant)
    mark(assign.target, *body_[assign.value].constant ? arm : inverse(arm), true);
}

void PresenceFlow::passInto(const Call &call, Presence given) {
  llvm::StringRef name = unqualified(call.name);
  Presence arm = armOf(call.block);
  bool inserts = namesInsertion(name), removes = namesRemoval(name);
  if (given != Presence::None)
    mark(call.object, inserts                                   ? Presence::Found
                      : removes                                 ? Presence::Missing
                      : name == "operator=" || name == "assign" ? given
                                                                : Presence::None);
  else if ((inserts || removes) && isTelling(arm))
    mark(call.object, inserts ? arm : inverse(arm), true);
}

void PresenceFlow::passCall(const Call &call) {
  Presence given = Presence::None;
  for (Index<Value> argument : call.arguments)
    given = join(given, argument ? of(argument) : Presence::None);
  bool isMethod = call.object && (call.kind == CallKind::Method || call.kind == CallKind::Operator);
  if (isMethod) {
    const Declaration *declaration = program_.declaration(call.callee);
    bool changes = !declaration || !declaration->isConst;
    llvm::StringRef name = unqualified(call.name);
    bool isPlain = call.kind == CallKind::Operator && name != "operator=" && name != "operator+=";
    if (changes && !isPlain) {
      passInto(call, given);
      if (Place variable = variableOf(body_, call.object); variable && given != Presence::None)
        destinations_.insert(variable);
    }
  }
  Presence object = call.object && isMethod ? of(call.object) : Presence::None;
  if (given != Presence::None || object != Presence::None)
    markWritten(call, Presence::Any);
  // `answer(found);` where `answer` is what the caller wants to be called back by.
  if (call.calleeValue && parameterOf(body_, call.calleeValue) &&
      llvm::any_of(call.arguments, [&](Index<Value> argument) { return argument && mentionsData(argument); }))
    isReturned_ = true;
}

bool PresenceFlow::mentionsData(Index<Value> root) const {
  return mentions(body_, root, [&](const Value &value) {
    const Type *type = typeOf(value.type);
    if (value.kind == ValueKind::Call)
      return value.index == read_.value && isData(typeOf(body_[read_].type));
    if (value.kind == ValueKind::Local)
      return marks_.contains(Place::ofLocal(value.index)) && isData(typeOf(body_.locals[value.index].type));
    if (value.kind == ValueKind::Field || value.kind == ValueKind::Global)
      return marks_.contains(placeOf(body_, Index<Value>(&value - body_.values.data()))) && isData(type);
    return false;
  });
}

/// The call's result, at most converted, wrapped or owned.
bool PresenceFlow::isGivenBy(Index<Value> index) const {
  while (index) {
    const Value &value = body_[index];
    if (value.kind == ValueKind::Local)
      return direct_.contains(Place::ofLocal(value.index));
    if (value.kind == ValueKind::Call) {
      const Call &call = body_.calls[value.index];
      if (value.index == read_.value)
        return true;
      bool isWrapping = call.kind == CallKind::Constructor || namesPassing(unqualified(call.name));
      if (!isWrapping)
        return false;
      index = call.object && call.kind != CallKind::Constructor ? call.object
              : call.arguments.empty()                          ? Index<Value>()
                                                                : call.arguments.front();
      continue;
    }
    bool isPlain = value.kind == ValueKind::Cast || value.kind == ValueKind::Await;
    if (!isPlain || value.operands.empty())
      return false;
    index = value.operands.front();
  }
  return false;
}

bool PresenceFlow::isAboutItself(Index<Value> index) const {
  if (!index)
    return false;
  const Value &value = body_[index];
  if (value.kind == ValueKind::String)
    return false;
  bool isField = value.kind == ValueKind::Field && direct_.contains(placeOf(body_, index));
  if (isField || isGivenBy(index))
    return true;
  if (value.kind == ValueKind::Call) { // `cursor_next(cursor, &row)`: a library's word on it.
    const Call &call = body_.calls[value.index];
    return call.kind == CallKind::Function && !program_.directCallee(function_, Index<Call>(value.index)) &&
           llvm::any_of(call.arguments, [&](Index<Value> argument) { return argument && isGivenBy(argument); });
  }
  if (value.kind == ValueKind::Unary || value.kind == ValueKind::Cast)
    return !value.operands.empty() && isAboutItself(value.operands.front());
  llvm::ArrayRef<Index<Value>> sides = value.kind == ValueKind::Binary ? llvm::ArrayRef(value.operands) : llvm::ArrayRef<Index<Value>>();
  auto isText = [&](Index<Value> side) { return side && body_[side].kind == ValueKind::String; };
  return llvm::none_of(sides, isText) && llvm::any_of(sides, [&](Index<Value> side) { return isAboutItself(side); });
}

bool PresenceFlow::usesData(const Step &step) const {
  if (step.kind == StepKind::Branch || step.kind == StepKind::Switch || step.kind == StepKind::Loop)
    return false;
  return llvm::any_of(valuesOf(body_, step),
                      [&](Index<Value> value) { return value && mentionsData(value); });
}

Presence PresenceFlow::armOf(Index<Block> start) const {
  for (Index<Block> block : enclosingBlocks(body_, start)) {
    const Block &inner = body_[block];
    Presence condition = Presence::None;
    if (inner.role == BlockRole::Then || inner.role == BlockRole::Else) {
      condition = of(body_.branches[inner.owner.index].condition);
      if (inner.role == BlockRole::Else)
        condition = inverse(condition);
    } else if (inner.role == BlockRole::LoopBody && inner.owner.kind == StepKind::Loop) {
      condition = of(body_.loops[inner.owner.index].condition);
    } else if (inner.role == BlockRole::HandlerBody) {
      const Try &owner = body_.tries[inner.owner.index];
      if (isIn(body_, body_[read_].block, owner.body))
        return Presence::Missing;
    }
    if (isTelling(condition))
      return condition;
  }
  return Presence::None;
}

} // namespace opex
