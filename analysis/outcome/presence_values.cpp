#include "analysis/outcome/presence.h"

#include "analysis/conventions/presence_words.h"

namespace opex {
namespace {

/// Both must hold, or one: the side that tells more counts.
Presence both(Presence a, Presence b) {
  if (isTelling(a) && isTelling(b))
    return a == b ? a : Presence::Any;
  if (isTelling(a) || b == Presence::None)
    return a;
  return b;
}

} // namespace

Presence PresenceFlow::asContent(Presence presence, Index<Type> index) const {
  const Type *type = typeOf(index);
  if (presence == Presence::None || !type)
    return presence;
  switch (type->kind) {
  case TypeClass::Pointer:
  case TypeClass::Record:
  case TypeClass::Array:
  case TypeClass::Reference: return presence == Presence::Status ? Presence::Any : presence;
  case TypeClass::Enumeration: return Presence::Status;
  default: return Presence::Any;
  }
}

Presence PresenceFlow::ofField(const Value &value) const {
  Presence whole = value.operands.empty() ? Presence::None : of(value.operands[0]);
  if (Presence own = marked(value.operands.empty() ? Index<Value>() : value.operands[0]);
      whole == Presence::None && own == Presence::None)
    return Presence::None;
  const Declaration *declaration = program_.declaration(value.entity);
  llvm::StringRef name = declaration ? unqualified(declaration->name) : llvm::StringRef();
  const Type *type = typeOf(value.type);
  Presence named = presenceInName(name);
  bool isNumber = type && (type->kind == TypeClass::Bool || type->kind == TypeClass::Integer);
  if (isNumber && named != Presence::None)
    return named;
  if (type && type->kind == TypeClass::Integer)
    return namesCount(name)                                       ? Presence::Found
           : llvm::StringRef(name).contains_insensitive("status") ? Presence::Status
                                                                  : Presence::Any;
  return asContent(whole == Presence::None ? Presence::Any : whole, value.type);
}

Presence PresenceFlow::of(Index<Value> index) const {
  if (!index)
    return Presence::None;
  const Value &value = body_[index];
  auto operand = [&](unsigned i) {
    return i < value.operands.size() ? of(value.operands[i]) : Presence::None;
  };
  switch (value.kind) {
  case ValueKind::Local:
  case ValueKind::Global: return marked(index);
  case ValueKind::Field:
    return !value.operands.empty() && body_[value.operands[0]].kind == ValueKind::This ? marked(index)
                                                                                       : ofField(value);
  case ValueKind::Element:
  case ValueKind::Deref: return asContent(operand(0), value.type);
  case ValueKind::AddressOf:
  case ValueKind::Cast:
  case ValueKind::Await: return operand(0);
  case ValueKind::Call: return ofCall(value);
  case ValueKind::Unary: return value.text == "!" ? ofCondition(index) : operand(0);
  case ValueKind::Binary: return value.text == "&&" || value.text == "||" ? ofCondition(index) : ofBinary(value);
  case ValueKind::Choice: return join(operand(1), operand(2));
  case ValueKind::List: {
    Presence all = Presence::None;
    for (Index<Value> each : value.operands)
      all = join(all, of(each));
    return all;
  }
  default: return Presence::None;
  }
}

Presence PresenceFlow::ofCall(const Value &value) const {
  const Call &call = body_.calls[value.index];
  if (value.index == read_.value)
    return result_;
  llvm::StringRef name = unqualified(call.name);
  Index<Value> target = targetOf(call);
  bool isOperator = call.kind == CallKind::Operator;
  if (std::optional<Compare> op = compareOf(name.drop_front(std::min<size_t>(name.size(), 8))); isOperator && op) {
    Index<Value> right = call.object ? (call.arguments.empty() ? Index<Value>() : call.arguments[0])
                                     : (call.arguments.size() < 2 ? Index<Value>() : call.arguments[1]);
    return compare(*op, target, right);
  }
  Presence object = call.object && call.kind != CallKind::Constructor ? of(call.object) : Presence::None;
  Presence given = Presence::None;
  for (Index<Value> argument : call.arguments)
    given = join(given, argument ? of(argument) : Presence::None);
  Presence source = object != Presence::None ? object : given;
  if (source == Presence::None)
    return Presence::None;
  const Type *type = typeOf(call.type);
  if (name == "operator!")
    return inverse(source);
  if (name.starts_with("operator ")) // A conversion.
    return source;
  if (call.kind == CallKind::Constructor)
    return source;
  if (name == "empty")
    return inverse(source);
  if (namesPassing(name))
    return asContent(source, call.type);
  if (namesCount(name))
    return source;
  if (type && type->kind == TypeClass::Bool) {
    Presence named = presenceInName(name);
    if (named == Presence::None)
      return Presence::Any;
    return source == Presence::Missing ? inverse(named) : named;
  }
  return type && type->kind == TypeClass::Enumeration ? Presence::Status : Presence::Any;
}

Presence PresenceFlow::ofCondition(Index<Value> condition) const {
  const Split split = splitCondition(body_, condition, true);
  auto ofSide = [&](Index<Value> side) { return split.isTrue ? of(side) : inverse(of(side)); };
  return split.kind == Split::Whole ? ofSide(split.left) : both(ofSide(split.left), ofSide(split.right));
}

Presence PresenceFlow::ofBinary(const Value &value) const {
  if (value.operands.size() < 2)
    return Presence::None;
  llvm::StringRef op = value.text;
  if (std::optional<Compare> comparison = compareOf(op))
    return compare(*comparison, value.operands[0], value.operands[1]);
  Presence left = of(value.operands[0]), right = of(value.operands[1]);
  if (op == "-")
    return right == Presence::None ? left : left == Presence::None ? inverse(right) : Presence::Any;
  if (op == "+" || op == "*")
    return join(left, right);
  return join(left, right) == Presence::None ? Presence::None : Presence::Any;
}

/// What it says that something with this presence equals `other`.
Presence PresenceFlow::equals(Presence presence, Index<Value> index) const {
  const Value &other = body_[index];
  if (other.kind == ValueKind::String && !other.text.empty())
    return Presence::Any; // What it is, not whether it is there.
  std::string name;
  if (other.kind == ValueKind::Call)
    name = unqualified(body_.calls[other.index].name).str();
  else if (other.entity)
    if (const Declaration *declaration = program_.declaration(other.entity))
      name = unqualified(declaration->name).str();
  if (other.kind == ValueKind::Null || other.kind == ValueKind::String || namesNothing(name))
    return presence == Presence::Missing ? Presence::Found : Presence::Missing;
  if (other.site.expansion && other.constant)
    name = (*function_.unit)[other.site.expansion].macro.str();
  if (!name.empty() && presence != Presence::None)
    if (Presence named = presenceInName(name); named != Presence::None)
      return named;
  if (other.constant) {
    int64_t number = *other.constant;
    if (number == 0)
      return inverse(presence);
    if (number < 0)
      return isTelling(presence) || presence == Presence::Status ? Presence::Missing : Presence::Any;
    if (presence == Presence::Status)
      return number >= 200 && number < 300 ? Presence::Found : Presence::Any;
    return presence;
  }
  // As many as were asked for.
  return presence == Presence::Found || presence == Presence::Missing ? presence : Presence::Any;
}

Presence PresenceFlow::compare(Compare op, Index<Value> left, Index<Value> right) const {
  if (!left || !right)
    return Presence::None;
  // `map.end()` says nothing itself, whatever has been done to the map.
  auto ofSide = [&](Index<Value> side) {
    const Value &value = body_[side];
    bool isNothing =
        value.kind == ValueKind::Call && namesNothing(unqualified(body_.calls[value.index].name));
    return isNothing ? Presence::None : of(side);
  };
  Presence a = ofSide(left), b = ofSide(right);
  if (a == Presence::None && b == Presence::None)
    return Presence::None;
  if (a == Presence::None)
    return compare(mirrored(op), right, left);
  if (b != Presence::None)
    return Presence::Any;
  if (op == Compare::Equal)
    return equals(a, right);
  if (op == Compare::NotEqual)
    return inverse(equals(a, right));
  bool asksForLess = op == Compare::Less || op == Compare::LessEqual;
  if (isTelling(a))
    return asksForLess ? inverse(a) : a;
  std::optional<int64_t> limit = body_[right].constant;
  if (a != Presence::Status || !limit)
    return Presence::Any;
  if (*limit <= 0)
    return asksForLess ? Presence::Missing : Presence::Found;
  if (*limit >= 200 && *limit <= 500)
    return asksForLess ? Presence::Found : Presence::Missing;
  return Presence::Any;
}

} // namespace opex
