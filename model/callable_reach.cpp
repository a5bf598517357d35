#include "model/provenance_steps.h"

namespace opex {

/// Looks at every value that can be come to from the one asked for and that no question before came to, and then
/// carries what it found of callables forward along the way it came.
struct Provenance::CallableSearch : Steps {
  uint32_t current = 0;
  std::vector<uint32_t> callables;

  explicit CallableSearch(Provenance &self) : Steps(self, /*intoCallers=*/true, /*inAnyContext=*/true) {}

  uint32_t positionOf(uint32_t function, Index<Value> value) {
    auto [entry, isNew] = self.reachedPositions_.try_emplace({function, value.value}, self.reached_.size());
    if (isNew)
      self.reached_.push_back({function, value, false, {}});
    return entry->second;
  }

  void follow(uint32_t function, Index<Value> value, State) override {
    if (!value)
      return;
    uint32_t source = positionOf(function, value);
    if (self.reached_[source].isReached)
      callables.push_back(current);
    else
      self.reached_[source].reaches.push_back(current);
  }

  void arrive(Origin origin, const State &) override {
    if (origin.kind == Origin::Callable)
      callables.push_back(current);
  }

  void run(uint32_t first) {
    for (current = first; current < self.reached_.size(); ++current)
      stepFrom(self.reached_[current].function, self.reached_[current].value, {});
    while (!callables.empty()) {
      ReachedValue &value = self.reached_[callables.back()];
      callables.pop_back();
      if (value.isReached)
        continue;
      value.isReached = true;
      callables.insert(callables.end(), value.reaches.begin(), value.reaches.end());
    }
  }
};

bool Provenance::mayBeCallable(uint32_t function, Index<Value> value) {
  if (!value)
    return false;
  CallableSearch search(*this);
  uint32_t known = reached_.size();
  uint32_t position = search.positionOf(function, value);
  search.run(known);
  return reached_[position].isReached;
}

} // namespace opex
