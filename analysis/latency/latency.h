// How long entry points, functions and retries take at worst: the limits of the dependency calls and the pauses below
// them, put together along the tree of blocks. What comes one after the other adds up, of several ways the longest
// counts, and so does the longest of what runs at the same time; loops and retries multiply. What is not known stays
// in the result by name (model/symbolic_time.h). Also how often a dependency call is tried.
#pragma once

#include "analysis/bounds/dependencies.h"
#include "analysis/calls/statements.h"
#include "analysis/retries/retries.h"
#include "model/worst_case.h"

namespace opex {

/// Linear in the functions that can wait.
struct Latency {
  std::vector<WorstCase> entryPoints;            ///< Of each of Entries::entryPoints.
  std::vector<std::vector<ChainStep>> chains;    ///< What takes longest, in the order in which it happens; where there is an SLA.
  std::vector<std::optional<WorstCase>> retries; ///< Of all attempts together, pauses included; of each of Retries::retries.

  const std::optional<WorstCase> &of(const Retries &all, const RetryUse &retry) const {
    return retries[&retry - all.retries.data()];
  }

  using Result = Latency;
  using Needs = Inputs<RoleIndex, Subjects, Entries, Statements, Deadlines, Dependencies, RunParameters, RetryWork, Retries>;
  static Latency run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "latency";
};

} // namespace opex
