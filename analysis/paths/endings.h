// How functions come out when the work in them succeeds, and when it fails: what they return, what they throw, and what
// they leave in members and out-parameters. Read from their bodies, callees first; so a caller's condition is decided by
// what is returned, and not by how the function is called.
#pragma once

#include "analysis/execution/call_components.h"
#include "analysis/outcome/outcomes.h"
#include "analysis/paths/lifetimes.h"

namespace opex {

/// One way out of a function.
struct Ending {
  bool hasWorked = false, hasFailed = false; ///< Work was done; some of it failed.
  bool throws = false, hasPaused = false;
  bool looksFailed = false; ///< The caller sees what it sees after a failure, though the work succeeded.
  EntityId thrown;  ///< The record thrown, where that is known.
  Known result;
  Env env; ///< Of members, globals and parameters that lead out.

  auto operator<=>(const Ending &) const = default;
};

/// All ways out; sorted.
struct EndingsOf {
  std::vector<Ending> all;
  std::optional<int64_t> sentinel; ///< All failures return this number.
  bool isApart = false;            ///< No data is the sentinel.
  bool isBlurred = false;          ///< Failures return data as well: nothing tells the two apart.
  bool isAlike = false;            ///< Failures return what successes do; what decides is out of sight.
};

/// Which places of a caller are which of the callee's.
class Crossing {
public:
  Crossing(const Program &program, const CallEdge &edge);

  /// What the callee knows of what the caller does. `outcomes`: of the caller.
  Env enter(const Outcomes &outcomes, const Env &env) const;
  /// What the caller knows behind the call. `isWhole`: the callee was told all that the caller knew.
  void leave(const Ending &ending, bool isWhole, Env &env) const;

private:
  struct Pair {
    Place outside, inside;
    bool isWholeBack = false; ///< The variable itself is the caller's.
  };
  std::vector<Pair> pairs_;
  std::vector<Index<Value>> arguments_; ///< By parameter.
};

/// It has a `throw` of its own.
bool throwsItself(const Function &body);

class Endings {
public:
  using Needs = Inputs<Dependencies, RetryWork>;

  /// Of the work as `work` has it.
  Endings(const Needs &in, const RetryWork &work);

  /// Calls that are told what their caller knows are followed no deeper.
  static constexpr uint32_t kDeepest = 4;

  /// Of what the edge runs, reached through `depth` calls that were told something; null if that is not to be told.
  const EndingsOf *of(const CallEdge &edge, const Env &known, uint32_t depth);

  /// Of a function that is told nothing.
  const EndingsOf *of(uint32_t function);

  /// Of the function when just this call in it fails, whatever other work does; null if that is not to be told.
  const EndingsOf *whenFails(CallRef call);

  /// Who called the function can tell that the call in it has failed. `throws`: that may come as an exception.
  bool passesOn(CallRef call, bool throws);

  /// Somewhere below the call something is thrown in sight, or what is out of sight may throw.
  bool mayThrowBelow(CallRef call);

  const Needs &inputs() const { return in_; }
  const RetryWork &work() const { return work_; }
  const Program &program() const { return in_.program(); }

  /// A dependency is reached from the function.
  bool isWork(uint32_t function) const { return works_[function]; }
  /// The call itself leaves the process, by a row.
  bool isDependency(CallRef call) const { return in_.get<Dependencies>().at(call); }
  bool mayThrow(const LinkedFunction &function, Index<Call> call) const;
  /// How many states all walks of rounds in the function may still see together: so many for each step of it.
  size_t &budgetOf(const LinkedFunction &function);
  /// Functions with a round that has more paths than are walked.
  std::set<uint32_t> tooManyPaths;

  /// Blocks of the function in which time passes.
  const std::vector<bool> &pausingBlocks(const LinkedFunction &function);
  const Lifetimes &lifetimesOf(const LinkedFunction &function);

private:
  struct Key {
    uint32_t function = 0, depth = 0;
    Env env;
    auto operator<=>(const Key &) const = default;
  };
  void findThrowing();
  bool isSmall(const LinkedFunction &function) const;
  void settleBelow(uint32_t function);
  const EndingsOf *find(const Key &key);

  const Needs in_;
  const RetryWork &work_;
  CallComponents components_;
  std::vector<bool> works_;
  std::vector<bool> throwing_; ///< Functions; none until somebody asks.
  std::vector<bool> settled_; ///< What lies below it has been walked.
  std::map<Key, std::optional<EndingsOf>> known_;
  std::map<CallRef, std::optional<EndingsOf>> failing_;
  std::map<uint32_t, std::vector<bool>> pausing_;
  std::map<uint32_t, Lifetimes> lifetimes_;
  std::map<uint32_t, size_t> budgets_;
};

} // namespace opex
