// How far a run is, on standard error: one line that is rewritten on a terminal, a plain line now and then
// elsewhere. Says nothing about results.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <cstddef>

namespace opex {

class Progress {
public:
  /// `total` TUs are coming. Quiet runs print nothing.
  Progress(size_t total, bool quiet);
  ~Progress();

  void done(llvm::StringRef file);

private:
  using Clock = std::chrono::steady_clock;
  size_t total_, finished_ = 0;
  bool quiet_, isTerminal_;
  Clock::time_point start_, lastLine_;
};

} // namespace opex
