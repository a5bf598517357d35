#include "analysis/values/limit_values.h"

#include "analysis/body/region.h"
#include "analysis/values/guarded_values.h"
#include "rules/match.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace opex {
namespace {

/// A timeval or timespec: what both members of a local are assigned or start from.
class StructTime {
public:
  StructTime(const Program &program, Constants &constants, Provenance &provenance)
      : program_(program), constants_(constants), provenance_(provenance) {}

  NumberSet of(const Frame &frame, Index<Value> value, int64_t nsPerFraction);

private:
  void addList(const Function &in, const Frame &where, const Value &list);
  void addStarts(const Frame &at, uint32_t local);
  void addAssignments(const Frame &at, uint32_t local);
  NumberSet inNanoseconds(int64_t nsPerFraction) const;

  const Program &program_;
  Constants &constants_;
  Provenance &provenance_;
  NumberSet seconds_, fraction_;
  bool isSeen_ = false;
};

NumberSet StructTime::of(const Frame &frame, Index<Value> value, int64_t nsPerFraction) {
  auto [at, index] = constants_.atCaller(frame, value);
  const Function &body = *program_.functions[at.function].body;
  while (index && body[index].kind == ValueKind::AddressOf && !body[index].operands.empty())
    index = body[index].operands[0];
  if (!index || body[index].kind == ValueKind::Null) {
    NumberSet result;
    result.mayBeNull = index.value != Index<Value>::kNone;
    result.isUnknown = !result.mayBeNull;
    return result;
  }
  const Value &root = body[index];
  if (root.kind == ValueKind::List)
    addList(body, at, root);
  if (root.kind == ValueKind::Local) {
    addStarts(at, root.index);
    addAssignments(at, root.index);
  }
  return inNanoseconds(nsPerFraction);
}

void StructTime::addList(const Function &in, const Frame &where, const Value &list) {
  isSeen_ = true;
  NumberSet *members[] = {&seconds_, &fraction_};
  for (unsigned i = 0; i < 2; ++i) {
    NumberSet part;
    if (i < list.operands.size())
      part = constants_.of(where, list.operands[i]);
    else
      part.known.insert(0);
    members[i]->known.insert(part.known.begin(), part.known.end());
    members[i]->isUnknown |= part.isUnknown;
  }
}

void StructTime::addStarts(const Frame &at, uint32_t local) {
  for (const Provenance::Incoming &in : provenance_.assignedTo(at.function, local)) {
    const Function &from = *program_.functions[in.function].body;
    if (in.value && from[in.value].kind == ValueKind::List)
      addList(from, {in.function, in.function == at.function ? at.path : std::vector<CallRef>()}, from[in.value]);
  }
}

void StructTime::addAssignments(const Frame &at, uint32_t local) {
  const Function &body = *program_.functions[at.function].body;
  for (const Assign &assign : body.assigns) {
    const Value &target = body[assign.target];
    bool isMember = target.kind == ValueKind::Field && !target.operands.empty() && assign.op == "=" &&
                    body[target.operands[0]].kind == ValueKind::Local && body[target.operands[0]].index == local;
    const Declaration *member = isMember ? program_.declaration(target.entity) : nullptr;
    if (!member)
      continue;
    NumberSet part = constants_.of(at, assign.value);
    NumberSet &into = unqualified(member->name) == "tv_sec" ? seconds_ : fraction_;
    if (!part.isUnknown)
      into = part; // The later assignment overwrites the initial zero.
    else
      into.isUnknown = true;
    isSeen_ = true;
  }
}

NumberSet StructTime::inNanoseconds(int64_t nsPerFraction) const {
  NumberSet result;
  if (!isSeen_ || seconds_.isUnknown || fraction_.isUnknown) {
    result.isUnknown = true;
    return result;
  }
  std::set<int64_t> fractions = fraction_.known;
  if (fractions.empty())
    fractions.insert(0);
  for (int64_t seconds : seconds_.known)
    for (int64_t fraction : fractions)
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

/// Which point in time the value is, if it is one and not how long something may take.
TimePoint timePointOf(const Program &program, const Constants &constants, const Frame &frame, Index<Value> value) {
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

} // namespace

LimitValue limitOf(const Program &program, Constants &constants, Provenance &provenance, const Frame &frame,
                   Index<Block> block, Index<Value> value, const rules::Amount &amount) {
  NumberSet numbers;
  if (amount.unit == rules::Unit::Timeval || amount.unit == rules::Unit::Timespec)
    numbers = StructTime(program, constants, provenance)
                  .of(frame, value, amount.unit == rules::Unit::Timeval ? 1000 : 1);
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
