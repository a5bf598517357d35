// Log lines written once per element of data: which log statements run in every round of a loop that nothing but
// data limits, directly or in a function that the loop calls.
#pragma once

#include "analysis/bounds/dependencies.h"
#include "analysis/body/loops.h"
#include "analysis/calls/statements.h"

namespace opex {

/// The log statements of one loop.
struct LogLoop {
  uint32_t function = 0;
  Index<Loop> loop;         ///< None for an algorithm that runs a callable for each element.
  Index<Call> algorithm;    ///< Of that kind; `function` then is the one that calls it.
  Rounds rounds;
  /// What is called in the loop's body (or in the callable), and the log statement it leads to: the same for a log
  /// statement in the body itself. In the order of the text.
  struct Line {
    CallRef at;
    CallRef statement;
    std::vector<CallRef> through; ///< Calls between the two.
  };
  std::vector<Line> lines;
};

struct LogLoopRules {
  std::vector<LogLevel> levels;    ///< Those that count.
  unsigned constantRounds = 16;    ///< Loops with a constant number of rounds count beyond this.
};

using LogLoopNeeds = Inputs<Statements, Dependencies>;

struct LogLoops {
  std::vector<LogLoop> loops; ///< In the order of functions and loops. Those that wait for work or for time to pass are none.
  /// Of each of Statements::logs: why it is a line of no such loop in its own function, as a clause; empty if it is one.
  std::vector<llvm::StringRef> whyNone;
};

LogLoops logLoops(const LogLoopNeeds &in, const LogLoopRules &rules);

} // namespace opex
