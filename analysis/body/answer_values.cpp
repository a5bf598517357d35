#include "analysis/body/answer_values.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

bool isAbsenceName(llvm::StringRef name) { return name == "std::nullopt" || name == "boost::none"; }

} // namespace

Index<Value> withoutCopies(const Function &body, Index<Value> index) {
  while (index) {
    const Value &value = body[index];
    if (value.kind == ValueKind::Cast && !value.operands.empty()) {
      index = value.operands.front();
      continue;
    }
    if (value.kind != ValueKind::Call)
      return index;
    const Call &call = body.calls[value.index];
    size_t written = call.arguments.size() - std::min<size_t>(call.defaultArguments, call.arguments.size());
    bool isMove = call.name == "std::move" || call.name == "std::forward";
    if (written != 1 || !(call.kind == CallKind::Constructor || isMove))
      return index;
    index = call.arguments.front();
  }
  return index;
}

Index<Value> AnswerValues::strip(Index<Value> index) const {
  while (index && body_[index].kind == ValueKind::Cast && !body_[index].constant &&
         !body_[index].operands.empty())
    index = body_[index].operands.front();
  return index;
}

bool AnswerValues::isSame(Index<Value> a, Index<Value> b, unsigned depth) const {
  a = strip(a);
  b = strip(b);
  if (!a || !b || depth > 6)
    return !a && !b;
  const Value &x = body_[a], &y = body_[b];
  if (x.constant && y.constant)
    return *x.constant == *y.constant;
  if (x.kind != y.kind || x.entity != y.entity || x.text != y.text)
    return false;
  if (x.kind == ValueKind::Call)
    return isSameCall(body_.calls[x.index], body_.calls[y.index], depth);
  if (x.kind == ValueKind::Local && x.index != y.index)
    return false;
  return isSameList(x.operands, y.operands, depth);
}

bool AnswerValues::isSameList(llvm::ArrayRef<Index<Value>> a, llvm::ArrayRef<Index<Value>> b,
                              unsigned depth) const {
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!isSame(a[i], b[i], depth + 1))
      return false;
  return true;
}

bool AnswerValues::isSameCall(const Call &a, const Call &b, unsigned depth) const {
  return a.callee == b.callee && a.name == b.name && isSame(a.object, b.object, depth + 1) &&
         isSameList(a.arguments, b.arguments, depth);
}

bool AnswerValues::isFixed(Index<Value> index) const {
  index = strip(index);
  if (!index)
    return false;
  const Value &value = body_[index];
  return value.constant || value.kind == ValueKind::Null || value.kind == ValueKind::Enumerator ||
         value.kind == ValueKind::String || value.kind == ValueKind::Float;
}

bool AnswerValues::canBeAbsent(Index<Type> index) const {
  if (!index)
    return false;
  const Type &type = (*function_.unit)[index];
  static constexpr llvm::StringLiteral kNames[] = {
      "std::optional",     "std::unique_ptr", "std::shared_ptr",      "boost::optional",
      "boost::shared_ptr", "std::function",   "boost::intrusive_ptr", "std::any"};
  return type.kind == TypeClass::Pointer ||
         (!type.indirections && llvm::is_contained(kNames, type.recordName));
}

bool AnswerValues::isBool(Index<Type> index) const {
  return index && (*function_.unit)[index].kind == TypeClass::Bool;
}

Shape AnswerValues::shapeOf(Index<Value> index) const {
  index = strip(index);
  if (!index)
    return Shape::Made;
  const Value &value = body_[index];
  switch (value.kind) {
  case ValueKind::Null: return Shape::Absent;
  case ValueKind::Global:
    if (const Declaration *declaration = program_.declaration(value.entity))
      if (isAbsenceName(declaration->name))
        return Shape::Absent;
    return Shape::Variable;
  case ValueKind::Local:
  case ValueKind::Field: return Shape::Variable;
  case ValueKind::String: return value.text.empty() ? Shape::Empty : Shape::Made;
  case ValueKind::List: return value.operands.empty() ? Shape::Empty : Shape::Made;
  case ValueKind::Call: return shapeOfCall(body_.calls[value.index]);
  case ValueKind::Float:
    return value.text.find_first_of("123456789") == llvm::StringRef::npos ? Shape::Empty : Shape::Fixed;
  default: return isFixed(index) ? Shape::Fixed : Shape::Made;
  }
}

Shape AnswerValues::shapeOfCall(const Call &call) const {
  if (call.kind != CallKind::Constructor)
    return Shape::Made;
  size_t written = call.arguments.size() - std::min<size_t>(call.defaultArguments, call.arguments.size());
  if (!written)
    return canBeAbsent(call.type) ? Shape::Absent : Shape::Empty;
  if (written > 1)
    return Shape::Made;
  Shape inner = shapeOf(call.arguments.front());
  // An optional or pointer that holds an empty thing is not absent itself.
  return inner == Shape::Fixed ? Shape::Made : inner;
}

} // namespace opex
