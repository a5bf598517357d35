#include "analysis/queues/instances.h"

#include "analysis/body/identity.h"
#include "analysis/queues/declarations.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

/// What the parameter is if nobody gives it.
std::optional<int64_t> byDefault(const LinkedFunction &constructor, uint32_t parameter) {
  Index<Value> value = constructor.body->locals[parameter].init;
  return value ? (*constructor.body)[value].constant : std::nullopt;
}

/// Where the call makes it; a member that its class's constructor makes without a word about it is declared somewhere else.
Location placeOf(const Program &program, CallRef ref) {
  const Function &maker = *program.functions[ref.function].body;
  const Call &call = maker[ref.call];
  bool isSilent = maker.kind == FunctionKind::Constructor && call.object && call.site.offset == maker.site.offset;
  const Record *record = isSilent ? program.record(maker.record) : nullptr;
  if (record)
    for (const FieldFact &field : record->members)
      if (field.id == maker[call.object].entity)
        return locationIn(program, *record, field.site);
  return locationOf(program, ref);
}

bool needsNoArguments(const Function &constructor) {
  return llvm::all_of(llvm::ArrayRef(constructor.locals).take_front(constructor.parameterCount), [](const Local &parameter) { return bool(parameter.init); });
}

} // namespace

QueueInstances instancesOf(const Program &program, const LinkedFunction &constructor, uint32_t parameter) {
  QueueInstances instances;
  std::set<EntityId> made; // Members that a call constructs.
  for (const CallEdge &edge : constructor.callers) {
    const Function &caller = *program.functions[edge.caller].body;
    const Call &call = caller[edge.call];
    bool isMember = call.object && caller[call.object].kind == ValueKind::Field;
    if (isMember)
      made.insert(caller[call.object].entity);
    std::optional<int64_t> given = byDefault(constructor, parameter);
    if (parameter < call.arguments.size() && call.arguments[parameter])
      given = caller[call.arguments[parameter]].constant;
    CallRef ref{edge.caller, edge.call};
    if (given != 0)
      instances.isSomeLimited = true;
    else
      instances.unlimited.push_back({call.object ? spell(program, caller, call.object) : std::string(), placeOf(program, ref), ref});
  }
  if (byDefault(constructor, parameter) != 0 || !needsNoArguments(*constructor.body))
    return instances;
  // Members that only a constructor out of sight, or one that nothing asks for, makes.
  for (const TuFacts &unit : program.units)
    for (const Record &record : unit.records)
      for (const FieldFact &field : record.members) {
        const Type *type = field.type && program.record(record.id) == &record ? &unit[field.type] : nullptr;
        bool isMade = type && type->record == constructor.body->record && !type->indirections && !field.isStatic;
        if (isMade && !field.hasInitializer && made.insert(field.id).second)
          instances.unlimited.push_back({field.name.str(), locationIn(program, record, field.site), std::nullopt});
      }
  return instances;
}

} // namespace opex
