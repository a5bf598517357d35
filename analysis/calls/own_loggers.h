// Which functions of the program are loggers of its own, told by what they do: they put a text together, from
// variable arguments or from one that they are given, and hand it to a log: a row's logger, another one of
// the program's own, or a file that is kept open, where the level comes with it. A call of one is a log line
// as much as a call of a library's.
//
// A function that keeps the text, hands it to somebody else or sends it away is none: that may be the very
// work. What has variable arguments may do a little more besides (open its file, keep the last lines) than
// what is given a finished text.
#pragma once

#include "analysis/calls/statements.h"

namespace opex {

/// What a function does with the text that it is given.
struct LoggerKind {
  bool isLogger = false;
  bool reachesLog = false;    ///< Some of its ways end in a log, whatever else it does with the text.
  bool reachesOutput = false; ///< The same of a standard stream.
  bool writesFile = false;    ///< Into a file that a member or global keeps.

  bool isProgramOutput() const { return reachesOutput && !reachesLog && !writesFile; }

  bool operator==(const LoggerKind &) const = default;
};

struct OwnLogger {
  LoggerKind kind;
  std::optional<LogLevel> level; ///< Of all of its lines, unless the call names another one.
  std::string rule;              ///< Of a row that it rests on; empty if a kept file is all.

  bool operator==(const OwnLogger &) const = default;
};

/// By position in Program::functions. `logs` are the statements known by rows.
std::vector<OwnLogger> findOwnLoggers(const Program &program, const RoleIndex &roles,
                                      const ByCall<LogStatement> &logs);

/// The logger that the call runs, where all that it may run are some; what they do not agree on is not known.
std::optional<OwnLogger> ownLoggerAt(const Program &program, llvm::ArrayRef<OwnLogger> known, CallRef call);

/// The level that the arguments name, the least severe one if there are several.
std::optional<LogLevel> levelInArguments(const Program &program, const LinkedFunction &function,
                                         const Call &call);

} // namespace opex
