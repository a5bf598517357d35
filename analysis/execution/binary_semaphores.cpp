#include "analysis/execution/binary_semaphores.h"

#include "analysis/body/places.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

namespace opex {
namespace {

constexpr unsigned kMaxHelpers = 3; ///< Functions between who wants the permit and the call that takes it.

/// A value in a function.
struct Named {
  uint32_t function = 0;
  Index<Value> value;
  auto operator<=>(const Named &) const = default;
};

/// A call that does something to a permit, and the semaphores that it may be of: none if that is not known.
struct PermitUse {
  CallRef call;
  const rules::Lock *row = nullptr;
  std::set<ObjectId> semaphores;
};

class Finder {
public:
  explicit Finder(const BinarySemaphores::Needs &in) : program_(in.program()), in_(in), provenance_(in.get<Subjects>().provenance()) {}

  std::set<CallRef> run() {
    for (const LinkedFunction &function : program_.functions)
      for (uint32_t i = 0; i < function.body->calls.size(); ++i)
        collect(function, Index<Call>(i));
    std::erase_if(hasOnePermit_, [&](const auto &made) { return !made.second || !isGivenBack(made.first); });
    std::set<CallRef> calls;
    for (const PermitUse &use : uses_)
      if (!use.semaphores.empty() && llvm::all_of(use.semaphores, [&](const ObjectId &one) { return hasOnePermit_.contains(one); }))
        calls.insert(use.call);
    return calls;
  }

private:
  void collect(const LinkedFunction &function, Index<Call> index) {
    const Call &call = (*function.body)[index];
    for (const rules::Lock *row : in_.get<RoleIndex>().of(call.callee).locks) {
      const Index<Value> lock = valueAt(function, call, row->lock);
      if (row->does == rules::Lock::Make)
        noteMade({function.position, lock}, {function.position, row->permits ? valueAt(function, call, *row->permits) : Index<Value>()}, kMaxHelpers);
      else if ((row->does == rules::Lock::Acquire && !row->mayFail) || row->does == rules::Lock::Release)
        uses_.push_back({{function.position, index}, row, semaphoresOf({function.position, lock})});
    }
  }

  /// With so many permits; a helper that is told how many is asked at each of its callers.
  void noteMade(Named semaphore, Named permits, unsigned helpers) {
    const LinkedFunction &function = program_.functions[permits.function];
    const std::optional<uint32_t> told = permits.value ? parameterOf(*function.body, permits.value) : std::nullopt;
    if (!told || helpers == 0 || function.callers.empty()) {
      const NumberSet number = in_.get<Subjects>().constants().of({permits.function, {}}, permits.value);
      const bool isOne = !number.isUnknown && number.names.empty() && number.known == std::set<int64_t>{1};
      for (const ObjectId &object : semaphoresOf(semaphore))
        hasOnePermit_.try_emplace(object, true).first->second &= isOne;
      return;
    }
    const bool isHere = semaphore.function == permits.function && semaphore.value;
    const std::optional<uint32_t> given = isHere ? parameterOf(*function.body, semaphore.value) : std::nullopt;
    auto inCaller = [&](const CallEdge &edge, uint32_t parameter) { return Named{edge.caller, argumentOf(program_, edge, parameter)}; };
    for (const CallEdge &edge : function.callers)
      noteMade(given ? inCaller(edge, *given) : semaphore, inCaller(edge, *told), helpers - 1);
  }

  /// The semaphores that the value names: members and globals by their declaration, variables; none if some are not known.
  std::set<ObjectId> semaphoresOf(Named start) {
    std::set<ObjectId> result;
    std::set<Named> seen = {start};
    std::vector<Named> open = {start};
    while (!open.empty()) {
      const Named next = open.back();
      open.pop_back();
      std::vector<Named> sources = sourcesOf(next);
      if (sources.empty())
        result.insert(objectOf(next));
      for (const Named &source : sources)
        if (seen.insert(source).second)
          open.push_back(source);
    }
    return result.contains(ObjectId()) ? std::set<ObjectId>() : result;
  }

  /// Where a parameter, a capture or a pointer gets its semaphore from.
  std::vector<Named> sourcesOf(Named named) {
    const LinkedFunction &function = program_.functions[named.function];
    const Place place = named.value ? placeOf(*function.body, named.value).withoutIndirection() : Place();
    std::vector<Named> sources;
    if (std::optional<uint32_t> local = place.local(); local && place.isWhole()) {
      const Local &variable = function.body->locals[*local];
      if (*local < function.body->parameterCount) {
        for (const CallEdge &edge : function.callers)
          if (edge.kind != EdgeKind::Passed)
            sources.push_back({edge.caller, argumentOf(program_, edge, *local)});
      } else if (const LinkedFunction *around = program_.enclosing(function); around && variable.kind == LocalKind::Capture) {
        sources.push_back({around->position, variable.init});
      } else if (isPointer(function, variable.type) && variable.init) {
        sources.push_back({named.function, variable.init});
      }
    } else if (EntityId entity = place.entity(); entity && isPointer(function, (*function.body)[named.value].type)) {
      for (const Provenance::Incoming &in : provenance_.assignedTo(entity))
        if (in.value && placeOf(*program_.functions[in.function].body, in.value).withoutIndirection())
          sources.push_back({in.function, in.value});
    }
    return sources;
  }

  static bool isPointer(const LinkedFunction &function, Index<Type> type) {
    return type && ((*function.unit)[type].indirections > 0 || (*function.unit)[type].kind == TypeClass::Reference);
  }

  ObjectId objectOf(Named named) const {
    const LinkedFunction &function = program_.functions[named.function];
    const Place place = named.value ? placeOf(*function.body, named.value).withoutIndirection() : Place();
    const std::optional<uint32_t> local = place.local();
    if (local && place.isWhole() && *local >= function.body->parameterCount)
      return {Origin::Variable, named.function, *local, EntityId()};
    if (!place.entity())
      return {};
    return {place.isIn(Place::Global) && place.isWhole() ? Origin::Global : Origin::Member, 0, 0, place.entity()};
  }

  /// Whoever waits for its permit gives it back, or the function does for which it waits.
  bool isGivenBack(const ObjectId &semaphore) const {
    std::set<uint32_t> takers, givers;
    for (const PermitUse &use : uses_)
      if (use.semaphores.contains(semaphore))
        (use.row->does == rules::Lock::Acquire ? takers : givers).insert(use.call.function);
    for (unsigned helper = 0; helper < kMaxHelpers; ++helper)
      for (uint32_t function : std::vector<uint32_t>(givers.begin(), givers.end()))
        for (const CallEdge &edge : program_.functions[function].callers)
          if (edge.isCertain())
            givers.insert(edge.caller);
    return !takers.empty() && llvm::all_of(takers, [&](uint32_t taker) { return givesBack(taker, givers, kMaxHelpers); });
  }

  bool givesBack(uint32_t position, const std::set<uint32_t> &givers, unsigned helpers) const {
    const LinkedFunction &function = program_.functions[position];
    auto isDestructor = [&](uint32_t giver) {
      const Function &body = *program_.functions[giver].body;
      return body.kind == FunctionKind::Destructor && body.record == function.body->record;
    };
    if (givers.contains(position) || (function.body->kind == FunctionKind::Constructor && llvm::any_of(givers, isDestructor)))
      return true;
    return helpers != 0 && !function.callers.empty() && llvm::all_of(function.callers, [&](const CallEdge &edge) {
             return edge.kind != EdgeKind::Passed && givesBack(edge.caller, givers, helpers - 1);
           });
  }

  const Program &program_;
  const BinarySemaphores::Needs in_;
  Provenance &provenance_;
  std::vector<PermitUse> uses_;
  std::map<ObjectId, bool> hasOnePermit_; ///< Of those that are known to be made: never with another number.
};

} // namespace

BinarySemaphores BinarySemaphores::run(const Needs &in) {
  BinarySemaphores result;
  result.calls_ = Finder(in).run();
  return result;
}

rules::Lock::Does BinarySemaphores::doesAt(CallRef call, const rules::Lock &row) const {
  if (row.does == rules::Lock::Acquire && !row.mayFail && isOfLock(call))
    return rules::Lock::Hold;
  return row.does == rules::Lock::Release && isOfLock(call) ? rules::Lock::Unlock : row.does;
}

} // namespace opex
