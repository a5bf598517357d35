// What runs whenever a block does, and what a function surely logs whenever it is called. That a logging macro asks for
// the level first does not count as a condition.
#pragma once

#include "analysis/calls/statements.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <set>

namespace opex {

class EachTime {
public:
  explicit EachTime(const Inputs<Statements> &in);

  /// Whenever `outermost` runs, so does the call, and what is around it goes on.
  bool happens(const LinkedFunction &function, Index<Call> call, Index<Block> outermost) const;

  /// The loop is part of a logging macro: `for (record r = …; r; …)`.
  bool isInLogMacro(const LinkedFunction &function, const Loop &loop) const;

  /// A loop of the function's author stands around the call.
  bool isInAnyLoop(const LinkedFunction &function, Index<Call> call) const;

private:
  bool bothArmsLog(const LinkedFunction &function, const Branch &branch) const;
  bool isConstantLoop(const LinkedFunction &function, uint32_t loop) const;

  const Inputs<Statements> in_;
  const Program &program_;
  std::set<std::pair<uint32_t, uint32_t>> logs_; ///< Function and offset.
};

class SureLogs {
public:
  /// Only statements that count are looked for.
  SureLogs(const Inputs<Statements> &in, const EachTime &eachTime, llvm::function_ref<bool(const LogStatement &)> counts);

  /// The log statement that the call is, or surely leads to: over the fewest calls, which are added to `through`.
  std::optional<CallRef> of(CallRef call, std::vector<CallRef> &through) const;

private:
  struct Fact {
    static constexpr uint32_t kNever = UINT32_MAX;
    uint32_t calls = kNever; ///< Between the function and the statement.
    Index<Call> first;       ///< Of the function: the statement, or the call that leads to it.
    bool operator==(const Fact &) const = default;
  };

  uint32_t callsTo(const std::vector<Fact> &known, CallRef call) const;

  const Inputs<Statements> in_;
  const Program &program_;
  std::set<CallRef> counting_;
  std::vector<Fact> known_; ///< By position in Program::functions.
};

} // namespace opex
