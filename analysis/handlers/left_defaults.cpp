#include "analysis/handlers/left_defaults.h"

#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/exceptions/try_results.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// `=`, also of classes.
std::vector<const Assign *> setsIn(const Function &body, Index<Block> around) {
  std::vector<const Assign *> sets;
  for (const Assign &assign : body.assigns)
    if (assign.op == "=" && isIn(body, assign.block, around))
      sets.push_back(&assign);
  return sets;
}

/// 0, 0.0 or "": what an ordinary result may be, too. Not `false`, null and less than 0, which tell.
bool isPlainNothing(const LinkedFunction &function, Index<Value> index) {
  const Function &body = *function.body;
  index = index ? withoutCasts(body, index) : index;
  if (!index)
    return false;
  const Value &value = body[index];
  const Type *type = value.type ? &(*function.unit)[value.type] : nullptr;
  if (value.kind == ValueKind::String)
    return value.text.empty();
  return value.constant && *value.constant == 0 && type &&
         (type->kind == TypeClass::Integer || type->kind == TypeClass::Float);
}

} // namespace

Index<Value> defaultLeftBy(const LinkedFunction &function, const Handler &handler, const Effects &effects) {
  const Function &body = *function.body;
  const Try &owner = body[handler.owner];
  if (effects.worksOtherwise || !effects.exits.empty())
    return {};
  const std::vector<const Assign *> left = setsIn(body, handler.body);
  if (left.size() != 1 || !isPlainNothing(function, left.front()->value))
    return {};
  const Index<Value> target = left.front()->target;
  const Place place = variableOf(body, target) ? placeOf(body, target) : Place();
  bool isResult = place && llvm::any_of(setsIn(body, owner.body), [&](const Assign *set) {
                    return set->block == owner.body && isSamePlace(body, set->target, target);
                  });
  if (!isResult)
    return {};
  auto asks = [&](const auto &step) {
    return isAfterTry(body, owner, step.site) && step.condition && mentionsPlace(body, step.condition, place);
  };
  if (llvm::any_of(body.branches, asks) || llvm::any_of(body.loops, asks) ||
      llvm::any_of(body.switches, asks))
    return {};
  bool isUsed = llvm::any_of(body.calls, [&](const Call &call) {
    return isAfterTry(body, owner, call.site) && llvm::any_of(call.arguments, [&](Index<Value> argument) {
             return argument && mentionsPlace(body, argument, place);
           });
  });
  return isUsed ? target : Index<Value>();
}

} // namespace opex
