#include "analysis/calls/log_calls.h"

#include "analysis/body/places.h"
#include "analysis/conventions/log_names.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

template <class Map> llvm::ArrayRef<Step> usesIn(const Map &uses, uint32_t key) {
  auto found = uses.find(key);
  return found == uses.end() ? llvm::ArrayRef<Step>() : llvm::ArrayRef<Step>(found->second);
}

Index<Value> firstOperand(const Call &call) {
  return call.object ? call.object : call.arguments.empty() ? Index<Value>() : call.arguments.front();
}

/// Library functions that make a value from their arguments.
bool isPure(llvm::StringRef name) {
  return name.starts_with("std::to_string") || name == "std::move" || name == "std::forward" ||
         name == "std::current_exception";
}

} // namespace

LogCalls::LogCalls(const Inputs<Statements> &in, const LinkedFunction &function, const Region &region,
                   Index<Local> caught)
    : in_(in), program_(in.program()), function_(function), body_(*function.body), region_(region), caught_(caught) {
  for (const Step &step : region_.steps)
    if (step.kind == StepKind::Call && body_.calls[step.index].site.expansion &&
        in_.get<Statements>().logs.at({function_.position, Index<Call>(step.index)}))
      logMacros_.insert(body_.calls[step.index].site.offset);
  for (const Step &step : region_.steps)
    if (step.kind == StepKind::Call && isLogByItself(step.index))
      logs_.insert(step.index);
  spread();
}

bool LogCalls::isInLogMacro(const Site &site) const {
  return site.expansion &&
         (logMacros_.contains(site.offset) || isNamedLikeLog((*function_.unit)[site.expansion].macro));
}

bool LogCalls::isLogByItself(uint32_t index) const {
  const Call &call = body_.calls[index];
  // A macro that logs may make several calls, of which one stands for all in the statements.
  if (in_.get<Statements>().logs.at({function_.position, Index<Call>(index)}) || isInLogMacro(call.site))
    return true;
  if (call.kind == CallKind::Operator)
    return unqualified(call.name) == "operator<<" && startsAtLog(firstOperand(call));
  if (call.kind == CallKind::Constructor || call.kind == CallKind::Destructor)
    return call.isTemporary && isNamedLikeLog(call.name);
  return isNamedLikeLogger(call.name);
}

/// The stream that a chain of `<<` begins with is a log: an object, or the result of a log call.
bool LogCalls::startsAtLog(Index<Value> left) const {
  while (left) {
    if (isLogObject(left))
      return true;
    const Value &value = body_[left];
    if (value.kind == ValueKind::Call)
      left = firstOperand(body_.calls[value.index]);
    else
      left = value.operands.empty() ? Index<Value>() : value.operands.front();
  }
  return false;
}

bool LogCalls::isLogObject(Index<Value> index) const {
  const Value &value = body_[index];
  if (value.kind == ValueKind::Call)
    return logs_.contains(value.index);
  if (value.kind == ValueKind::Global || value.kind == ValueKind::Field)
    if (const Declaration *declaration = program_.declaration(value.entity))
      if (isNamedLikeLog(declaration->name))
        return true;
  return value.type && isNamedLikeLog((*function_.unit)[value.type].recordName);
}

/// A call is part of a log if its result goes nowhere else; so is a variable.
void LogCalls::spread() {
  auto isHarmless = [&](llvm::ArrayRef<Step> uses, std::optional<uint32_t> local) {
    return !uses.empty() && llvm::all_of(uses, [&](const Step &use) { return isHarmlessUse(use, local); });
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const Step &step : region_.steps)
      if (step.kind == StepKind::Call && !logs_.contains(step.index) && !feeding_.contains(step.index) &&
          isHarmless(usesIn(region_.callUses, step.index), {}))
        changed |= feeding_.insert(step.index).second;
    for (uint32_t local : region_.own)
      if (!logOnly_.contains(local) && isHarmless(usesIn(region_.localUses, local), local))
        changed |= logOnly_.insert(local).second;
  }
}

bool LogCalls::isHarmlessUse(const Step &use, std::optional<uint32_t> local) const {
  if (use.kind == StepKind::Call) {
    if (logs_.contains(use.index) || feeding_.contains(use.index) || isNoOp(use.index))
      return true;
    // Filling a string or stream that itself is only logged.
    return local && isBuilding(use.index, *local);
  }
  if (use.kind == StepKind::Declare)
    return logOnly_.contains(use.index) || (local && use.index == *local);
  return false;
}

bool LogCalls::isBuilding(uint32_t index, uint32_t local) const {
  return localOf(body_, targetOf(body_.calls[index])) == local && isText(body_.locals[local].type);
}

bool LogCalls::isNoOp(uint32_t index) const {
  const Call &call = body_.calls[index];
  llvm::StringRef name = unqualified(call.name);
  if (name == "ignore_unused" || name == "unused" || name == "UNUSED" || isCaught(call.object))
    return true;
  if (call.object && body_[call.object].kind == ValueKind::Global)
    if (const Declaration *object = program_.declaration(body_[call.object].entity))
      if (object->name == "std::ignore")
        return true;
  const Declaration *callee = program_.declaration(call.callee);
  if (callee && callee->isConst && call.result != ResultUse::Discarded)
    return true;
  std::optional<uint32_t> local = localOf(body_, targetOf(call));
  bool isOwn = local && region_.own.contains(*local);
  if (call.kind == CallKind::Constructor || call.kind == CallKind::Destructor)
    return isOwn ? !isUsedByLifeOnly(call, *local) : call.result != ResultUse::Discarded;
  if (isOwn && isText(body_.locals[*local].type))
    return true;
  return isPure(call.name) ||
         (call.result == ResultUse::Used && isText(call.type) && name.starts_with("operator+"));
}

/// A guard or reporter that is only constructed: what it does in its constructor or destructor is its use.
bool LogCalls::isUsedByLifeOnly(const Call &call, uint32_t local) const {
  const Local &variable = body_.locals[local];
  if (call.arguments.empty() || !variable.hasDestructor || isText(variable.type) ||
      call.name.starts_with("std::"))
    return false;
  return llvm::all_of(usesIn(region_.localUses, local), [&](const Step &use) {
    return use.kind == StepKind::Call && (body_.calls[use.index].kind == CallKind::Constructor ||
                                          body_.calls[use.index].kind == CallKind::Destructor);
  });
}

/// Strings, string streams, buffers and numbers: writing into one of one's own is no effect.
bool LogCalls::isText(Index<Type> index) const {
  if (!index)
    return false;
  const Type &type = (*function_.unit)[index];
  if (type.kind == TypeClass::Array || type.kind == TypeClass::Integer || type.kind == TypeClass::Bool)
    return true;
  llvm::StringRef name = type.recordName;
  if (!name.consume_front("std::"))
    return name.starts_with("fmt::");
  name.consume_front("basic_");
  return name.starts_with("string") || name.starts_with("ostringstream");
}

bool LogCalls::isCaught(Index<Value> object) const {
  return caught_ && localOf(body_, object) == caught_.value;
}

bool isForLogging(const Inputs<Statements> &in, const LinkedFunction &function, Index<Call> index) {
  const Call &call = (*function.body)[index];
  bool isInLogMacro = call.site.expansion && isNamedLikeLog((*function.unit)[call.site.expansion].macro);
  return in.get<Statements>().logs.at({function.position, index}) || isNamedLikeLogger(call.name) || isInLogMacro;
}

} // namespace opex
