// Which calls of a program are work that can fail, and what stands around work: pauses, guards, calls that
// never come back. Judged through the functions that are called, a few levels deep. What makes work a retry
// is retry_walk.h.
#pragma once

#include "analysis/bounds/dependencies.h"
#include "analysis/calls/no_return.h"
#include "analysis/calls/run_parameters.h"
#include "analysis/calls/statements.h"

#include <vector>

namespace opex {

/// How a call gets to a dependency.
struct WorkReach {
  static constexpr uint8_t kNever = 255;
  uint8_t depth = kNever; ///< Calls in between; 0: it is the dependency call itself.
  bool isCertain = false; ///< No possible edge on the way.

  bool reaches() const { return depth != kNever; }
};

class RetryWork {
public:
  using Result = RetryWork;
  using Needs = Inputs<Entries, Statements, Dependencies>;
  static RetryWork run(const Needs &in) { return RetryWork(in); }
  static constexpr llvm::StringLiteral kName = "work";

  explicit RetryWork(const Needs &in);

  /// Logging, pausing and handing work to other threads are no work.
  WorkReach reach(CallRef call) const;

  /// A dependency call at or below the call, for evidence; none where there is none.
  std::vector<CallRef> wayToDependency(CallRef call) const;

  bool isPause(CallRef call) const;

  /// A breaker or a retry budget at or directly below the call.
  bool isGuard(CallRef call) const;

  /// It throws or ends the process whatever happens.
  bool neverReturns(const LinkedFunction &function, Index<Call> call) const;

  /// The function calls its parameter (or a member that callers fill): a helper's work.
  bool isParameterCall(const LinkedFunction &function, Index<Call> call) const;

private:
  struct Near {
    uint8_t pause = 255, guard = 255;
  };
  bool isFollowed(const CallEdge &edge) const;
  void spread();

  const Needs in_;
  const Program &program_;
  std::vector<WorkReach> functions_;
  std::vector<Near> near_;
  NoReturnFunctions noReturn_;
};

} // namespace opex
