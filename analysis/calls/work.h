// Which calls of a program are work that can fail, and what stands around work: pauses, guards, calls that
// never come back. Judged through the functions that are called, however deep. What makes work a retry is
// paths/walk.h.
#pragma once

#include "analysis/bounds/dependencies.h"
#include "analysis/calls/no_return.h"
#include "analysis/calls/run_parameters.h"
#include "analysis/calls/statements.h"

#include <vector>

namespace opex {

/// How a call gets to a dependency.
struct WorkReach {
  static constexpr uint32_t kNever = UINT32_MAX;
  uint32_t depth = kNever; ///< Calls in between; 0: it is the dependency call itself.
  bool isCertain = false; ///< No possible edge on the way.

  bool reaches() const { return depth != kNever; }
};

class RetryWork {
public:
  /// Which calls are the work.
  enum class Of : uint8_t {
    Attempts, ///< Dependencies: that they fail is a reason to try again.
    Accepts,  ///< Waits that fail at once while what they wait for is there. To wait for it is no pause then.
  };

  using Result = RetryWork;
  using Needs = Inputs<Entries, Statements, NoReturn, Dependencies>;
  static RetryWork run(const Needs &in) { return RetryWork(in); }
  static constexpr llvm::StringLiteral kName = "work";

  explicit RetryWork(const Needs &in, Of of = Of::Attempts);

  /// Logging, pausing and handing work to other threads are no work.
  WorkReach reach(CallRef call) const;

  /// The way to the dependency call nearest below the call, for evidence; none where there is none.
  std::vector<CallRef> wayToDependency(CallRef call) const;

  /// A dependency is reached from the function.
  bool worksIn(uint32_t function) const { return depths_[function] != WorkReach::kNever; }

  bool isPause(CallRef call) const;

  /// Of Accepts: the failures after which they fail at once.
  llvm::ArrayRef<std::string> failures() const { return failures_; }

  /// A breaker or a retry budget at or below the call.
  bool isGuard(CallRef call) const;

  /// A breaker or a retry budget stands in the function itself.
  bool holdsBack(uint32_t function) const { return holdsBack_[function]; }

  /// It throws or ends the process whatever happens.
  bool neverReturns(const LinkedFunction &function, Index<Call> call) const { return in_.get<NoReturn>().at(function, call); }

  /// What the call runs is run by this thread for its own sake, not by another one and not to log.
  bool isFollowed(CallRef call) const;

private:
  std::optional<CallRef> nearestIn(const LinkedFunction &function) const;
  bool surelyRuns(CallRef call, const std::vector<bool> &functions) const;
  bool isMeant(const DependencyUse &use) const;
  bool isPausing(const DependencyUse &use) const;

  const Needs in_;
  const Of of_;
  std::vector<std::string> failures_;
  const Program &program_;
  std::vector<uint32_t> depths_;                        ///< Of the nearest dependency below each function.
  std::vector<bool> isCertain_, pauses_, guards_; ///< Some surely run call is a dependency, pauses, guards.
  std::vector<bool> holdsBack_;
};

} // namespace opex
