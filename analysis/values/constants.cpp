#include "analysis/values/constants.h"

#include "analysis/values/field_values.h"
#include "analysis/values/guarded_values.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxDepth = 24;
constexpr size_t kMaxValues = 32;
constexpr unsigned kMaxSteps = 500; // Members computed from each other would multiply without end.

bool isTime(const TuFacts &unit, Index<Type> type) {
  return type && (unit[type].kind == TypeClass::Duration || unit[type].kind == TypeClass::TimePoint);
}

std::optional<int64_t> apply(llvm::StringRef op, int64_t a, int64_t b) {
  int64_t result = 0;
  if (op == "+")
    return llvm::AddOverflow(a, b, result) ? std::nullopt : std::optional(result);
  if (op == "-")
    return llvm::SubOverflow(a, b, result) ? std::nullopt : std::optional(result);
  if (op == "*")
    return llvm::MulOverflow(a, b, result) ? std::nullopt : std::optional(result);
  if ((op == "/" || op == "%") && b != 0 && !(a == INT64_MIN && b == -1))
    return op == "/" ? a / b : a % b;
  return std::nullopt;
}

} // namespace

std::pair<Frame, Index<Value>> Constants::atCaller(Frame frame, Index<Value> value) const {
  while (value) {
    const Function &body = *program_.functions[frame.function].body;
    const Value &v = body[value];
    if (v.kind == ValueKind::Cast && !v.operands.empty()) {
      value = v.operands[0];
      continue;
    }
    bool isParameter = v.kind == ValueKind::Local && body.locals[v.index].kind == LocalKind::Parameter;
    if (!isParameter || frame.path.empty())
      break;
    CallRef call = frame.path.front();
    const Call &site = program_.functions[call.function].body->calls[call.call.value];
    if (v.index >= site.arguments.size())
      break;
    frame.function = call.function;
    frame.path.erase(frame.path.begin());
    value = site.arguments[v.index];
  }
  return {std::move(frame), value};
}

NumberSet Constants::of(const Frame &frame, Index<Value> value) {
  NumberSet result;
  steps_ = 0;
  collect(frame, value, result, 0);
  return result;
}

void Constants::collect(const Frame &frame, Index<Value> index, NumberSet &into, unsigned depth) {
  if (!index || depth > kMaxDepth || ++steps_ > kMaxSteps || into.known.size() > kMaxValues)
    return void(into.isUnknown = true);
  const LinkedFunction &function = program_.functions[frame.function];
  const Value &value = (*function.body)[index];
  if (value.kind == ValueKind::Enumerator || value.kind == ValueKind::Global)
    if (const Declaration *declaration = program_.declaration(value.entity))
      into.names.insert(declaration->name.str());
  if (value.site.expansion && value.constant)
    into.names.insert((*function.unit)[value.site.expansion].macro.str());
  if (value.constant)
    return void(into.known.insert(*value.constant));
  switch (value.kind) {
  case ValueKind::Null: return void(into.mayBeNull = true);
  case ValueKind::Cast:
  case ValueKind::Await:
    return collect(frame, value.operands.empty() ? Index<Value>() : value.operands[0], into, depth + 1);
  case ValueKind::List:
    if (value.operands.empty())
      return void(into.known.insert(0));
    if (value.operands.size() == 1)
      return collect(frame, value.operands[0], into, depth + 1);
    return void(into.isUnknown = true);
  case ValueKind::Choice:
    for (unsigned arm = 1; arm < value.operands.size(); ++arm)
      collect(frame, value.operands[arm], into, depth + 1);
    return;
  case ValueKind::Unary: return collectUnary(frame, value, into, depth);
  case ValueKind::Binary: return collectBinary(frame, value, into, depth);
  case ValueKind::Local: return collectLocal(frame, value.index, into, depth);
  case ValueKind::Field: {
    FieldSources sources = sourcesOfField(program_, provenance_, function, index);
    into.isUnknown |=
        sources.incoming.empty() || (!sources.isComplete && provenance_.isTouched(value.entity));
    for (const Provenance::Incoming &in : sources.incoming)
      collectIn(in.function == frame.function ? frame : Frame{in.function, {}}, in.block, in.value, into,
                depth);
    return;
  }
  case ValueKind::Global: {
    const auto &assigned = provenance_.assignedTo(value.entity);
    into.isUnknown |= assigned.empty() || provenance_.isTouched(value.entity);
    for (const Provenance::Incoming &in : assigned)
      collectIn({in.function, {}}, in.block, in.value, into, depth);
    return;
  }
  case ValueKind::Call: return collectCall(frame, function.body->calls[value.index], Index<Call>(value.index), into, depth);
  default: into.isUnknown = true;
  }
}

void Constants::collectLocal(const Frame &frame, uint32_t index, NumberSet &into, unsigned depth) {
  const LinkedFunction &function = program_.functions[frame.function];
  const Local &local = function.body->locals[index];
  const auto &assigned = provenance_.assignedTo(frame.function, index);
  into.isUnknown |= provenance_.isTouched(frame.function, index);
  for (const Provenance::Incoming &in : assigned)
    collectIn(in.function == frame.function ? frame : Frame{in.function, {}}, in.block, in.value, into, depth);
  if (local.kind == LocalKind::Capture) {
    const LinkedFunction *enclosing = program_.enclosing(function);
    return collect({enclosing ? enclosing->position : 0, {}}, enclosing ? local.init : Index<Value>(), into, depth + 1);
  }
  if (local.kind != LocalKind::Parameter)
    return void(into.isUnknown |= assigned.empty());
  if (!frame.path.empty()) {
    CallRef call = frame.path.front();
    const Call &site = program_.functions[call.function].body->calls[call.call.value];
    Frame caller{call.function, {frame.path.begin() + 1, frame.path.end()}};
    return collectIn(caller, site.block, index < site.arguments.size() ? site.arguments[index] : Index<Value>(), into, depth);
  }
  into.isUnknown |= function.callers.empty();
  for (const CallEdge &edge : function.callers) {
    const Call &site = program_.functions[edge.caller].body->calls[edge.call.value];
    collectIn({edge.caller, {}}, site.block, argumentOf(program_, edge, index), into, depth);
  }
}

void Constants::collectIn(const Frame &frame, Index<Block> block, Index<Value> value, NumberSet &into, unsigned depth) {
  NumberSet here;
  collect(frame, value, here, depth + 1);
  dropExcluded(*program_.functions[frame.function].body, block, value, here);
  into.known.merge(here.known);
  into.names.merge(here.names);
  into.isUnknown |= here.isUnknown;
  into.mayBeNull |= here.mayBeNull;
}

void Constants::collectCall(const Frame &frame, const Call &call, Index<Call> index, NumberSet &into, unsigned depth) {
  const LinkedFunction &function = program_.functions[frame.function];
  // A duration made from a number: count it in nanoseconds. From another duration: as it is.
  if (call.kind == CallKind::Constructor && isTime(*function.unit, call.type)) {
    if (call.arguments.empty())
      return void(into.known.insert(0));
    Index<Value> argument = call.arguments[0];
    NumberSet ticks;
    collect(frame, argument, ticks, depth + 1);
    const Type &type = (*function.unit)[call.type];
    Index<Type> argumentType = argument ? (*function.body)[argument].type : Index<Type>();
    bool isCount = type.periodDenominator != 0 && !isTime(*function.unit, argumentType);
    into.isUnknown |= ticks.isUnknown;
    into.names.insert(ticks.names.begin(), ticks.names.end());
    for (int64_t count : ticks.known) {
      __int128 ns = isCount ? static_cast<__int128>(count) * type.periodNumerator * 1'000'000'000 / type.periodDenominator
                            : static_cast<__int128>(count);
      into.known.insert(static_cast<int64_t>(std::clamp<__int128>(ns, INT64_MIN, INT64_MAX)));
    }
    return;
  }
  into.names.insert(call.name.str());
  // `clock::now() + 5s`: a point in time is as far away as what is added to now.
  if (unqualified(call.name) == "now" && call.arguments.empty())
    return void(into.known.insert(0));
  if (call.kind == CallKind::Operator && isTime(*function.unit, call.type)) {
    Value asBinary;
    asBinary.text = unqualified(call.name).drop_front(8 /* operator */).trim();
    if (call.object)
      asBinary.operands.push_back(call.object);
    asBinary.operands.append(call.arguments.begin(), call.arguments.end());
    return collectBinary(frame, asBinary, into, depth);
  }
  auto callees = program_.calleesAt(function, index);
  if (callees.empty()) {
    // duration_cast and its like keep the time; other results are nobody's constant.
    if (isTime(*function.unit, call.type) && call.arguments.size() == 1)
      return collect(frame, call.arguments[0], into, depth + 1);
    return void(into.isUnknown = true);
  }
  for (const CallEdge &edge : callees) {
    Frame callee{edge.callee, {{frame.function, index}}};
    callee.path.insert(callee.path.end(), frame.path.begin(), frame.path.end());
    const auto &returned = provenance_.returned(edge.callee);
    into.isUnknown |= returned.empty();
    for (Index<Value> value : returned)
      collect(callee, value, into, depth + 1);
  }
}

void Constants::collectUnary(const Frame &frame, const Value &value, NumberSet &into, unsigned depth) {
  if (value.text != "-" || value.operands.size() != 1)
    return void(into.isUnknown = true);
  NumberSet inner;
  collect(frame, value.operands[0], inner, depth + 1);
  into.isUnknown |= inner.isUnknown;
  for (int64_t number : inner.known)
    into.known.insert(number == INT64_MIN ? number : -number);
}

void Constants::collectBinary(const Frame &frame, const Value &value, NumberSet &into, unsigned depth) {
  if (value.operands.size() != 2)
    return void(into.isUnknown = true);
  NumberSet left, right;
  collect(frame, value.operands[0], left, depth + 1);
  collect(frame, value.operands[1], right, depth + 1);
  into.isUnknown |= left.isUnknown || right.isUnknown;
  for (int64_t a : left.known)
    for (int64_t b : right.known) {
      std::optional<int64_t> result = apply(value.text, a, b);
      into.isUnknown |= !result;
      if (result)
        into.known.insert(*result);
    }
}

} // namespace opex
