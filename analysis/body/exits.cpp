#include "analysis/body/exits.h"

#include "llvm/ADT/STLExtras.h"

#include <set>
#include <vector>

namespace opex {
namespace {

/// Adds up what one block does, and the blocks in it.
class ExitReader {
public:
  ExitReader(const Function &function, const ExitOptions &options) : function_(function), options_(options) {
    for (const Label &label : function.labels)
      if (llvm::any_of(function.exits, [&](const Exit &exit) { return isGotoTo(exit, label); }))
        for (Index<Block> around : enclosingBlocks(function, label.block))
          jumpedInto_.push_back(around);
  }

  Exits block(Index<Block> index, uint32_t from = 0) const { return steps(index, from, {}); }

private:
  static bool isGotoTo(const Exit &exit, const Label &label) {
    return exit.kind == ExitKind::Goto && exit.label == label.name;
  }

  /// `entries`: positions that a switch leads to; without one the first step is where it begins.
  Exits steps(Index<Block> index, uint32_t from, const std::set<uint32_t> &entries) const {
    Exits all;
    if (!index) {
      all.fallsThrough = true;
      return all;
    }
    bool isReached = entries.empty();
    const std::vector<Step> &steps = function_[index].steps;
    for (uint32_t i = from; i < steps.size(); ++i) {
      if (!isReached && !entries.contains(i) && !isJumpedInto(steps[i]))
        continue;
      Exits own = step(steps[i]);
      isReached = own.fallsThrough;
      own.fallsThrough = false;
      all |= own;
    }
    all.fallsThrough = isReached || entries.contains(steps.size());
    return all;
  }

  /// A goto leads to the step, or into it.
  bool isJumpedInto(const Step &step) const {
    if (jumpedInto_.empty())
      return false;
    if (step.kind == StepKind::Label)
      return llvm::any_of(function_.exits,
                          [&](const Exit &exit) { return isGotoTo(exit, function_.labels[step.index]); });
    return llvm::any_of(jumpedInto_, [&](Index<Block> block) {
      return function_[block].parent && function_[block].owner == step;
    });
  }

  Exits step(const Step &step) const {
    Exits exits;
    switch (step.kind) {
    case StepKind::Declare:
    case StepKind::Assign:
    case StepKind::Label: exits.fallsThrough = true; return exits;
    case StepKind::Call: return call(Index<Call>(step.index));
    case StepKind::Exit: return exit(function_.exits[step.index]);
    case StepKind::Block: return block(Index<Block>(step.index));
    case StepKind::Branch:
      exits = block(function_.branches[step.index].then);
      exits |= block(function_.branches[step.index].otherwise);
      return exits;
    case StepKind::Switch: return ofSwitch(function_.switches[step.index]);
    case StepKind::Loop: return loop(function_.loops[step.index]);
    case StepKind::Try: return ofTry(function_.tries[step.index]);
    }
    llvm_unreachable("unknown step");
  }

  Exits call(Index<Call> index) const {
    Exits exits;
    exits.stops = function_[index].isNoReturn || (options_.neverReturns && options_.neverReturns(index));
    exits.fallsThrough = !exits.stops;
    return exits;
  }

  static Exits exit(const Exit &exit) {
    Exits exits;
    switch (exit.kind) {
    case ExitKind::Return:
    case ExitKind::CoReturn: exits.returns = true; break;
    case ExitKind::Throw:
    case ExitKind::Rethrow: exits.throws = true; break;
    case ExitKind::Break: exits.breaks = true; break;
    case ExitKind::Continue: exits.continues = true; break;
    case ExitKind::Goto: exits.jumps = true; break;
    case ExitKind::CoYield: exits.fallsThrough = true; break;
    }
    return exits;
  }

  Exits ofSwitch(const Switch &of) const {
    Exits exits;
    std::set<uint32_t> entries;
    for (const Case &label : of.cases)
      entries.insert(label.position);
    if (!entries.empty())
      exits = steps(of.body, 0, entries);
    exits.fallsThrough |= exits.breaks || !of.hasDefault;
    exits.breaks = false;
    return exits;
  }

  Exits loop(const Loop &of) const {
    const bool isOpen = !of.condition || function_[of.condition].constant.value_or(0) != 0; // `for (;;)`, `while (true)`
    Exits exits = block(of.body), test = block(of.test);
    bool comesRound = exits.fallsThrough || exits.continues;
    bool isTested = (of.kind != LoopKind::DoWhile || comesRound) && test.fallsThrough;
    exits.fallsThrough = exits.breaks || of.kind == LoopKind::RangeFor || (isTested && !isOpen);
    exits.breaks = exits.continues = test.fallsThrough = false;
    exits |= test;
    return exits;
  }

  Exits ofTry(const Try &of) const {
    Exits exits = block(of.body);
    if (!options_.entersHandlers)
      return exits;
    if (llvm::any_of(of.handlers, [&](Index<Handler> handler) { return !function_[handler].caught; }))
      exits.throws = false;
    for (Index<Handler> handler : of.handlers)
      exits |= block(function_[handler].body);
    return exits;
  }

  const Function &function_;
  const ExitOptions &options_;
  std::vector<Index<Block>> jumpedInto_; ///< Blocks with a label in them that a goto leads to.
};

Index<Block> targetFrom(const Function &function, Index<Block> block, ExitKind kind) {
  for (Index<Block> around : enclosingBlocks(function, block)) {
    BlockRole role = function[around].role;
    if (role == BlockRole::LoopBody || (kind == ExitKind::Break && role == BlockRole::SwitchBody))
      return around;
  }
  return {};
}

} // namespace

Exits &Exits::operator|=(const Exits &other) {
  fallsThrough |= other.fallsThrough;
  breaks |= other.breaks;
  continues |= other.continues;
  jumps |= other.jumps;
  returns |= other.returns;
  throws |= other.throws;
  stops |= other.stops;
  return *this;
}

Exits exitsOf(const Function &function, Index<Block> block, const ExitOptions &options, uint32_t from) {
  return ExitReader(function, options).block(block, from);
}

bool alwaysLeaves(const Function &function, Index<Block> block, const ExitOptions &options) {
  return block && !exitsOf(function, block, options).fallsThrough;
}

bool alwaysLeavesLoop(const Function &function, Index<Block> block, const Loop &loop, const ExitOptions &options,
                      uint32_t from) {
  if (!block)
    return false;
  Exits exits = exitsOf(function, block, options, from);
  if (exits.fallsThrough || exits.continues || exits.jumps)
    return false;
  return !exits.breaks || targetFrom(function, block, ExitKind::Break) == loop.body;
}

Index<Block> jumpTarget(const Function &function, const Exit &exit) {
  return targetFrom(function, exit.block, exit.kind);
}

bool isThrow(const Exit &exit) { return exit.kind == ExitKind::Throw || exit.kind == ExitKind::Rethrow; }

bool isReturn(const Exit &exit) { return exit.kind == ExitKind::Return || exit.kind == ExitKind::CoReturn; }

bool returns(const Function &function, NeverReturns neverReturns) {
  if (function.blocks.empty() || function.isCoroutine)
    return true;
  Exits exits = exitsOf(function, Index<Block>(0), {neverReturns});
  return exits.fallsThrough || exits.returns;
}

bool endsProcess(const Program &program, const CallEdge &edge) {
  const Function &callee = *program.functions[edge.callee].body;
  if (!(*program.functions[edge.caller].body)[edge.call].isNoReturn || callee.blocks.empty())
    return false;
  const Exits exits = exitsOf(callee, Index<Block>(0));
  return exits.stops && !exits.throws;
}

} // namespace opex
