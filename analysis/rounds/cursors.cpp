#include "analysis/rounds/cursors.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// The member of its own object that the place is.
EntityId ownMember(const Place &place) {
  return place.isIn(Place::This) && place.steps().size() == 2 ? place.entity() : EntityId();
}

/// `at_ = at_->next`, `++at_` of an iterator: members that walk on when the method runs.
std::set<EntityId> membersMovedBy(const LinkedFunction &method) {
  const Function &body = *method.body;
  std::set<EntityId> moved;
  auto add = [&](Index<Value> target) {
    if (EntityId member = target ? ownMember(placeOf(body, target).withoutIndirection()) : EntityId();
        member && mayWalk(body, *method.unit, target))
      moved.insert(member);
  };
  for (const Assign &assign : body.assigns)
    if (assign.op == "++" || assign.op == "+=" ||
        (assign.op == "=" && assign.value && mentionsPlace(body, assign.value, placeOf(body, assign.target))))
      add(assign.target);
  for (const Call &call : body.calls)
    if (llvm::StringRef name = unqualified(call.name); name == "operator++" || name == "operator+=")
      add(targetOf(call));
  return moved;
}

/// What the method returns is made from one of the members.
bool returnsFrom(const LinkedFunction &method, const std::set<EntityId> &members) {
  const Function &body = *method.body;
  if (!body.result || (*method.unit)[body.result].kind == TypeClass::Bool)
    return false;
  auto isOne = [&](const Value &part) {
    EntityId member = ownMember(placeOf(body, Index<Value>(&part - body.values.data())).withoutIndirection());
    return member && members.contains(member);
  };
  return llvm::any_of(body.exits, [&](const Exit &exit) {
    return exit.kind == ExitKind::Return && exit.value && mentions(body, exit.value, isOne);
  });
}

} // namespace

bool mayWalk(const Function &body, const TuFacts &unit, Index<Value> value) {
  const Type *type = body[value].type ? &unit[body[value].type] : nullptr;
  return type && (type->kind == TypeClass::Pointer || type->kind == TypeClass::Record ||
                  type->kind == TypeClass::Reference);
}

CursorUse cursorsIn(const Program &program, const LinkedFunction &function,
                    llvm::function_ref<bool(Index<Block>)> isInside) {
  const Function &body = *function.body;
  struct Use {
    uint32_t call = 0;
    Place object;
    const LinkedFunction *method = nullptr;
  };
  std::vector<Use> uses;
  std::map<Place, std::set<EntityId>> moved;
  CursorUse result;
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    const Call &call = body.calls[i];
    if (!call.object || !isInside(call.block))
      continue;
    const Place object = placeOf(body, call.object).withoutIndirection();
    const LinkedFunction *method =
        object && !object.isThis() ? program.directCallee(function, Index<Call>(i)) : nullptr;
    if (!method)
      continue;
    uses.push_back({i, object, method});
    if (std::set<EntityId> members = membersMovedBy(*method); !members.empty()) {
      moved[object].merge(members);
      result.moves.insert(i);
    }
  }
  for (const Use &use : uses)
    if (auto members = moved.find(use.object);
        members != moved.end() && returnsFrom(*use.method, members->second))
      result.reads.insert(use.call);
  if (result.reads.empty())
    result.moves.clear();
  return result;
}

} // namespace opex
