#include "analysis/apis/handles.h"

#include "analysis/body/places.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

bool isNamed(const Call &call, llvm::StringRef name) { return unqualified(call.name) == name; }

/// `->`, and `*` with nothing on its right.
bool isDereference(const Call &call) {
  return call.kind == CallKind::Operator && call.object && call.arguments.empty() &&
         (isNamed(call, "operator->") || isNamed(call, "operator*"));
}

const Type *typeOf(const LinkedFunction &function, Index<Value> value) {
  Index<Type> type = value ? (*function.body)[value].type : Index<Type>();
  return type ? &(*function.unit)[type] : nullptr;
}

/// The value behind casts, `&` and `*`, and behind a smart pointer's `->`, `*` and `get()`.
Index<Value> behindPointers(const Function &body, Index<Value> value) {
  while (value) {
    const Value &v = body[value];
    bool isWrapped = v.kind == ValueKind::Cast || v.kind == ValueKind::AddressOf || v.kind == ValueKind::Deref ||
                     (v.kind == ValueKind::List && v.operands.size() == 1);
    if (isWrapped && !v.operands.empty()) {
      value = v.operands[0];
      continue;
    }
    const Call *call = v.kind == ValueKind::Call ? &body.calls[v.index] : nullptr;
    if (!call || !call->object || !(isDereference(*call) || (call->arguments.empty() && isNamed(*call, "get"))))
      return value;
    value = call->object;
  }
  return value;
}

/// The member of its own object that the value comes down to.
EntityId ownMember(const Function &body, Index<Value> value) {
  Index<Value> place = behindPointers(body, value);
  if (!place || body[place].kind != ValueKind::Field || body[place].operands.empty())
    return {};
  Index<Value> object = behindPointers(body, body[place].operands[0]);
  return object && body[object].kind == ValueKind::This ? body[place].entity : EntityId();
}

/// What each `return` gives is this member.
bool returnsOnly(const Function &body, EntityId member) {
  bool returns = false;
  for (const Exit &exit : body.exits) {
    if (exit.kind != ExitKind::Return)
      continue;
    if (!exit.value || ownMember(body, exit.value) != member)
      return false;
    returns = true;
  }
  return returns;
}

/// The parameter that the value is, or whose `member` it is; through std::move and its like.
std::optional<uint32_t> givenBy(const Function &body, Index<Value> value, EntityId member) {
  while (value) {
    Index<Value> inner = behindPointers(body, value);
    const Value &v = body[inner];
    if (v.kind == ValueKind::Local)
      return v.index < body.parameterCount ? std::optional(v.index) : std::nullopt;
    if (v.kind == ValueKind::Field && v.entity == member && !v.operands.empty())
      value = v.operands[0];
    else if (v.kind == ValueKind::Call && !body.calls[v.index].arguments.empty())
      value = body.calls[v.index].arguments[0];
    else
      return std::nullopt;
  }
  return std::nullopt;
}

} // namespace

Handles::Handles(const Program &program) : program_(program) {
  for (const LinkedFunction &function : program.functions)
    if (function.body->record && unqualified(function.body->name) == "operator->")
      learnPointer(function);
  for (const LinkedFunction &function : program.functions)
    if (handles_.contains(function.body->record))
      learnMaker(function);
  for (const LinkedFunction &function : program.functions)
    for (const Call &call : function.body->calls)
      if (const Type *type = isDereference(call) ? typeOf(function, call.object) : nullptr)
        pointerLike_.insert(type->record);
}

void Handles::learnPointer(const LinkedFunction &arrow) {
  for (const Exit &exit : arrow.body->exits) {
    EntityId member = exit.kind == ExitKind::Return && exit.value ? ownMember(*arrow.body, exit.value) : EntityId();
    if (member && returnsOnly(*arrow.body, member))
      handles_.try_emplace(arrow.body->record, Handle{member});
  }
}

void Handles::learnMaker(const LinkedFunction &method) {
  const Function &body = *method.body;
  Handle &handle = handles_.at(body.record);
  if (returnsOnly(body, handle.pointer))
    returners_.insert(method.position);
  for (const Assign &assign : body.assigns) {
    if (!assign.value || ownMember(body, assign.target) != handle.pointer || body[assign.value].kind == ValueKind::Null)
      continue;
    if (std::optional<uint32_t> parameter = givenBy(body, assign.value, handle.pointer))
      givers_[method.position] = *parameter;
    else
      handle.isGiven = false;
  }
}

bool Handles::isHandle(const LinkedFunction &function) const {
  auto found = handles_.find(function.body->record);
  return found != handles_.end() && found->second.isGiven;
}

Index<Value> Handles::givenTo(const LinkedFunction &function, Index<Call> index) const {
  const Call &call = (*function.body)[index];
  for (const CallEdge &edge : program_.calleesAt(function, index))
    if (auto giver = givers_.find(edge.callee); giver != givers_.end() && edge.isCertain() &&
        isHandle(program_.functions[edge.callee]) && giver->second < call.arguments.size())
      return call.arguments[giver->second];
  return {};
}

Index<Value> Handles::passedBy(const LinkedFunction &function, Index<Call> index) const {
  const Call &call = (*function.body)[index];
  if (call.kind == CallKind::Constructor) {
    if (Index<Value> given = givenTo(function, index))
      return given;
    const Type *made = call.type ? &(*function.unit)[call.type] : nullptr;
    const Type *from = call.arguments.empty() ? nullptr : typeOf(function, call.arguments[0]);
    bool isInSight = !program_.calleesAt(function, index).empty();
    if (!made || !from || isInSight || made->indirections || !pointerLike_.contains(made->record))
      return {};
    bool isCopy = from->record == made->record;
    bool isPointee = from->kind == TypeClass::Pointer && !made->arguments.empty() && from->record &&
                     (*function.unit)[made->arguments[0]].record == from->record;
    return isCopy || isPointee ? call.arguments[0] : Index<Value>();
  }
  llvm::ArrayRef<CallEdge> edges = program_.calleesAt(function, index);
  if (edges.empty())
    return isDereference(call) ? call.object : Index<Value>();
  bool handsOut = call.object && edges.size() == 1 && edges[0].isCertain() && returners_.contains(edges[0].callee) &&
                  isHandle(program_.functions[edges[0].callee]);
  return handsOut ? call.object : Index<Value>();
}

std::optional<std::pair<Index<Value>, Index<Value>>> Handles::storedBy(const LinkedFunction &function, Index<Call> index) const {
  const Call &call = (*function.body)[index];
  Index<Value> given = call.object && call.kind != CallKind::Constructor ? givenTo(function, index) : Index<Value>();
  return given ? std::optional(std::pair(call.object, given)) : std::nullopt;
}

} // namespace opex
