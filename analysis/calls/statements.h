// Single statements that rules know: what writes a log, ends the process, hands an error on, lets time pass,
// holds work back, reads or writes where data is kept. Each is judged by itself; what they add up to is
// for retries.h, queues.h and the checks.
#pragma once

#include "analysis/apis/subjects.h"
#include "analysis/passes/by_call.h"

namespace opex {

struct LogStatement {
  CallRef call;
  std::optional<LogLevel> level; ///< None if it cannot be told.
  bool isRateLimited = false;
  bool isProgramOutput = false; ///< To a standard stream.
  bool isMacro = false; ///< Known by the macro it comes out of, which may ask for the level first.
  bool isOwn = false;   ///< A logger of the program's own; `rule` is that of what it writes to, if there is one.
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

/// A call that reads or writes where data is kept.
struct StoreUse {
  CallRef call;
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

struct Statements {
  ByCall<LogStatement> logs;
  ByCall<AbortUse> aborts;
  ByCall<ErrorReportUse> errorReports;
  std::vector<LogGuardUse> logGuards; ///< Sorted.
  std::vector<CallRef> pauses;        ///< Calls that let time pass, sorted.
  ByCall<GuardUse> guards;
  ByCall<IterationUse> iterations;
  ByCall<StoreUse> stores;

  bool isPause(CallRef call) const;
  llvm::ArrayRef<CallRef> pausesOf(uint32_t function) const;

  using Result = Statements;
  using Needs = Inputs<RoleIndex, Subjects>;
  static Statements run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "statements";

private:
  void addLogsAndAborts(const Program &program, const RoleIndex &roles, const LinkedFunction &function);
  void addOwnLogs(const Program &program, const RoleIndex &roles);
  void addLogGuards(const Program &program, const RoleIndex &roles, const LinkedFunction &function);
  void addWork(const Program &program, const RoleIndex &roles, const Subjects &subjects, const LinkedFunction &function);
};

/// The first `stores` row that the call meets when it is reached through the frame's path; null if none.
const rules::Store *storeRowOf(const Subjects &subjects, const RoleIndex &roles, const Frame &frame, const Call &call);

} // namespace opex
