#include "analysis/execution/startup.h"

#include "analysis/body/loops.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>

namespace opex {
namespace {

bool isStart(const LinkedFunction &function) {
  return function.body->isMain || function.body->kind == FunctionKind::GlobalInitializer;
}

/// The call stands in a loop that no data and no number ends: a service's main loop.
bool isInServiceLoop(const Program &program, const LinkedFunction &function, Index<Call> call) {
  return llvm::any_of(loopsAround(*function.body, (*function.body)[call].block), [&](Index<Loop> loop) {
    Rounds rounds = roundsOf(program, function, loop);
    return rounds.kind == Rounds::Endless || rounds.kind == Rounds::Condition;
  });
}

} // namespace

StartupOnly::Result StartupOnly::run(const Needs &in) {
  const Program &program = in.program();
  Result result(program.functions.size(), 1);
  std::deque<uint32_t> queue;
  auto exclude = [&](uint32_t function) {
    if (result[function]) {
      result[function] = 0;
      queue.push_back(function);
    }
  };
  for (const LinkedFunction &function : program.functions) {
    if (isStart(function))
      continue;
    // Handed to somebody who may call it at any time, or called by nobody we see.
    bool isHandedOut = llvm::any_of(function.callers, [](const CallEdge &edge) { return edge.kind == EdgeKind::Passed; });
    if (function.callers.empty() || isHandedOut)
      exclude(function.position);
  }
  for (const EntryPointUse &entry : in.get<Entries>().entryPoints)
    exclude(entry.function);
  for (const LinkedFunction &function : program.functions)
    if (isStart(function))
      for (const CallEdge &edge : function.callees)
        if (isInServiceLoop(program, function, edge.call))
          exclude(edge.callee);
  while (!queue.empty()) {
    const LinkedFunction &function = program.functions[queue.front()];
    queue.pop_front();
    for (const CallEdge &edge : function.callees)
      if (!program.functions[edge.callee].body->isMain)
        exclude(edge.callee);
  }
  return result;
}

} // namespace opex
