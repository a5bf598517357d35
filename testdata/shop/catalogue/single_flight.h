#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <stdexcept>

namespace shop {

/// Runs one computation per key at a time; who asks for the same key meanwhile shares its result.
template <typename Key, typename Result> class SingleFlight {
public:
  /// Throws when somebody else's computation takes longer than `patience`.
  Result run(const Key &key, std::chrono::milliseconds patience, const std::function<Result()> &compute) {
    std::promise<Result> promise;
    std::shared_future<Result> shared;
    {
      std::lock_guard lock(mutex_);
      auto [flight, first] = flights_.try_emplace(key, promise.get_future().share());
      if (!first)
        shared = flight->second;
    }
    if (shared.valid()) {
      if (shared.wait_for(patience) != std::future_status::ready)
        throw std::runtime_error("somebody else is still computing this");
      return shared.get();
    }
    try {
      Result result = compute();
      promise.set_value(result);
      land(key);
      return result;
    } catch (...) {
      promise.set_exception(std::current_exception());
      land(key);
      throw;
    }
  }

private:
  void land(const Key &key) {
    std::lock_guard lock(mutex_);
    flights_.erase(key);
  }

  std::mutex mutex_;
  std::map<Key, std::shared_future<Result>> flights_;
};

} // namespace shop
