#include "analysis/paths/lifetimes.h"

#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <numeric>

namespace opex {

Lifetimes::Lifetimes(const Function &body)
    : body_(body), times_(body.blocks.size()), ranges_(body.locals.size() + body.calls.size()), made_(ranges_.size()) {
  if (body.blocks.empty())
    return;
  number();
  collectUses();
  spread();
}

/// Each step before those in its blocks, and a moment for the end of each block.
void Lifetimes::number() {
  std::vector<std::vector<uint32_t>> inner(body_.blocks.size());
  auto rank = [&](uint32_t block) { return std::pair(body_.blocks[block].owner.kind, body_.blocks[block].owner.index); };
  for (uint32_t i = 1; i < body_.blocks.size(); ++i)
    if (Index<Block> parent = body_.blocks[i].parent)
      inner[parent.value].push_back(i);
  for (std::vector<uint32_t> &blocks : inner)
    llvm::sort(blocks, [&](uint32_t a, uint32_t b) { return std::pair(rank(a), a) < std::pair(rank(b), b); });
  Moment now = 0;
  std::vector<uint32_t> open = {0};
  while (!open.empty()) {
    const uint32_t block = open.back();
    const std::vector<Step> &steps = body_.blocks[block].steps;
    std::vector<Moment> &times = times_[block];
    times.push_back(now++);
    if (times.size() > steps.size()) {
      open.pop_back();
      continue;
    }
    const Step &step = steps[times.size() - 1];
    auto isBefore = [&](uint32_t other, const Step &owner) { return rank(other) < std::pair(owner.kind, owner.index); };
    const std::vector<uint32_t> &blocks = inner[block];
    for (auto it = std::lower_bound(blocks.begin(), blocks.end(), step, isBefore); it != blocks.end() && body_.blocks[*it].owner == step; ++it)
      open.push_back(*it);
  }
  for (std::vector<Moment> &times : times_) // Blocks that nothing leads to.
    if (times.empty())
      times.assign(1, now++);
}

/// Calls and locals that the tree of the value names.
template <typename Visit> void Lifetimes::forEachUsed(Index<Value> root, Visit visit) const {
  llvm::SmallVector<Index<Value>, 8> open = {root};
  while (!open.empty()) {
    const Index<Value> index = open.pop_back_val();
    if (!index)
      continue;
    const Value &value = body_[index];
    if (value.kind == ValueKind::Call)
      visit(ofCall(value.index));
    else if (value.kind == ValueKind::Local)
      visit(value.index);
    open.append(value.operands.begin(), value.operands.end());
  }
}

/// The end of the step of the scope in which the moment lies.
Lifetimes::Moment Lifetimes::endOfStep(Index<Block> scope, Moment at) const {
  const std::vector<Moment> &times = times_[scope.value];
  auto next = std::upper_bound(times.begin(), times.end(), at);
  return next == times.end() ? times.back() : *next - 1;
}

void Lifetimes::extend(Range &range, Index<Block> block, Moment at) const {
  if (!range.scope) {
    range = {block, endOfStep(block, at)};
    return;
  }
  while (!isIn(at, range.scope) && body_[range.scope].parent)
    range.scope = body_[range.scope].parent;
  range.end = std::max(endOfStep(range.scope, range.end), endOfStep(range.scope, at));
}

void Lifetimes::mention(uint32_t node, Index<Block> block, Moment at) { extend(ranges_[node], block, at); }

void Lifetimes::addUses(Index<Value> root, Index<Block> block, Moment at) {
  forEachUsed(root, [&](uint32_t node) { mention(node, block, at); });
}

void Lifetimes::collectUses() {
  for (uint32_t i = 0; i < body_.blocks.size(); ++i) {
    const Index<Block> block(i);
    const std::vector<Step> &steps = body_.blocks[i].steps;
    for (uint32_t position = 0; position < steps.size() && position + 1 < times_[i].size(); ++position) {
      const Step &step = steps[position];
      const Moment at = times_[i][position];
      if (step.kind == StepKind::Call || step.kind == StepKind::Declare) {
        const uint32_t node = step.kind == StepKind::Call ? ofCall(step.index) : step.index;
        made_[node] = at;
        mention(node, block, at);
      }
      if (step.kind == StepKind::Declare && body_.locals[step.index].kind == LocalKind::Capture)
        continue;
      const Index<Block> test = step.kind == StepKind::Loop ? body_.loops[step.index].test : Index<Block>();
      for (Index<Value> value : valuesOf(body_, step))
        test ? addUses(value, test, end(test)) : addUses(value, block, at);
    }
  }
}

/// Who asks for a call's result may ask for what the call was given, and who asks for a reference for what it is bound to.
void Lifetimes::spread() {
  auto isReference = [&](const Local &local) { // What a capture is made of stands in another body.
    return (local.byReference && local.kind != LocalKind::Capture) || local.kind == LocalKind::Binding;
  };
  std::vector<uint32_t> latestFirst(ranges_.size());
  std::iota(latestFirst.begin(), latestFirst.end(), 0);
  llvm::stable_sort(latestFirst, [&](uint32_t a, uint32_t b) { return made_[a] > made_[b]; });
  for (uint32_t node : latestFirst) {
    const Range range = ranges_[node];
    if (!range.scope)
      continue;
    auto add = [&](Index<Value> root) {
      forEachUsed(root, [&](uint32_t used) {
        mention(used, range.scope, begin(range.scope));
        extend(ranges_[used], range.scope, range.end);
      });
    };
    if (node >= body_.locals.size()) {
      const Call &call = body_.calls[node - body_.locals.size()];
      add(call.object);
      add(call.calleeValue);
      llvm::for_each(call.arguments, add);
    } else if (isReference(body_.locals[node])) {
      add(body_.locals[node].init);
    }
  }
  for (uint32_t local = 0; local < body_.locals.size(); ++local) {
    const LocalKind kind = body_.locals[local].kind;
    const bool isOwn = kind == LocalKind::Automatic || kind == LocalKind::Caught || kind == LocalKind::Range;
    if (!isOwn)
      ranges_[local].scope = {};
    else if (ranges_[local].scope && !body_.labels.empty()) // A jump back may come before what mentions it.
      ranges_[local].end = end(ranges_[local].scope);
  }
}

bool Lifetimes::matters(const Place &place, Moment at) const {
  if (!place.isIn(Place::Local) && !place.isIn(Place::Result))
    return true;
  const uint64_t which = place.steps().front().which;
  const Range &range = ranges_[place.isIn(Place::Local) ? which : ofCall(which)];
  return !range.scope || (begin(range.scope) <= at && at <= range.end);
}

} // namespace opex
