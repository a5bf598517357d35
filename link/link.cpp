#include "link/link.h"

#include "model/completeness.h"
#include "model/provenance.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace opex {
namespace {

/// Calls through callables are resolved by what flows to them, over edges found so far; lambdas that
/// return or store lambdas need a second look.
constexpr unsigned kCallableRounds = 2;

void indexEntities(Program &program) {
  for (const TuFacts &unit : program.units) {
    for (const Declaration &declaration : unit.declarations)
      program.declarations.try_emplace(declaration.id, std::pair(&declaration, &unit));
    for (const Record &record : unit.records) {
      const Record *&slot = program.records[record.id];
      if (!slot || (slot->members.empty() && !record.members.empty()))
        slot = &record;
    }
    for (const Enumeration &enumeration : unit.enumerations)
      program.enumerations.try_emplace(enumeration.id, &enumeration);
  }
  for (const auto &[id, record] : program.records)
    for (EntityId base : record->bases)
      program.subclasses[base].push_back(id);
}

void collectFunctions(Program &program) {
  struct Candidate {
    const TuFacts *unit;
    const Function *body;
  };
  std::vector<Candidate> candidates;
  std::set<EntityId> instantiated;
  for (const TuFacts &unit : program.units)
    for (const Function &function : unit.functions) {
      candidates.push_back({&unit, &function});
      if (!function.isUninstantiated)
        instantiated.insert(function.id);
    }
  auto pathOf = [](const Candidate &c) {
    return c.body->site.file ? (*c.unit)[c.body->site.file].path : llvm::StringRef();
  };
  // By name: what analyses choose by this order does not depend on where a function stands.
  auto order = [&](const Candidate &c) {
    const Function &body = *c.body;
    return std::tuple(body.name, body.id, body.instance, body.contentHash, pathOf(c), body.site.offset,
                      c.unit->mainFile, c.unit->command);
  };
  std::sort(candidates.begin(), candidates.end(), [&](const Candidate &a, const Candidate &b) { return order(a) < order(b); });

  // A header's function is one however many TUs see it; functions of the same name in different files are
  // different programs' that share a database.
  std::set<std::tuple<llvm::StringRef, EntityId, EntityId, uint64_t>> seen;
  for (const Candidate &candidate : candidates) {
    const Function &body = *candidate.body;
    if (body.isUninstantiated && instantiated.contains(body.id))
      continue;
    if (!seen.insert({pathOf(candidate), body.id, body.instance, body.contentHash}).second)
      continue;
    LinkedFunction linked;
    linked.body = &body;
    linked.unit = candidate.unit;
    linked.declaration = program.declaration(body.id);
    linked.position = program.functions.size();
    program.bodies[body.id].push_back(linked.position);
    program.functions.push_back(std::move(linked));
  }
}

/// Methods that override another one, directly or not.
class Overriders {
public:
  explicit Overriders(const Program &program) {
    for (const LinkedFunction &function : program.functions)
      for (EntityId overridden : function.body->overrides)
        direct_[overridden].insert(function.body->id);
  }

  std::set<EntityId> of(EntityId method) const {
    std::set<EntityId> all;
    std::vector<EntityId> queue = {method};
    while (!queue.empty()) {
      EntityId next = queue.back();
      queue.pop_back();
      auto found = direct_.find(next);
      if (found == direct_.end())
        continue;
      for (EntityId overrider : found->second)
        if (all.insert(overrider).second)
          queue.push_back(overrider);
    }
    return all;
  }

private:
  std::map<EntityId, std::set<EntityId>> direct_;
};

/// Bodies of `id`; of the very instance called, where the call names one and we have it.
std::vector<uint32_t> bodiesOf(const Program &program, EntityId id, EntityId instance, const TuFacts *unit) {
  auto found = program.bodies.find(id);
  if (!id || found == program.bodies.end())
    return {};
  std::vector<uint32_t> exact, local;
  for (uint32_t position : found->second) {
    const LinkedFunction &function = program.functions[position];
    if (function.body->instance == instance)
      exact.push_back(position);
  }
  const std::vector<uint32_t> &candidates = exact.empty() ? found->second : exact;
  // A TU that has its own variant (other macros) runs that one.
  for (uint32_t position : candidates)
    if (program.functions[position].unit == unit)
      local.push_back(position);
  return local.empty() ? candidates : local;
}

void addTargets(const Program &program, const LinkedFunction &caller, Index<Call> call, EntityId callee,
                EntityId instance, EdgeKind kind, std::vector<CallEdge> &edges) {
  for (uint32_t position : bodiesOf(program, callee, instance, caller.unit))
    edges.push_back({caller.position, position, call, kind});
}

void resolveNamedCalls(Program &program) {
  Overriders overriders(program);
  std::vector<CallEdge> found;
  for (const LinkedFunction &caller : program.functions) {
    for (uint32_t i = 0; i < caller.body->calls.size(); ++i) {
      const Call &call = caller.body->calls[i];
      if (!call.callee)
        continue;
      std::set<EntityId> virtualTargets = call.isVirtual ? overriders.of(call.callee) : std::set<EntityId>();
      EdgeKind kind = virtualTargets.empty() ? EdgeKind::Direct : EdgeKind::Virtual;
      addTargets(program, caller, Index<Call>(i), call.callee, call.instance, kind, found);
      for (EntityId target : virtualTargets)
        addTargets(program, caller, Index<Call>(i), target, {}, kind, found);
    }
  }
  program.addEdges(found);
}

/// What a call invokes through a value: a function pointer, or the object of a call operator.
Index<Value> callableOf(const Call &call) {
  if (call.kind == CallKind::Indirect)
    return call.calleeValue;
  if (call.kind == CallKind::Operator && unqualified(call.name) == "operator()")
    return call.object;
  return {};
}

/// Whether the value may be a callable, or an object that holds one. Numbers, texts and pointers to such are not
/// worth following.
bool mayHoldCallable(const LinkedFunction &function, Index<Value> index) {
  if (!index)
    return false;
  const Value &value = (*function.body)[index];
  if (value.kind == ValueKind::Lambda || value.kind == ValueKind::Function)
    return true;
  if (value.constant || value.kind == ValueKind::String || value.kind == ValueKind::Null || !value.type)
    return false;
  const Type &type = (*function.unit)[value.type];
  switch (type.kind) {
  case TypeClass::Void:
  case TypeClass::Bool:
  case TypeClass::Integer:
  case TypeClass::Float:
  case TypeClass::Enumeration:
  case TypeClass::Duration:
  case TypeClass::TimePoint: return false;
  case TypeClass::Pointer:
  case TypeClass::Reference:
  case TypeClass::Array: return type.record || type.canonical.contains('(');
  case TypeClass::Record:
  case TypeClass::Function:
  case TypeClass::Dependent:
  case TypeClass::Other: return true;
  }
  return true;
}

/// `thread_ != nullptr` runs nothing of what its operands hold.
bool isComparison(const Call &call) {
  constexpr llvm::StringRef kComparisons[] = {"operator==", "operator!=", "operator<",  "operator<=",
                                              "operator>",  "operator>=", "operator<=>"};
  return call.kind == CallKind::Operator && llvm::is_contained(kComparisons, unqualified(call.name));
}

bool hasBody(const Program &program, const LinkedFunction &caller, Index<Call> call) {
  return !program.calleesAt(caller, call).empty();
}

void resolveCallables(Program &program) {
  ProvenanceRules rules;
  // The result of a call without a body may be (or hold) any callable passed to it: std::move, std::bind,
  // the constructor of std::function.
  rules.passes = [&](const LinkedFunction &function, Index<Call> call) {
    llvm::SmallVector<Index<Value>, 2> passed;
    if (!hasBody(program, function, call))
      passed.append((*function.body)[call].arguments.begin(), (*function.body)[call].arguments.end());
    return passed;
  };
  // A container's element is the container: `handlers_[name] = lambda`, `handlers_.push_back(lambda)`.
  rules.stores = [&](const LinkedFunction &function, Index<Call> index) {
    llvm::SmallVector<std::pair<Index<Value>, Index<Value>>, 1> stored;
    const Call &call = (*function.body)[index];
    if (call.object && call.kind == CallKind::Method && !hasBody(program, function, index))
      for (Index<Value> argument : call.arguments)
        stored.push_back({call.object, argument});
    return stored;
  };
  Provenance provenance(program, rules);
  std::vector<CallEdge> found;
  for (const LinkedFunction &caller : program.functions)
    for (uint32_t i = 0; i < caller.body->calls.size(); ++i) {
      const Call &call = caller.body->calls[i];
      if (Index<Value> callable = callableOf(call); callable && !hasBody(program, caller, Index<Call>(i))) {
        for (EntityId target : provenance.callables(caller.position, callable))
          addTargets(program, caller, Index<Call>(i), target, {}, EdgeKind::Callable, found);
      } else if (!hasBody(program, caller, Index<Call>(i)) && !isComparison(call)) {
        // Seen here only: what a wrapper's callers pass is an edge of theirs once the wrapper is seen.
        for (Index<Value> argument : call.arguments)
          if (mayHoldCallable(caller, argument))
            for (EntityId target : provenance.callables(caller.position, argument))
              addTargets(program, caller, Index<Call>(i), target, {}, EdgeKind::Passed, found);
      }
    }
  program.addEdges(found);
}

} // namespace

Program link(std::vector<TuFacts> units, std::vector<std::string> leftOut) {
  Program program;
  program.missing.units = std::move(leftOut);
  llvm::sort(units, [](const TuFacts &a, const TuFacts &b) {
    return std::tie(a.mainFile, a.command) < std::tie(b.mainFile, b.command);
  });
  program.units = std::move(units);
  for (const TuFacts &unit : program.units)
    if (shownStatus(unit) != TuStatus::Complete)
      program.missing.units.push_back(unit.mainFile.str());
  llvm::sort(program.missing.units);
  indexEntities(program);
  collectFunctions(program);
  resolveNamedCalls(program);
  for (unsigned round = 0; round < kCallableRounds; ++round)
    resolveCallables(program);
  return program;
}

} // namespace opex
