#include "analysis/execution/executors.h"

namespace opex {

void Executors::learn(const Entries &entries, const std::set<ObjectId> &known, Provenance &provenance) {
  if (known.empty())
    return;
  for (const SpawnUse &spawn : entries.spawns) {
    const Call &call = (*program_.functions[spawn.call.function].body)[spawn.call.call];
    llvm::SmallVector<Index<Value>, 4> values(call.arguments.begin(), call.arguments.end());
    values.push_back(call.object);
    for (Index<Value> value : values)
      if (value)
        for (const Arrival &arrival : provenance.resolve(spawn.call.function, value))
          if (known.contains(arrival.origin.object()))
            for (uint32_t entry : spawn.entries)
              ofWork_[entry].insert(arrival.origin.object());
  }
}

std::set<ObjectId> Executors::of(uint32_t function) const {
  std::set<ObjectId> common;
  bool isFirst = true;
  for (uint32_t thread : threads_.of(function)) {
    auto found = ofWork_.find(thread);
    if (found == ofWork_.end())
      return {};
    if (isFirst)
      common = found->second;
    else
      std::erase_if(common, [&](const ObjectId &object) { return !found->second.contains(object); });
    isFirst = false;
  }
  return common;
}

} // namespace opex
