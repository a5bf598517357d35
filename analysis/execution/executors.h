// Which executors run a function: strands and loops that work is posted to, or that coroutines are started on. What one of them runs
// needs no lock between its pieces.
#pragma once

#include "analysis/execution/threads.h"
#include "model/provenance.h"

#include <map>

namespace opex {

class Executors {
public:
  Executors(const Program &program, const Threads &threads) : program_(program), threads_(threads) {}

  /// `known` are the objects that are executors, as `provenance` tells them apart.
  void learn(const Entries &entries, const std::set<ObjectId> &known, Provenance &provenance);

  /// Those that all work which runs the function is posted to.
  std::set<ObjectId> of(uint32_t function) const;

private:
  const Program &program_;
  const Threads &threads_;
  std::map<uint32_t, std::set<ObjectId>> ofWork_; ///< By the function that the work begins with.
};

} // namespace opex
