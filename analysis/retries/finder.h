// The parts of the pass Retries: each finds retries of some forms and adds them to `found`. What they share:
// the program, which calls are work, where code runs in the background.
#pragma once

#include "analysis/body/counters.h"
#include "analysis/body/loops.h"
#include "analysis/retries/retries.h"
#include "analysis/paths/walk.h"

namespace opex {

/// Doubts about a retry.
inline constexpr const char *kUncertainReach = "a call between the retry and the dependency may run something else";
inline constexpr const char *kUncertainWork = "what the callable holds is not certain";

struct RetryFinder {
  explicit RetryFinder(const Retries::Needs &in) : RetryFinder(in, in.get<RetryWork>()) {}
  RetryFinder(const Retries::Needs &in, const RetryWork &work)
      : in(in), program(in.program()), roles(in.get<RoleIndex>()), subjects(in.get<Subjects>()), work(work),
        endings(in, work) {}

  const Retries::Needs in;
  const Program &program;
  const RoleIndex &roles;
  const Subjects &subjects;
  const RetryWork &work;
  mutable Endings endings; ///< Remembers what it has walked.
  std::vector<RetryUse> found;
  std::vector<RejectedCandidate> rejections; ///< Loops that are none.
  /// Loops that do a parameter again and again: by function, what their callers' calls are made of.
  struct HelperLoop {
    uint32_t function = 0;
    uint32_t parameter = 0;
    Attempts attempts;
    Index<Value> limit; ///< In `function`, where it says how often.
    int64_t offset = 0; ///< Attempts are the limit and this.
    bool pauses = false, isGuarded = false;
  };
  std::vector<HelperLoop> helpers;
};

/// How often something is done, and what says so.
struct AttemptsRead {
  Attempts attempts;
  Index<Value> limit;
  int64_t offset = 0;
  Site site; ///< Of the comparison or loop that says it.
};

/// Of a loop that is a retry. Counters that `counts` refuses end nothing.
AttemptsRead attemptsOf(RetryFinder &finder, const LinkedFunction &function, Index<Loop> loop, CounterTest counts);

/// The same, of a counter among the members of the object whose methods do the work.
AttemptsRead attemptsInMethods(RetryFinder &finder, const LinkedFunction &function, Index<Call> work);

/// Where rounds begin and where they do what is tried, as offsets.
struct RoundPlaces {
  uint32_t begin = 0;
  uint32_t work = 0; ///< A test behind it comes after an attempt.
  Index<Call> again = {}; ///< What sets the next round up; members of what it is given count from 0.
};

/// Of what comes back by a jump or a call: the counter compared on the way, if there is one.
AttemptsRead attemptsBetween(RetryFinder &finder, const LinkedFunction &function, BlockTest isInside,
                             CounterTest counts = {}, RoundPlaces places = {});

/// Replaces a symbol by the number it always is, or starts as.
void resolveLimit(RetryFinder &finder, const Frame &frame, Index<Value> limit, int64_t offset,
                  Attempts &attempts);

/// The call's failure, and nothing else, leads back to it. `assumedFailure` says how it fails.
struct RetryProof {
  bool isRetry = false;
  bool isOnlySome = false; ///< Some of what counts as success leads back as well.
  bool pauses = false;
  bool throughHandler = false;
  llvm::StringRef why = {}; ///< It is none; a literal.
};
RetryProof proveRetry(const RetryFinder &finder, const LinkedFunction &function, const Round &round,
                      Index<Call> work, llvm::function_ref<bool(Index<Call>)> isWork);

/// All ways round after the work's failure pass the step: only then what it changes ends the attempts.
bool countsFailures(const RetryFinder &finder, const LinkedFunction &function, Round round, Index<Call> work,
                    llvm::function_ref<bool(Index<Call>)> isWork, Step change);

/// Adds what `round` repeats to `use`; returns whether it is a retry.
bool collectWork(RetryFinder &finder, const LinkedFunction &function, const Round &round,
                 llvm::function_ref<bool(const Call &)> isMeant, RetryUse &use);

/// How often the work is done when it fails each time, where flags that the rounds set end it; none if more than a few
/// times.
std::optional<int64_t> attemptsByFlags(const RetryFinder &finder, const LinkedFunction &function, Round round, Index<Call> work,
                                       llvm::function_ref<bool(Index<Call>)> isWork);

void findLoops(RetryFinder &finder);
void findJumps(RetryFinder &finder);         ///< goto.
void findRecursions(RetryFinder &finder);    ///< Functions that call themselves, over others perhaps.
void findResubmissions(RetryFinder &finder); ///< Tasks and timers that set themselves up again.
void findAnswers(RetryFinder &finder);       ///< Functions that what they hand to a client calls again; after the others.
void findRetryCalls(RetryFinder &finder);    ///< Helpers that take a callable, and libraries.

/// A breaker or budget stands in the blocks.
bool isGuardedIn(const RetryFinder &finder, const LinkedFunction &function,
                 llvm::function_ref<bool(Index<Block>)> isInside);

} // namespace opex
