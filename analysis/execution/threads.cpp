#include "analysis/execution/threads.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

Threads::Threads(const Needs &in) : program_(in.program()), threads_(program_.functions.size()) {
  const Entries &begins = in.get<Entries>();
  for (const SpawnUse &spawn : begins.spawns) {
    entries_.insert(spawn.entries.begin(), spawn.entries.end());
    spawning_.insert(spawn.call);
  }
  for (uint32_t entry : entries_)
    spread(entry, {entry});
  std::set<uint32_t> requests;
  for (const EntryPointUse &entry : begins.entryPoints)
    requests.insert(entry.function);
  spread(kRequest, {requests.begin(), requests.end()});
  std::vector<uint32_t> others;
  for (const LinkedFunction &function : program_.functions)
    if (!entries_.contains(function.position) && !requests.contains(function.position) &&
        llvm::all_of(function.callers,
                     [&](const CallEdge &edge) { return edge.caller == function.position; }))
      others.push_back(function.position);
  spread(kMain, std::move(others));
}

void Threads::spread(uint32_t thread, std::vector<uint32_t> from) {
  while (!from.empty()) {
    const LinkedFunction &function = program_.functions[from.back()];
    from.pop_back();
    if (!threads_[function.position].insert(thread).second)
      continue;
    for (const CallEdge &edge : function.callees) {
      bool isHandedOver = edge.kind == EdgeKind::Passed && spawning_.contains({edge.caller, edge.call});
      if (!isHandedOver && !(entries_.contains(edge.callee) && edge.kind != EdgeKind::Direct))
        from.push_back(edge.callee);
    }
  }
}

bool Threads::runApart(uint32_t one, uint32_t other) const {
  const std::set<uint32_t> &a = threads_[one], &b = threads_[other];
  auto hasOwn = [](const std::set<uint32_t> &these, const std::set<uint32_t> &those) {
    return llvm::any_of(these, [&](uint32_t thread) { return thread != kMain && !those.contains(thread); });
  };
  return !a.empty() && !b.empty() && (hasOwn(a, b) || hasOwn(b, a));
}

} // namespace opex
