// Which threads may run a function: those that start at the work somebody spawned, those of the requests, and
// the one that `main` and everything unknown begin on.
#pragma once

#include "analysis/entries/reach.h"

#include <set>

namespace opex {

class Threads {
public:
  using Result = Threads;
  using Needs = Inputs<Entries>;
  static Threads run(const Needs &in) { return Threads(in); }
  static constexpr llvm::StringLiteral kName = "threads";

  explicit Threads(const Needs &in);

  /// Work handed to another thread begins here.
  bool isEntry(uint32_t function) const { return entries_.contains(function); }

  /// Something runs one of the two and never the other, so that they run on different threads.
  bool runApart(uint32_t one, uint32_t other) const;

  /// Threads it may run on: positions of the functions they begin with, or one of the two below.
  const std::set<uint32_t> &of(uint32_t function) const { return threads_[function]; }
  static constexpr uint32_t kMain = UINT32_MAX, kRequest = UINT32_MAX - 1;

private:
  void spread(uint32_t thread, std::vector<uint32_t> from);

  const Program &program_;
  std::set<uint32_t> entries_;
  std::set<CallRef> spawning_;
  std::vector<std::set<uint32_t>> threads_;
};

} // namespace opex
