#include "analysis/apis/constructions.h"

#include "analysis/apis/subjects.h"
#include "analysis/apis/versions.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

size_t requiredParameters(const Function &constructor) {
  size_t required = 0;
  for (uint32_t i = 0; i < constructor.parameterCount; ++i)
    required += !constructor.locals[i].init;
  return required;
}

/// How many arguments are of the class that the parameter names, or of one derived from it; none if a pointer to
/// one class would have to become a pointer to another.
std::optional<unsigned> fit(const Program &program, const LinkedFunction &caller, const Call &call, const LinkedFunction &constructor) {
  unsigned same = 0;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    Index<Value> argument = call.arguments[i];
    Index<Type> given = argument ? (*caller.body)[argument].type : Index<Type>(), taken = constructor.body->locals[i].type;
    if (!given || !taken)
      continue;
    const Type &from = (*caller.unit)[given], &to = (*constructor.unit)[taken];
    if (!from.record || !to.record)
      continue;
    bool isOne = from.record == to.record || llvm::any_of(program.withBases(from.record), [&](const Record *base) {
                   return base->id == to.record;
                 });
    same += isOne;
    if (!isOne && from.kind == TypeClass::Pointer && to.kind == TypeClass::Pointer && program.record(from.record))
      return std::nullopt;
  }
  return same;
}

/// Of the class's constructors those that the call may mean: with the most arguments of the very classes.
std::vector<uint32_t> fittingConstructors(const Program &program, const LinkedFunction &caller, const Call &call,
                                          EntityId record, llvm::ArrayRef<uint32_t> constructors) {
  std::vector<uint32_t> fitting;
  unsigned most = 0;
  for (uint32_t position : constructors) {
    const LinkedFunction &constructor = program.functions[position];
    const Function &body = *constructor.body;
    bool isCopy = body.parameterCount == 1 && body.locals[0].type && (*constructor.unit)[body.locals[0].type].record == record;
    if (isCopy || call.arguments.size() > body.parameterCount || call.arguments.size() < requiredParameters(body))
      continue;
    std::optional<unsigned> same = fit(program, caller, call, constructor);
    if (!same || *same < most)
      continue;
    if (*same > most)
      fitting.clear();
    most = *same;
    fitting.push_back(position);
  }
  return fitting;
}

/// Only the rows that construct out of sight.
rules::RuleSet makersOf(const rules::RuleSet &rules) {
  rules::RuleSet makers;
  for (const rules::Pack &pack : rules.packs) {
    rules::Pack &part = makers.packs.emplace_back();
    part.name = pack.name;
    part.version = pack.version;
    part.versionMacros = pack.versionMacros;
    part.headers = pack.headers;
    llvm::copy_if(pack.passages, std::back_inserter(part.passages), [](const rules::Passage &row) { return row.makes; });
  }
  return makers;
}

} // namespace

void linkConstructions(Program &program, const rules::RuleSet &rules) {
  const rules::RuleSet makers = rulesFor(program, makersOf(rules));
  const RoleIndex roles(program, makers);
  std::map<EntityId, std::vector<uint32_t>> constructors;
  for (const LinkedFunction &function : program.functions)
    if (function.body->kind == FunctionKind::Constructor)
      constructors[function.body->record].push_back(function.position);

  std::vector<CallEdge> found;
  for (const LinkedFunction &caller : program.functions)
    for (uint32_t i = 0; i < caller.body->calls.size(); ++i) {
      const Call &call = caller.body->calls[i];
      const Type *made = constructedOutOfSight(caller, call, roles.of(call.callee));
      if (!made || !constructors.contains(made->record))
        continue;
      std::vector<uint32_t> fitting = fittingConstructors(program, caller, call, made->record, constructors[made->record]);
      EdgeKind kind = fitting.size() == 1 ? EdgeKind::Direct : EdgeKind::Callable;
      for (uint32_t position : fitting)
        found.push_back({caller.position, position, Index<Call>(i), kind});
    }
  program.addEdges(found);
}

} // namespace opex
