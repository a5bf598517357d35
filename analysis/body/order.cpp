#include "analysis/body/order.h"

#include "analysis/body/exits.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <vector>

namespace opex {
namespace {

/// The moment and those of the steps around it, innermost first.
std::vector<Moment> outwards(const Function &function, Moment moment) {
  std::vector<Moment> result;
  while (moment.valid() && result.size() <= function.blocks.size()) {
    result.push_back(moment);
    moment = ownerOf(function, moment.block);
  }
  return result;
}

/// The other arm of a branch; none if it has none.
Index<Block> otherArm(const Function &function, Index<Block> arm) {
  const Block &block = function[arm];
  if (block.owner.kind != StepKind::Branch)
    return {};
  const Branch &branch = function.branches[block.owner.index];
  return branch.then == arm ? branch.otherwise : branch.then;
}

/// `if (a || set()) return;`: what follows runs only if the right operand did. Likewise `if (!(a && set())) …`.
bool skippingLeaves(const Function &function, Index<Block> arm) {
  const Block &block = function[arm];
  if (block.owner.kind != StepKind::Branch || !block.parent)
    return false;
  BranchKind kind = function.branches[block.owner.index].kind;
  if (kind != BranchKind::Or && kind != BranchKind::And)
    return false;
  Moment owner = ownerOf(function, arm);
  const std::vector<Step> &steps = function[block.parent].steps;
  if (!owner.valid() || owner.position + 1 >= steps.size() || steps[owner.position + 1].kind != StepKind::Branch)
    return false;
  const Branch &next = function.branches[steps[owner.position + 1].index];
  return next.kind == BranchKind::If && alwaysLeaves(function, kind == BranchKind::Or ? next.then : next.otherwise);
}

/// Whether the block may be left out although what follows the step that owns it is run.
bool isConditional(const Function &function, Index<Block> block) {
  switch (function[block].role) {
  case BlockRole::Then:
  case BlockRole::Else: return !alwaysLeaves(function, otherArm(function, block)) && !skippingLeaves(function, block);
  case BlockRole::LoopBody:
  case BlockRole::LoopIncrement:
  case BlockRole::SwitchBody:
  case BlockRole::HandlerBody:
    return true;
  case BlockRole::Body:
  case BlockRole::Plain:
  case BlockRole::LoopTest:
  case BlockRole::TryBody:
    return false;
  }
  return true;
}

bool isInLoop(const Function &function, Index<Block> block) {
  for (Index<Block> around : enclosingBlocks(function, block)) {
    BlockRole role = function[around].role;
    if (role == BlockRole::LoopBody || role == BlockRole::LoopTest || role == BlockRole::LoopIncrement)
      return true;
  }
  return false;
}

struct Meeting {
  Index<Block> block;
  Moment first, second; ///< Both in `block`.
  Index<Block> firstArm, secondArm; ///< Blocks of the steps there that hold the two; none for the steps themselves.
};

Meeting meet(const Function &function, Moment first, Moment second) {
  std::vector<Moment> a = outwards(function, first), b = outwards(function, second);
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t j = 0; j < b.size(); ++j)
      if (a[i].block == b[j].block)
        return {a[i].block, a[i], b[j], i ? a[i - 1].block : Index<Block>(), j ? b[j - 1].block : Index<Block>()};
  return {};
}

/// Two moments inside one step of the meeting block.
Before insideOneStep(const Function &function, Moment first, const Meeting &meeting) {
  if (!meeting.firstArm || !meeting.secondArm)
    return Before::Never;
  BlockRole from = function[meeting.firstArm].role, to = function[meeting.secondArm].role;
  bool isConditionalThere = static_cast<bool>(conditionalArm(function, first, meeting.firstArm));
  if (from == BlockRole::LoopTest && to != BlockRole::LoopTest)
    return isConditionalThere ? Before::Sometimes : Before::Always;
  bool mayPrecede = from == BlockRole::LoopBody || from == BlockRole::LoopIncrement || from == BlockRole::TryBody ||
                    from == BlockRole::SwitchBody;
  return mayPrecede ? Before::Sometimes : Before::Never;
}

bool hasGoto(const Function &function) {
  return llvm::any_of(function.exits, [](const Exit &exit) { return exit.kind == ExitKind::Goto; });
}

} // namespace

Moment momentOf(const Function &function, Index<Block> block, Step step) {
  if (!block)
    return {};
  const std::vector<Step> &steps = function[block].steps;
  auto found = llvm::find(steps, step);
  if (found == steps.end())
    return {};
  return {block, static_cast<uint32_t>(found - steps.begin())};
}

Moment momentOf(const Function &function, Index<Call> call) {
  return momentOf(function, function[call].block, {StepKind::Call, call.value});
}

Moment momentOf(const Function &function, const Assign &assign) {
  return momentOf(function, assign.block, {StepKind::Assign, uint32_t(&assign - function.assigns.data())});
}

Moment ownerOf(const Function &function, Index<Block> block) {
  return momentOf(function, function[block].parent, function[block].owner);
}

Index<Block> conditionalArm(const Function &function, Moment moment, Index<Block> outermost) {
  for (const Moment &around : outwards(function, moment)) {
    if (around.block == outermost)
      return {};
    if (isConditional(function, around.block))
      return around.block;
  }
  return {};
}

bool standsBefore(const Function &function, Moment first, Moment second) {
  Meeting meeting = meet(function, first, second);
  if (!meeting.block)
    return false;
  if (meeting.first.position != meeting.second.position)
    return meeting.first.position < meeting.second.position;
  return first.block < second.block; // Arms of one step are numbered in the order of the text.
}

Before happensBefore(const Function &function, Moment first, Moment second) {
  Meeting meeting = meet(function, first, second);
  if (!meeting.block || hasGoto(function))
    return Before::Sometimes;
  if (meeting.first.position >= meeting.second.position) {
    Before before = Before::Never;
    if (meeting.first.position == meeting.second.position)
      before = insideOneStep(function, first, meeting);
    return before == Before::Never && isInLoop(function, meeting.block) ? Before::Sometimes : before;
  }
  return conditionalArm(function, first, meeting.block) ? Before::Sometimes : Before::Always;
}

} // namespace opex
