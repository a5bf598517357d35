#include "front/readiness.h"

namespace shop {

void Readiness::markReady() {
  {
    std::lock_guard lock(mutex_);
    ready_ = true;
  }
  changed_.notify_all();
}

bool Readiness::isReady() {
  std::lock_guard lock(mutex_);
  return ready_;
}

void Readiness::await() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_; });
}

bool Readiness::awaitFor(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return ready_; });
}

} // namespace shop
