#pragma once

#include <chrono>
#include <random>
#include <thread>

namespace shop::retry {

/// Waits before attempt number `attempt` (the first is 1): doubling from 50 ms, with full jitter.
inline void backOff(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  int ceiling = 50 << (attempt < 6 ? attempt : 6);
  std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution<>(0, ceiling)(random)));
}

/// Runs `operation` until it returns true, at most `attempts` times in all. Returns whether it ever did.
template <typename Operation> bool upTo(int attempts, Operation operation) {
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    if (operation())
      return true;
    if (attempt < attempts)
      backOff(attempt);
  }
  return false;
}

} // namespace shop::retry
