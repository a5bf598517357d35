#include "analysis/bounds/proving_flags.h"

#include "analysis/body/conditions.h"
#include "analysis/body/exits.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

bool ProvingFlags::prove(const LinkedFunction &function, Moment use, Moment at, const AccessPath &object,
                         const SettingEvent &event) const {
  const Function &body = *function.body;
  // `if (!connected_) connect();`: whoever does not come here has been here.
  if (Index<Block> arm = at.valid() ? conditionalArm(body, at, {}) : Index<Block>();
      arm && body[arm].owner.kind == StepKind::Branch) {
    const Branch &branch = body.branches[body[arm].owner.index];
    if (happensBefore(body, ownerOf(body, arm), use) == Before::Always &&
        says(function, branch.condition, body[arm].role != BlockRole::Then, object, event))
      return true;
  }
  Moment here = use;
  while (here.valid()) {
    const Block &block = body[here.block];
    for (uint32_t i = 0; i < here.position && i < block.steps.size(); ++i) {
      const Branch *before =
          block.steps[i].kind == StepKind::Branch ? &body.branches[block.steps[i].index] : nullptr;
      if (before && !before->otherwise && before->then && alwaysLeaves(body, before->then) &&
          says(function, before->condition, false, object, event))
        return true;
    }
    if ((block.role == BlockRole::Then || block.role == BlockRole::Else) &&
        block.owner.kind == StepKind::Branch &&
        says(function, body.branches[block.owner.index].condition, block.role == BlockRole::Then, object,
             event))
      return true;
    here = ownerOf(body, here.block);
  }
  return false;
}

bool ProvingFlags::says(const LinkedFunction &function, Index<Value> condition, bool isTrue,
                        const AccessPath &object, const SettingEvent &event) const {
  const Function &body = *function.body;
  bool isProven = false;
  visitImplied(body, condition, isTrue, [&](Index<Value> part, bool isHeld) {
    Index<Value> flag = part;
    bool isOn = isHeld;
    if (std::optional<Comparison> comparison = comparisonOf(body, part, isHeld)) {
      bool isZero = body[comparison->right].kind == ValueKind::Null || body[comparison->right].constant == 0;
      flag = comparison->left;
      isOn = isZero && (comparison->op == Compare::NotEqual || comparison->op == Compare::Greater);
    }
    if (isProven || !isOn)
      return;
    std::vector<AccessPath> named = paths_.of(function.position, flag);
    isProven = named.size() == 1 && isSetAfter(named.front(), object, event);
  });
  return isProven;
}

/// Whoever sets the flag of an object has done the event on it before.
bool ProvingFlags::isSetAfter(const AccessPath &flag, const AccessPath &object,
                              const SettingEvent &event) const {
  // Both in one object: `this->flag` and `this->handle`.
  if (flag.members.empty() || object.members.empty() || flag.root != object.root ||
      flag.which != object.which || flag.members.size() > object.members.size() ||
      !std::equal(flag.members.begin(), flag.members.end() - 1, object.members.begin()))
    return false;
  llvm::ArrayRef<EntityId> rest = llvm::ArrayRef(object.members).drop_front(flag.members.size() - 1);
  bool isSet = false;
  for (const Provenance::Incoming &in : provenance_.assignedTo(flag.members.back())) {
    const Function &body = *program_.functions[in.function].body;
    if (in.value && (body[in.value].constant == 0 || body[in.value].kind == ValueKind::Null))
      continue;
    auto assign = llvm::find_if(
        body.assigns, [&](const Assign &candidate) { return in.value && candidate.value == in.value; });
    if (assign == body.assigns.end() || assign->block != in.block)
      return false;
    std::vector<std::pair<Moment, AccessPath>> places;
    placesOf_(event, in.function, places);
    bool isBefore = llvm::any_of(places, [&](const std::pair<Moment, AccessPath> &place) {
      bool isOwn = place.second.root == AccessPath::This && llvm::ArrayRef(place.second.members) == rest;
      return isOwn && (!place.first.valid() ||
                       happensBefore(body, place.first, momentOf(body, *assign)) == Before::Always);
    });
    if (!isBefore)
      return false;
    isSet = true;
  }
  return isSet && !provenance_.isTouched(flag.members.back());
}

} // namespace opex
