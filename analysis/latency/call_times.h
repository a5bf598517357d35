// How long a single call takes at worst: the phases of a dependency call, a pause, the body that is called. Part of
// latency.h.
#pragma once

#include "analysis/latency/latency.h"
#include "analysis/latency/timed.h"

#include <set>

namespace opex {

class CallTimes {
public:
  using Needs = Inputs<RoleIndex, Subjects, Entries, Statements, Deadlines, Dependencies, RunParameters, Retries>;

  explicit CallTimes(const Needs &in);

  /// What is known of functions; what is not is taken for nothing.
  std::vector<std::optional<Timed>> functions;

  Timed of(const LinkedFunction &function, Index<Call> call);

  /// Adds the functions whose times `of`, `spawned` and `joinedBy` take together for this call.
  void addNeeded(const LinkedFunction &function, Index<Call> call, llvm::SmallVectorImpl<uint32_t> &into) const;

  /// What runs on another thread because of the call.
  Timed spawned(const SpawnUse &spawn) const;

  /// The spawns whose end the call waits for.
  llvm::SmallVector<CallRef, 1> joinedBy(const LinkedFunction &function, Index<Call> call) const;

  /// Work that is seen to wait begins here: dependency calls and pauses.
  bool waits(CallRef call) const { return in_.get<Dependencies>().at(call) || pauseRow(call); }

  /// The retries of a form that stand at a call, or work on it.
  const RetryUse *retryAt(CallRef call, RetryForm form) const;

  /// The factor of a retry; none is seen as once.
  static TimeFactor factorOf(const Attempts &attempts);

  /// Of retries, by their place in Retries::retries.
  std::map<uint32_t, Timed> retries;

private:
  const rules::Pause *pauseRow(CallRef call) const;
  Timed dependency(const DependencyUse &use) const;
  SymbolicTime timeOf(CallRef call, int64_t ns, const TimePoint &until, const std::vector<ChainStep> &evidence) const;
  Timed pause(CallRef call, const rules::Pause &row);
  Timed callees(const LinkedFunction &function, Index<Call> call);
  Timed helper(const LinkedFunction &function, Index<Call> call, const RetryUse &use);
  Timed function(uint32_t position) const { return functions[position] ? *functions[position] : Timed(); }
  bool isRun(const LinkedFunction &caller, const CallEdge &edge) const;
  Timed bound(const LinkedFunction &caller, Index<Call> call, const CallEdge &edge, Timed time);
  Timed argument(const LinkedFunction &caller, Index<Call> call, uint32_t parameter, uint32_t &runs);
  Timed limited(CallRef call, Timed time) const;

  const Needs in_;
  const Program &program_;
  const RoleIndex &roles_;
  const Subjects &subjects_;
  const std::map<CallRef, EnclosingDeadline> &deadlines_;
  std::map<CallRef, const EnclosingDeadline *> limiting_; ///< By the call that gives up.
  std::map<CallRef, uint32_t> retriesByCall_;
  std::map<CallRef, const IterationUse *> iterations_;
  std::set<uint32_t> entries_; ///< Where work on other threads begins: not run by whoever hands it on.
};

} // namespace opex
