#include "analysis/apis/pointer_calls.h"

#include "analysis/apis/roles.h"
#include "analysis/apis/versions.h"
#include "model/provenance.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/xxhash.h"

#include <set>

namespace opex {
namespace {

using Target = std::pair<llvm::StringRef, EntityId>; ///< By name first: the order does not depend on hashes.

/// What the call goes through: a pointer, or the object of a call operator.
Index<Value> pointerOf(const Call &call) {
  if (call.kind == CallKind::Indirect)
    return call.calleeValue;
  return call.kind == CallKind::Operator && unqualified(call.name) == "operator()" ? call.object : Index<Value>();
}

class PointerCalls {
public:
  PointerCalls(const Program &program, const rules::RuleSet &rules) : program_(program), roles_(program, rules), provenance_(program, provenanceRules()) {
    for (const auto &[id, declaration] : program.declarations)
      if (declaration.first->kind == EntityKind::Function)
        byName_.try_emplace(declaration.first->name, id);
  }

  std::optional<Target> targetOf(const LinkedFunction &function, Index<Call> index) {
    const Call &call = (*function.body)[index];
    Index<Value> pointer = pointerOf(call);
    if (!pointer || !program_.calleesAt(function, index).empty())
      return std::nullopt;
    std::set<Target> targets;
    for (const Arrival &arrival : provenance_.resolve(function.position, pointer))
      if (std::optional<Target> target = targetAt(arrival.origin))
        targets.insert(*target);
    if (targets.empty() || !llvm::all_of(targets, [&](const Target &other) { return isAlike(*targets.begin(), other); }))
      return std::nullopt;
    return *targets.begin();
  }

private:
  ProvenanceRules provenanceRules() const {
    ProvenanceRules rules;
    // What keeps a callable without changing how it is called. Others, as std::bind, would give it other arguments.
    rules.passes = [this](const LinkedFunction &function, Index<Call> index) {
      llvm::SmallVector<Index<Value>, 2> passed;
      const Call &call = (*function.body)[index];
      bool isWrapped = call.kind == CallKind::Constructor && call.arguments.size() == 1;
      for (const rules::Passage *passage : roles_.of(call.callee).passages)
        if (Index<Value> from = valueAt(function, call, passage->from); from && !passage->byName && passage->to.kind == rules::Place::Return)
          passed.push_back(from);
      if (isWrapped && passed.empty())
        passed.push_back(call.arguments[0]);
      return passed;
    };
    return rules;
  }

  std::optional<Target> targetAt(const Origin &origin) const {
    if (origin.kind == Origin::Callable) {
      const Declaration *declaration = program_.declaration(origin.entity);
      bool isOutOfSight = declaration && !program_.bodies.contains(origin.entity);
      return isOutOfSight ? std::optional(Target{declaration->name, origin.entity}) : std::nullopt;
    }
    if (origin.kind != Origin::Creation)
      return std::nullopt;
    const LinkedFunction &function = program_.functions[origin.function];
    const Call &call = function.body->calls[origin.index];
    for (const rules::Passage *passage : roles_.of(call.callee).passages)
      if (Index<Value> text = passage->byName ? valueAt(function, call, passage->from) : Index<Value>())
        if (llvm::StringRef name = textOf(function, text, origin.via); !name.empty())
          return named(name);
    return std::nullopt;
  }

  /// The text, as it stands there or as the calls that handed the result out give it.
  llvm::StringRef textOf(const LinkedFunction &function, Index<Value> text, llvm::ArrayRef<CallRef> via) const {
    const Value &value = (*function.body)[text];
    if (value.kind == ValueKind::String)
      return value.text;
    if (value.kind != ValueKind::Local || value.index >= function.body->parameterCount || via.empty())
      return {};
    const LinkedFunction &caller = program_.functions[via.front().function];
    const Call &call = (*caller.body)[via.front().call];
    bool isGiven = value.index < call.arguments.size() && call.arguments[value.index];
    return isGiven ? textOf(caller, call.arguments[value.index], via.drop_front()) : llvm::StringRef();
  }

  /// The function of this name, declared or not.
  Target named(llvm::StringRef name) const {
    auto found = byName_.find(name);
    EntityId id = found != byName_.end() ? found->second : EntityId{llvm::xxh3_64bits(name) | 1};
    return {name, id};
  }

  /// Rows of calls and makers decide what is made of a call.
  bool isAlike(const Target &one, const Target &other) const {
    const Roles &first = rolesOf(one), &second = rolesOf(other);
    return first.all == second.all;
  }

  const Roles &rolesOf(const Target &target) const {
    return program_.declaration(target.second) ? roles_.of(target.second) : roles_.ofName(target.first);
  }

  const Program &program_;
  RoleIndex roles_;
  Provenance provenance_;
  std::map<llvm::StringRef, EntityId> byName_;
};

/// `(object.*pointer)(…)` and `(object->*pointer)(…)` are calls of methods.
void become(Function &body, Call &call, const Target &target) {
  const Value *through = call.kind == CallKind::Indirect ? &body[call.calleeValue] : nullptr;
  bool isMember = through && through->kind == ValueKind::Binary && through->operands.size() == 2;
  call.object = isMember ? through->operands[0] : Index<Value>();
  call.kind = isMember ? CallKind::Method : CallKind::Function;
  call.callee = target.second;
  call.name = target.first;
}

} // namespace

void linkPointerCalls(Program &program, const rules::RuleSet &rules) {
  struct Found {
    const Function *body;
    Index<Call> call;
    Target target;
  };
  std::vector<Found> found;
  {
    const rules::RuleSet own = rulesFor(program, rules);
    PointerCalls pointers(program, own);
    for (const LinkedFunction &function : program.functions)
      for (uint32_t i = 0; i < function.body->calls.size(); ++i)
        if (std::optional<Target> target = pointers.targetOf(function, Index<Call>(i)))
          found.push_back({function.body, Index<Call>(i), *target});
  }
  std::map<const Function *, Function *> bodies;
  if (!found.empty())
    for (TuFacts &unit : program.units)
      for (Function &body : unit.functions)
        bodies.emplace(&body, &body);
  for (const Found &each : found) {
    Function &body = *bodies.at(each.body);
    become(body, body.calls[each.call.value], each.target);
    if (!program.declaration(each.target.second))
      program.namedAtRunTime.emplace(each.target.second, each.target.first);
  }
}

} // namespace opex
