#include "analysis/body/places.h"

#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

/// The last step of a place, and what comes before it: nothing if it begins with the step.
struct LastStep {
  Place::Step step;
  Index<Value> rest = {};
  Index<Value> index = {}; ///< Of an element whose number is not known.
};

/// The name of an operator that is called, without `operator`; empty for other calls.
llvm::StringRef operatorOf(const Call &call) {
  llvm::StringRef name = unqualified(call.name);
  return call.kind == CallKind::Operator && name.consume_front("operator") ? name : llvm::StringRef();
}

/// What a pointer class hands out without a look at what it points to: `->`, `get()`.
bool isPointerItself(const Call &call) {
  return call.object && call.arguments.empty() && (operatorOf(call) == "->" || unqualified(call.name) == "get");
}

/// Operators that by convention hand out what they are called on: `out << a`, `text += b`.
bool handsOutTarget(llvm::StringRef op) {
  return op == "<<" || op == ">>" || (op.ends_with("=") && op != "==" && op != "!=" && op != "<=" && op != ">=");
}

/// Takes values apart from their end.
class Reader {
public:
  Reader(const Function &function, bool followsReferences) : function_(function), followsReferences_(followsReferences) {}

  /// None if the value names no place.
  std::optional<LastStep> read(Index<Value> value) const {
    while ((value = withoutCasts(function_, value))) {
      const Value &at = function_[value];
      switch (at.kind) {
      case ValueKind::Local: {
        Index<Value> bound = boundTo(function_.locals[at.index]);
        if (!bound || bound > value) // What it is bound to stands before its uses.
          return LastStep{{Place::Local, at.index}};
        value = bound;
        continue;
      }
      case ValueKind::Global: return LastStep{{Place::Global, at.entity.hash}};
      case ValueKind::This: return LastStep{{Place::This, 0}};
      case ValueKind::Call: {
        const Call &call = function_.calls[at.index];
        if (!isPointerItself(call) && !handsOutTarget(operatorOf(call)))
          return readCall(call, at.index);
        value = targetOf(call);
        continue;
      }
      default: return readPart(at);
      }
    }
    return std::nullopt;
  }

private:
  /// What a reference stands for. Those that a function gave out are their own, and so are parts of what is taken apart.
  Index<Value> boundTo(const Local &local) const {
    if (!followsReferences_ || local.kind != LocalKind::Automatic || !local.byReference)
      return {};
    Index<Value> init = withoutCasts(function_, local.init);
    return init && isObject(function_[init]) ? init : Index<Value>();
  }

  bool isObject(const Value &at) const {
    switch (at.kind) {
    case ValueKind::Local:
    case ValueKind::Global: return true;
    case ValueKind::Call: return readCall(function_.calls[at.index], at.index).step.kind != Place::Result;
    default: return readPart(at).has_value();
    }
  }

  std::optional<LastStep> readPart(const Value &at) const {
    if (at.operands.empty())
      return std::nullopt;
    switch (at.kind) {
    case ValueKind::Deref: return LastStep{{Place::Pointee, 0}, at.operands[0]};
    case ValueKind::AddressOf: return LastStep{{Place::Address, 0}, at.operands[0]};
    case ValueKind::Field: return LastStep{{Place::Member, at.entity.hash}, at.operands[0]};
    case ValueKind::Element: return readElement(at.operands[0], at.operands[1]);
    default: return std::nullopt;
    }
  }

  LastStep readCall(const Call &call, uint32_t index) const {
    llvm::StringRef op = operatorOf(call);
    if (op == "*" && call.arguments.size() == (call.object ? 0 : 1))
      return {{Place::Pointee, 0}, targetOf(call)};
    if (op == "[]" && call.object && call.arguments.size() == 1)
      return readElement(call.object, call.arguments[0]);
    return {{Place::Result, index}};
  }

  LastStep readElement(Index<Value> whole, Index<Value> index) const {
    if (index && function_[index].constant)
      return {{Place::Element, uint64_t(*function_[index].constant)}, whole};
    return {{Place::ElementAt, 0}, whole, index};
  }

  const Function &function_;
  bool followsReferences_;
};

/// Steps of a place, from its end on.
using Steps = llvm::SmallVector<Place::Step, 8>;

bool isIndirection(Place::Kind kind) { return kind == Place::Pointee || kind == Place::Address; }

/// Leaves out what changes nothing: `*&`, `&*`, and indirections before a member.
void addBefore(Steps &steps, Place::Step step) {
  if (isIndirection(step.kind) && !steps.empty()) {
    if (steps.back().kind == Place::Member)
      return;
    if (isIndirection(steps.back().kind) && steps.back().kind != step.kind)
      return steps.pop_back();
  }
  steps.push_back(step);
}

bool isBeginning(Place::Kind kind) { return kind <= Place::Result; }

} // namespace

Place placeOf(const Function &function, Index<Value> value) {
  Reader reader(function, /*followsReferences=*/true);
  Steps steps;
  for (;;) {
    std::optional<LastStep> last = reader.read(value);
    if (!last)
      return {};
    if (last->step.kind == Place::ElementAt) {
      Place index = placeOf(function, last->index);
      if (index) {
        steps.push_back({Place::EndOfIndex, 0});
        steps.append(index.steps().rbegin(), index.steps().rend());
      } else {
        last->step.kind = Place::SomeElement;
      }
    }
    addBefore(steps, last->step);
    if (isBeginning(last->step.kind))
      break;
    value = last->rest;
  }
  std::reverse(steps.begin(), steps.end());
  return Place(steps);
}

Place::operator bool() const {
  return !steps_.empty() && llvm::none_of(steps_, [](const Step &step) { return step.kind == SomeElement; });
}

std::optional<uint32_t> Place::local() const {
  return isIn(Local) ? std::optional(uint32_t(steps_.front().which)) : std::nullopt;
}

EntityId Place::entity() const {
  bool isNamed = !steps_.empty() && (steps_.back().kind == Member || steps_.back().kind == Global);
  return isNamed ? EntityId{steps_.back().which} : EntityId();
}

bool Place::isPartOf(const Place &whole) const {
  return whole && steps().take_front(whole.steps_.size()) == whole.steps();
}

Place Place::withoutIndirection() const {
  if (!*this || isIn(Result))
    return {};
  Place place = *this;
  llvm::erase_if(place.steps_, [](const Step &step) { return isIndirection(step.kind); });
  return place;
}

bool isSamePlace(const Function &function, Index<Value> left, Index<Value> right) {
  Place place = placeOf(function, left);
  return place && place == placeOf(function, right);
}

bool names(const Function &function, Index<Value> value, const Place &place) {
  return place && placeOf(function, value) == place;
}

bool mentionsPlace(const Function &function, Index<Value> value, const Place &place) {
  return place && mentions(function, value, [&](const Value &part) {
           return names(function, Index<Value>(&part - function.values.data()), place);
         });
}

Place variableOf(const Function &function, Index<Value> value) {
  Reader reader(function, /*followsReferences=*/false);
  std::optional<LastStep> last = reader.read(value), after;
  for (; last && !isBeginning(last->step.kind); last = reader.read(last->rest))
    if (!isIndirection(last->step.kind))
      after = last;
  if (!last || last->step.kind == Place::Result)
    return {};
  if (last->step.kind == Place::This && after && after->step.kind == Place::Member)
    return Place({last->step, after->step});
  return Place(last->step);
}

Variable lastVariableOf(const Function &function, Index<Value> value) {
  Reader reader(function, /*followsReferences=*/false);
  for (std::optional<LastStep> last = reader.read(value); last; last = reader.read(last->rest))
    switch (last->step.kind) {
    case Place::Local: return {uint32_t(last->step.which)};
    case Place::Global:
    case Place::Member: return {std::nullopt, EntityId{last->step.which}};
    case Place::This:
    case Place::Result: return {};
    default: break;
    }
  return {};
}

bool mentionsVariable(const Function &function, Index<Value> value, const Variable &variable) {
  return variable && mentions(function, value, [&](const Value &part) {
           return part.kind == ValueKind::Local ? variable.local == part.index
                                                : variable.entity && part.entity == variable.entity &&
                                                      (part.kind == ValueKind::Field || part.kind == ValueKind::Global);
         });
}

std::optional<uint32_t> localOf(const Function &function, Index<Value> value) { return variableOf(function, value).local(); }

std::optional<uint32_t> parameterOf(const Function &function, Index<Value> value) {
  std::optional<uint32_t> local = localOf(function, value);
  return local && *local < function.parameterCount ? local : std::nullopt;
}

} // namespace opex
