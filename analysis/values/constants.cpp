#include "analysis/values/constants.h"

#include "analysis/values/guarded_values.h"

#include "analysis/body/region.h"
#include "rules/match.h"

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
  case ValueKind::Unary:
    if (value.text == "-" && value.operands.size() == 1) {
      NumberSet inner;
      collect(frame, value.operands[0], inner, depth + 1);
      into.isUnknown |= inner.isUnknown;
      for (int64_t number : inner.known)
        into.known.insert(number == INT64_MIN ? number : -number);
      return;
    }
    return void(into.isUnknown = true);
  case ValueKind::Binary: return collectBinary(frame, value, into, depth);
  case ValueKind::Local: return collectLocal(frame, value.index, into, depth);
  case ValueKind::Field:
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

namespace {

/// timeval and timespec: both members of a local, assigned or listed.
NumberSet structTime(const Program &program, Constants &constants, Provenance &provenance, const Frame &frame,
                     Index<Value> value, int64_t nsPerFraction) {
  auto [at, index] = constants.atCaller(frame, value);
  const Function *body = program.functions[at.function].body;
  NumberSet result;
  while (index && (*body)[index].kind == ValueKind::AddressOf && !(*body)[index].operands.empty())
    index = (*body)[index].operands[0];
  if (!index || (*body)[index].kind == ValueKind::Null) {
    result.mayBeNull = index.value != Index<Value>::kNone;
    result.isUnknown = !result.mayBeNull;
    return result;
  }
  NumberSet parts[2];
  bool seen = false;
  auto addList = [&](const Function &in, const Frame &where, const Value &list) {
    seen = true;
    for (unsigned i = 0; i < 2; ++i) {
      NumberSet part;
      if (i < list.operands.size())
        part = constants.of(where, list.operands[i]);
      else
        part.known.insert(0);
      parts[i].known.insert(part.known.begin(), part.known.end());
      parts[i].isUnknown |= part.isUnknown;
    }
  };
  const Value &root = (*body)[index];
  if (root.kind == ValueKind::List)
    addList(*body, at, root);
  if (root.kind == ValueKind::Local) {
    for (const Provenance::Incoming &in : provenance.assignedTo(at.function, root.index)) {
      const Function &from = *program.functions[in.function].body;
      if (in.value && from[in.value].kind == ValueKind::List)
        addList(from, {in.function, in.function == at.function ? at.path : std::vector<CallRef>()}, from[in.value]);
    }
    for (const Assign &assign : body->assigns) {
      const Value &target = (*body)[assign.target];
      bool isMember = target.kind == ValueKind::Field && !target.operands.empty() && assign.op == "=" &&
                      (*body)[target.operands[0]].kind == ValueKind::Local &&
                      (*body)[target.operands[0]].index == root.index;
      const Declaration *member = isMember ? program.declaration(target.entity) : nullptr;
      if (!member)
        continue;
      NumberSet part = constants.of(at, assign.value);
      NumberSet &into = parts[unqualified(member->name) == "tv_sec" ? 0 : 1];
      if (!part.isUnknown)
        into = part; // The later assignment overwrites the initial zero.
      else
        into.isUnknown = true;
      seen = true;
    }
  }
  if (!seen || parts[0].isUnknown || parts[1].isUnknown) {
    result.isUnknown = true;
    return result;
  }
  if (parts[1].known.empty())
    parts[1].known.insert(0);
  for (int64_t seconds : parts[0].known)
    for (int64_t fraction : parts[1].known)
      result.known.insert(static_cast<int64_t>(std::clamp<__int128>(
          static_cast<__int128>(seconds) * 1'000'000'000 + static_cast<__int128>(fraction) * nsPerFraction, INT64_MIN,
          INT64_MAX)));
  return result;
}

/// The variable behind a pointer argument (`&yes`), or the value itself.
Index<Value> pointee(const Function &body, Index<Value> value) {
  while (value && !body[value].operands.empty() &&
         (body[value].kind == ValueKind::AddressOf || body[value].kind == ValueKind::Cast))
    value = body[value].operands[0];
  return value;
}

} // namespace

/// Which point in time the value is, if it is one and not how long something may take.
static TimePoint timePointOf(const Program &program, const Constants &constants, const Frame &frame, Index<Value> value) {
  auto [at, index] = constants.atCaller(frame, value);
  const LinkedFunction &function = program.functions[at.function];
  const Function &body = *function.body;
  auto isPoint = [&](const Value &part) {
    return part.type && (*function.unit)[part.type].recordName == "std::chrono::time_point";
  };
  TimePoint point;
  if (!isPoint(body[index]))
    return point;
  point.kind = TimePoint::Fresh;
  mentions(body, index, [&](const Value &part) {
    bool isVariable = part.kind == ValueKind::Local || part.kind == ValueKind::Field || part.kind == ValueKind::Global;
    if (!isVariable || !isPoint(part))
      return false;
    bool isOwn = part.kind == ValueKind::Local && body.locals[part.index].kind == LocalKind::Automatic;
    point = {isOwn ? TimePoint::Local : TimePoint::Elsewhere, at.function, isOwn ? part.index : 0};
    return true;
  });
  return point;
}

LimitValue limitOf(const Program &program, Constants &constants, Provenance &provenance, const Frame &frame,
                   Index<Block> block, Index<Value> value, const rules::Amount &amount) {
  NumberSet numbers;
  if (amount.unit == rules::Unit::Timeval || amount.unit == rules::Unit::Timespec)
    numbers = structTime(program, constants, provenance, frame, value,
                         amount.unit == rules::Unit::Timeval ? 1000 : 1);
  else if (amount.isAddress) {
    auto [at, index] = constants.atCaller(frame, value);
    numbers = constants.of(at, pointee(*program.functions[at.function].body, index));
  } else
    numbers = constants.of(frame, value);
  dropExcluded(*program.functions[frame.function].body, block, value, numbers);

  LimitValue result;
  bool finite = numbers.isUnknown, infinite = false;
  auto markInfinite = [&](std::string text) {
    infinite = true;
    if (result.text.empty())
      result.text = std::move(text);
  };
  for (const std::string &name : numbers.names)
    if (llvm::any_of(amount.infinite.names, [&](const std::string &glob) {
          return rules::matchesGlob(glob, name) || unqualified(name) == glob;
        })) {
      markInfinite(unqualified(name).str());
      numbers.known.clear();
      finite = false;
    }
  if (numbers.mayBeNull && amount.infinite.null)
    markInfinite("nullptr");
  for (int64_t number : numbers.known) {
    if ((number == 0 && amount.infinite.zero) || (number < 0 && amount.infinite.negative))
      markInfinite(std::to_string(number));
    else
      finite = true;
  }
  if (infinite)
    result.kind = finite ? LimitValue::Mixed : LimitValue::Infinite;
  else
    result.kind = finite && !numbers.isUnknown ? LimitValue::Finite : LimitValue::Unknown;
  if (result.kind == LimitValue::Finite && numbers.known.size() == 1) {
    int64_t scale = rules::nanoseconds(amount.unit);
    int64_t ns = 0;
    if (!llvm::MulOverflow(*numbers.known.begin(), scale ? scale : int64_t(1), ns))
      result.ns = ns;
    result.until = timePointOf(program, constants, frame, value);
  }
  return result;
}

} // namespace opex
