// Which calls of a region write a log, and which only prepare what is logged (format it, look at the
// exception, fill a local string). Loggers come from the rules and from customary names.
#pragma once

#include "analysis/body/region.h"
#include "analysis/calls/statements.h"

namespace opex {

class LogCalls {
public:
  /// `caught` is the exception variable in scope, if any. All must outlive the object.
  LogCalls(const Inputs<Statements> &in, const LinkedFunction &function, const Region &region, Index<Local> caught);

  bool isLog(uint32_t call) const { return logs_.contains(call); }

  /// Its result goes into log statements and nowhere else.
  bool feedsLogs(uint32_t call) const { return feeding_.contains(call); }

  /// The place comes out of a macro that logs.
  bool isInLogMacro(const Site &site) const;

  /// Nothing that anybody notices: looking at the exception, silencing a warning, making a local value.
  bool isNoOp(uint32_t call) const;

private:
  bool isLogByItself(uint32_t call) const;
  bool startsAtLog(Index<Value> left) const;
  bool isLogObject(Index<Value> value) const;
  bool isHarmlessUse(const Step &use, std::optional<uint32_t> local) const;
  bool isBuilding(uint32_t call, uint32_t local) const;
  bool isUsedByLifeOnly(const Call &call, uint32_t local) const;
  bool isText(Index<Type> type) const;
  bool isCaught(Index<Value> object) const;
  void spread();

  const Inputs<Statements> in_;
  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  const Region &region_;
  Index<Local> caught_;
  std::set<uint32_t> logMacros_;                ///< Offsets of expansions that log.
  std::set<uint32_t> logs_, feeding_, logOnly_; ///< Calls; calls; locals.
};

/// By a row, by its name or by the macro it comes out of: the call has to do with logging.
bool isForLogging(const Inputs<Statements> &in, const LinkedFunction &function, Index<Call> call);

} // namespace opex
