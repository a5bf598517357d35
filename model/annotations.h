// What rules say about a program, as plain data: which calls leave the process and how each is bounded,
// which functions requests enter by, what is logged. Filled by analysis/, read by checks.
#pragma once

#include "model/body.h"
#include "model/finding.h"
#include "model/worst_case.h"

#include "llvm/ADT/ArrayRef.h"

#include <optional>
#include <string>
#include <vector>

namespace opex {

/// A call of a linked function.
struct CallRef {
  uint32_t function = 0; ///< Position in Program::functions.
  Index<Call> call;

  auto operator<=>(const CallRef &) const = default;
};

/// What is known of a limit. See the SPEC's vocabulary: only `Unset` and `Infinite` are findings.
enum class BoundState : uint8_t {
  Set,      ///< On all paths.
  Unset,    ///< We saw everything that touches the subject, and nothing bounds it.
  Infinite, ///< Set, to a value that means "no limit".
  Partly,   ///< Unset or infinite on some path only.
  Unknown,  ///< Escapes our sight.
};

/// A limit that is a point in time: what is done until then shares it.
struct TimePoint {
  enum Kind : uint8_t {
    None,      ///< A duration.
    Fresh,     ///< Worked out where it is given.
    Local,     ///< Variable `local` of `function`.
    Elsewhere, ///< Of somebody else, who has used up some of it.
  } kind = None;
  uint32_t function = 0, local = 0;
};

struct PhaseBound {
  std::string phase;
  BoundState state = BoundState::Unknown;
  std::optional<int64_t> valueNs;  ///< When Set to one known value.
  Confidence confidence = Confidence::High; ///< Of the state, from the weakest step of its evidence.
  std::string reason;              ///< Of Unset, Infinite, Partly: what is missing; of Unknown: what hides it.
  std::vector<ChainStep> evidence; ///< What touches the subject.
  std::vector<ChainStep> others;   ///< Where other subjects with the same lack come from that reach the call.
  std::string limitedBy;           ///< Of Set: the setting that does it; one may limit several phases together.
  bool isChosen = false;           ///< Of Set: the program says it, it is not the library's default.
  TimePoint until{};               ///< Of Set.
  std::string doubt = {};          ///< Why the confidence is not high.
};

/// A call that leaves the process, or waits inside it.
struct DependencyUse {
  CallRef call;
  std::string rule;   ///< The pack's row: `curl/curl_easy_perform`.
  std::string callee; ///< As messages name it.
  std::string kind;   ///< "http", "rpc", …
  bool isLocalWait = false;
  bool isIdleWait = false;
  bool isContinued = false; ///< Called again, it goes on where it stopped.
  bool onRequestPath = false;
  bool isPossiblePath = false; ///< The request path goes through a possible edge.
  std::vector<PhaseBound> phases;
  std::string defaultText, advice;
  /// Identity of the subject whose phases these are; uses in one function that share it are one fault.
  std::string subject;
  Index<Value> subjectValue; ///< The object as the call names it.
  std::optional<CallRef> deadlineBy; ///< The call that limits it from around it.
  std::optional<int64_t> deadlineNs; ///< To this, if that is known.
};

struct EntryPointUse {
  uint32_t function = 0;
  std::string kind;
  std::optional<int64_t> slaNs{}; ///< How long an answer may take.
  std::string rule{};             ///< The pack's row.
  WorstCase worst{};
  std::vector<ChainStep> chain{}; ///< What takes longest, in the order in which it happens; where there is an SLA.
};

struct LogStatement {
  CallRef call;
  std::string level; ///< "info", …; empty if it cannot be told.
  bool isRateLimited = false;
  bool isProgramOutput = false; ///< To a standard stream.
  bool isMacro = false; ///< Known by the macro it comes out of, which may ask for the level first.
  std::string rule;     ///< The pack's row.
};

/// A call that ends the process or asserts that something cannot happen.
struct AbortUse {
  CallRef call;
  bool isAssertion = false;
};

/// A call that hands an error on.
struct ErrorReportUse {
  CallRef call;
};

/// A function run on another thread.
struct SpawnUse {
  CallRef call;
  std::vector<uint32_t> entries; ///< Functions that may run there.
  bool isThread = false;
};

/// How often work is done, the first time included.
struct Attempts {
  enum Kind : uint8_t { Known, Symbol, Unbounded, Unknown } kind = Unknown;
  int64_t count = 0; ///< Of Known.
  std::string text;  ///< Of Symbol: as its author writes it.
};

enum class RetryForm : uint8_t {
  Loop,         ///< A loop, or a goto back.
  Recursion,    ///< A function calls itself (over others, perhaps).
  Helper,       ///< A function that takes what to do and does it again; `site` is the call of the helper.
  Resubmission, ///< A task puts itself back into its queue, timer or state.
  Library,      ///< Inside one call of a library.
};

/// The same operation done again because it failed.
struct RetryUse {
  RetryForm form = RetryForm::Loop;
  uint32_t function = 0; ///< Where it stands.
  Site site;             ///< The loop's keyword, or the call.
  Index<Loop> loop;      ///< Of Loop, but for gotos.
  Index<Call> call;      ///< Of Helper and Library.
  std::vector<CallRef> work;      ///< Calls that are done again, in `function` or in the callable handed to a helper.
  Attempts attempts;
  bool pauses = false;    ///< Time passes in between.
  bool isGuarded = false; ///< By a breaker or a retry budget.
  bool isChosen = true;   ///< The program says how often; false: it is what a library does by default.
  bool isBackground = false; ///< Only on threads that neither requests nor the start of the process wait for.
  std::string rule;       ///< The pack's row, of Library and Helper forms.
  Confidence confidence = Confidence::High;
  std::string doubt;               ///< Why the confidence is not high.
  std::vector<ChainStep> evidence; ///< What decides the attempts.
  std::optional<WorstCase> worst;  ///< Of all attempts together, pauses included.
};

/// A retry inside what another retry does again.
struct RetryLevel {
  uint32_t retry = 0;       ///< In Annotations::retries.
  std::vector<CallRef> way; ///< Calls that lead to it from the work of the one around it.
};

/// Retries inside one another, the outermost first: their attempts multiply.
struct RetryNest {
  std::vector<RetryLevel> levels; ///< At least two.
  std::vector<CallRef> work;      ///< From the innermost retry to the call that leaves the process, if one is seen.
  bool isCertain = false;         ///< All calls on the way surely run what they are taken to run.
};

/// A queue between threads, with all that is done to it.
struct QueueUse {
  std::string rule; ///< The pack's row of `grows`.
  std::string name; ///< As its users call it: `jobs_`.
  Location declared;
  std::vector<CallRef> pushes, pops; ///< Sorted. An executor has no pops.
  std::optional<CallRef> grows;      ///< The push that is held back by nothing, if there is one.
  bool onRequestPath = false;        ///< That push is made while a request waits.
  PhaseBound bound; ///< Its phase is "capacity"; the evidence leads to `grows` and to where it is emptied.
  std::string advice;
};

/// A call that reads or writes where data is kept.
struct StoreUse {
  CallRef call;
  std::string callee, kind;
  bool isWrite = false, isContainer = false;
  Index<Value> result; ///< Of a read, where it is an argument; none: the call's result.
  Index<Value> key;
  std::string rule; ///< The pack's row.
};

/// A branch that asks how much is to be logged.
struct LogGuardUse {
  uint32_t function = 0, branch = 0;

  auto operator<=>(const LogGuardUse &) const = default;
};

/// A call that runs callables once for each of many elements.
struct IterationUse {
  CallRef call;
  std::vector<uint32_t> work;
};

enum class GuardKind : uint8_t { Limiter, Breaker, RetryBudget, SingleFlight };

/// A call that holds work back; `work` are the callables handed to it.
struct GuardUse {
  CallRef call;
  GuardKind kind = GuardKind::Limiter;
  std::vector<uint32_t> work;
};

/// Two ways to one result, and what decides between them: one is gone every day, the other when that fails.
struct TwoWays {
  enum Reason : uint8_t {
    Miss,    ///< A cache does not have it.
    Failure, ///< An exception or a status.
    Nothing, ///< What was asked failed, or found nothing.
  } reason = Miss; ///< Why the rare way is gone.
  CallRef common, rare;                                  ///< In one function.
  std::string commonName, rareName; ///< What is called for each of them.
  std::string rareKind;             ///< Of what the rare way asks: "database", …
  Site decision;
  BoundState timeout = BoundState::Unknown; ///< Of the rare way: the worst of its calls.
  bool isGuarded = false; ///< A limiter, a single flight or a lock stands before it.
  Confidence confidence = Confidence::High; ///< That these are two ways to one result.
  std::string doubt;                        ///< Why it is not high.
  std::vector<ChainStep> evidence;          ///< From the common way to the rare one.
};

/// A call or loop that the analysis looked at and that came to nothing.
struct PassedOver {
  uint32_t function = 0;
  Index<Call> call;
  Index<Loop> loop;       ///< If it is no call.
  llvm::StringRef reason; ///< A literal.
};

struct Annotations {
  std::vector<DependencyUse> dependencies; ///< Sorted by call.
  std::vector<EntryPointUse> entryPoints;
  std::vector<LogStatement> logs;          ///< Sorted by call.
  std::vector<AbortUse> aborts;            ///< Sorted by call.
  std::vector<ErrorReportUse> errorReports; ///< Sorted by call.
  std::vector<SpawnUse> spawns;            ///< Sorted by call.
  std::vector<CallRef> pauses;             ///< Calls that let time pass, sorted.
  std::vector<GuardUse> guards;            ///< Sorted by call.
  std::vector<LogGuardUse> logGuards;      ///< Sorted.
  std::vector<IterationUse> iterations;    ///< Sorted by call.
  std::vector<StoreUse> stores;            ///< Sorted by call.
  std::vector<RetryUse> retries;           ///< Sorted by function and place.
  std::vector<RetryNest> retryNests;       ///< For each outer retry the one that multiplies most.
  std::vector<QueueUse> queues;            ///< In the order of their declarations.
  std::vector<TwoWays> twoWays;            ///< Sorted by the rare call.
  std::vector<PassedOver> passedOver;      ///< In the order of the passes.
  std::vector<uint8_t> unreached;          ///< By function: 1 if nothing in the program runs it. See analysis/execution/unreached.h.
  std::vector<uint8_t> onRequestPath;      ///< By function: 0 no or unknown, 1 possibly, 2 surely.

  const LogStatement *log(CallRef call) const;
  const AbortUse *abort(CallRef call) const;
  const ErrorReportUse *errorReport(CallRef call) const;
  const SpawnUse *spawn(CallRef call) const;
  const GuardUse *guard(CallRef call) const;
  const StoreUse *store(CallRef call) const;
  const DependencyUse *dependency(CallRef call) const;
  bool isPause(CallRef call) const;

  /// Those of one function.
  llvm::ArrayRef<CallRef> pausesOf(uint32_t function) const;
  llvm::ArrayRef<DependencyUse> dependenciesOf(uint32_t function) const;
};

} // namespace opex
