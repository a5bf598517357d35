#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

bool mentions(const Function &function, Index<Value> root, llvm::function_ref<bool(const Value &)> test) {
  std::vector<Index<Value>> queue = {root};
  std::set<uint32_t> calls;
  while (!queue.empty()) {
    Index<Value> index = queue.back();
    queue.pop_back();
    if (!index)
      continue;
    const Value &value = function[index];
    if (test(value))
      return true;
    queue.insert(queue.end(), value.operands.begin(), value.operands.end());
    if (value.kind != ValueKind::Call || !calls.insert(value.index).second)
      continue;
    const Call &call = function.calls[value.index];
    queue.push_back(call.object);
    queue.push_back(call.calleeValue);
    queue.insert(queue.end(), call.arguments.begin(), call.arguments.end());
  }
  return false;
}

Index<Value> withoutCasts(const Function &function, Index<Value> value) {
  while (value && function[value].kind == ValueKind::Cast && !function[value].operands.empty())
    value = function[value].operands[0];
  return value;
}

bool isIn(const Function &function, Index<Block> block, Index<Block> outer) {
  for (; outer && block; block = function[block].parent)
    if (block == outer)
      return true;
  return false;
}

bool isInHandler(const Function &function, Index<Block> block) {
  return llvm::any_of(enclosingBlocks(function, block), [&](Index<Block> outer) { return function[outer].role == BlockRole::HandlerBody; });
}

bool isOnce(const Function &function, const Loop &loop) {
  return loop.kind == LoopKind::DoWhile && loop.condition && function[loop.condition].constant == 0;
}

Index<Value> targetOf(const Call &call) {
  if (call.object)
    return call.object;
  return call.kind == CallKind::Operator && !call.arguments.empty() ? call.arguments.front() : Index<Value>();
}

llvm::SmallVector<Index<Value>, 6> valuesOf(const Function &body, const Step &step) {
  llvm::SmallVector<Index<Value>, 6> roots;
  switch (step.kind) {
  case StepKind::Call: {
    const Call &call = body.calls[step.index];
    roots.push_back(call.object);
    roots.push_back(call.calleeValue);
    roots.append(call.arguments.begin(), call.arguments.end());
    break;
  }
  case StepKind::Declare: roots.push_back(body.locals[step.index].init); break;
  case StepKind::Assign:
    roots.push_back(body.assigns[step.index].target);
    roots.push_back(body.assigns[step.index].value);
    break;
  case StepKind::Branch: roots.push_back(body.branches[step.index].condition); break;
  case StepKind::Switch: roots.push_back(body.switches[step.index].condition); break;
  case StepKind::Loop:
    roots.push_back(body.loops[step.index].condition);
    roots.push_back(body.loops[step.index].range);
    break;
  case StepKind::Exit: roots.push_back(body.exits[step.index].value); break;
  case StepKind::Try:
  case StepKind::Label:
  case StepKind::Block: break;
  }
  return roots;
}

namespace {

class Reader {
public:
  explicit Reader(const Function &body) : body_(body) {}

  Region read(llvm::ArrayRef<Step> steps, bool ownsParameters) {
    for (uint32_t i = 0; ownsParameters && i < body_.parameterCount; ++i)
      region_.own.insert(i);
    collect(steps, /*isInLoop=*/false, /*isBreakable=*/false);
    for (const Step &step : region_.steps)
      for (Index<Value> root : valuesOf(body_, step))
        addUses(root, step);
    return std::move(region_);
  }

private:
  void collect(llvm::ArrayRef<Step> steps, bool isInLoop, bool isBreakable) {
    for (const Step &step : steps) {
      region_.steps.push_back(step);
      switch (step.kind) {
      case StepKind::Declare: region_.own.insert(step.index); break;
      case StepKind::Branch:
        collect(body_.branches[step.index].then, isInLoop, isBreakable);
        collect(body_.branches[step.index].otherwise, isInLoop, isBreakable);
        break;
      case StepKind::Switch: collect(body_.switches[step.index].body, isInLoop, true); break;
      case StepKind::Loop:
        if (body_.loops[step.index].variable)
          region_.own.insert(body_.loops[step.index].variable.value);
        collect(body_.loops[step.index].test, true, true);
        collect(body_.loops[step.index].body, true, true);
        collect(body_.loops[step.index].increment, true, true);
        break;
      case StepKind::Try:
        region_.tries.insert(step.index);
        collect(body_.tries[step.index].body, isInLoop, isBreakable);
        for (Index<Handler> handler : body_.tries[step.index].handlers) {
          if (body_[handler].variable)
            region_.own.insert(body_[handler].variable.value);
          collect(body_[handler].body, isInLoop, isBreakable);
        }
        break;
      case StepKind::Block: collect(body_.blocks[step.index].steps, isInLoop, isBreakable); break;
      case StepKind::Exit: addExit(step.index, isInLoop, isBreakable); break;
      case StepKind::Call:
      case StepKind::Assign:
      case StepKind::Label: break;
      }
    }
  }

  void collect(Index<Block> block, bool isInLoop, bool isBreakable) {
    if (block)
      collect(body_[block].steps, isInLoop, isBreakable);
  }

  void addExit(uint32_t index, bool isInLoop, bool isBreakable) {
    ExitKind kind = body_.exits[index].kind;
    if ((kind == ExitKind::Break && isBreakable) || (kind == ExitKind::Continue && isInLoop))
      return;
    if (kind != ExitKind::Throw && kind != ExitKind::Rethrow)
      region_.exits.push_back(index);
  }

  /// Of the tree of one value; the arguments of its calls are used by these calls.
  void addUses(Index<Value> root, const Step &step) {
    std::vector<Index<Value>> queue = {root};
    while (!queue.empty()) {
      Index<Value> index = queue.back();
      queue.pop_back();
      if (!index)
        continue;
      const Value &value = body_[index];
      if (value.kind == ValueKind::Call)
        region_.callUses[value.index].push_back(step);
      else if (value.kind == ValueKind::Local && region_.own.contains(value.index))
        region_.localUses[value.index].push_back(step);
      queue.insert(queue.end(), value.operands.begin(), value.operands.end());
    }
  }

  const Function &body_;
  Region region_;
};

} // namespace

Region readRegion(const Function &function, llvm::ArrayRef<Step> steps, bool ownsParameters) {
  return Reader(function).read(steps, ownsParameters);
}

} // namespace opex
