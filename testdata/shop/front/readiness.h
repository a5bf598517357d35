#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace shop {

/// Set once the first look at the catalogue has succeeded.
class Readiness {
public:
  void markReady();
  bool isReady();

  /// Returns when the service is ready.
  void await();

  /// Whether the service became ready within `patience`.
  bool awaitFor(std::chrono::milliseconds patience);

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
};

} // namespace shop
