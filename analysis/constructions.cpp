#include "analysis/constructions.h"

#include "analysis/subjects.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

size_t requiredParameters(const Function &constructor) {
  size_t required = 0;
  for (uint32_t i = 0; i < constructor.parameterCount; ++i)
    required += !constructor.locals[i].init;
  return required;
}

} // namespace

void linkConstructions(Program &program, const RoleIndex &roles) {
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
      std::vector<uint32_t> fitting;
      for (uint32_t position : constructors[made->record]) {
        const Function &body = *program.functions[position].body;
        bool isCopy = body.parameterCount == 1 && body.locals[0].type &&
                      (*program.functions[position].unit)[body.locals[0].type].record == made->record;
        if (!isCopy && call.arguments.size() <= body.parameterCount && call.arguments.size() >= requiredParameters(body))
          fitting.push_back(position);
      }
      EdgeKind kind = fitting.size() == 1 ? EdgeKind::Direct : EdgeKind::Callable;
      for (uint32_t position : fitting)
        found.push_back({caller.position, position, Index<Call>(i), kind});
    }
  program.addEdges(found);
}

} // namespace opex
