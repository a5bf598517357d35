// What a `catch` makes of the failure it catches: passes it on, recovers from it, answers with a status,
// or drops it. Built on effects.h (what the handler does) and on where the handler stands (a thread's
// entry, a retry loop, a function whose callers test the result). Comments are reasons.h.
#pragma once

#include "analysis/handlers/answers.h"
#include "analysis/bounds/dependencies.h"
#include "analysis/calls/effects.h"
#include "analysis/exceptions/throwing.h"
#include "analysis/handlers/presets.h"
#include "analysis/handlers/reasons.h"
#include "analysis/entries/reach.h"
#include "analysis/execution/test_code.h"

#include <string>

namespace opex {

struct HandlerStudy {
  const LinkedFunction *function = nullptr;
  Index<Handler> handler;
  HandlerComments comments;
  Effects effects;
  Answer answer = Answer::None;
  Index<Value> answered;   ///< The value returned, if it is one.
  Site sameAnswer;         ///< Of Conflated and Success: another return of it.
  bool isNotFound = false; ///< The answer is also that of a try that has found nothing.
  bool isAskedFor = false; ///< Of Default: every caller asks for the value returned.
  Preset preset = Preset::None;
  bool rethrows = false;       ///< By the language: function-try-block of a constructor or destructor.
  bool retries = false;        ///< Falling out of the handler runs the operation again.
  bool endsAfterwards = false; ///< Behind the try the function throws or ends the process anyway.
  bool isWanted = false;       ///< A test that fails unless the exception comes.
  bool isTested = false;       ///< Code after the try tests what only a complete try sets.
  bool statesDecision = false; ///< What it logs says what becomes of the operation.
  bool ignoresBlindly = false; ///< It logs that, but not the cause, and drops all that its function was to do.
  bool givesUp = false;        ///< It ends a function that has no result.
  bool leavesLoop = false;     ///< `break` out of a loop.
  bool isBroad = false;        ///< `...`, std::exception or std::runtime_error: whatever may go wrong.
  bool mustNotThrow = false;   ///< Destructor or noexcept.
  std::string boundary;        ///< "a thread's entry", …: nobody above could do anything with the failure.
  bool onlyCleansUp = false;   ///< The try gives back what it need no longer hold.
  bool failsToCleanUp = false; ///< What most likely throws gives back something, or stops it.
  bool isCleanUpHelper =
      false;                 ///< The function does nothing but give one thing back, and this is in its way.
  bool runsAnything = false; ///< The try runs code that callers or subclasses choose.
  std::string admission;     ///< What it logs or throws, if that only says that the handler is not done.
  std::vector<Index<Call>> mayThrow; ///< Calls of the try that may throw, those of interest first.
  bool isLookup = false; ///< `at` of a container found nothing, which its own exception says.
  bool isCandidate = false; ///< The loop goes on with the next one, and ends as it does where there are none at all.
  bool onlyConverts = false; ///< All that may throw only makes values, which the try keeps.
  bool isNamedAnswer = false; ///< The caught type has the name of an answer, or of a request to stop.
  bool isTestCode = false; ///< Only tests run the function.
  bool isAnswer = false; ///< What it catches is thrown where a lookup finds nothing, or a wait ends in vain, and nowhere else.
  bool isNoted = false;  ///< What throws has set something before that the function looks at behind the try.
  bool isMarked = false; ///< What the try leaves behind says that it was not completed.
  Index<Value> leftDefault; ///< It puts 0 or an empty text here, which the function then uses as if it were the result.
  bool keepsInput = false; ///< What has come in is kept until more of it is there.
  bool isFilter = false; ///< The try asks for one result, and what gives none is skipped.
  Throws worst = Throws::Never; ///< What they may throw.

  /// Somebody gets to know, or the failure is made good.
  bool isHandled() const { return !whyHandled().empty(); }
  /// Which of these it is, as a clause; empty if it is none.
  llvm::StringRef whyHandled() const;
};

struct Handlers {
  std::vector<HandlerStudy> all; ///< In the order of the program.

  using Result = Handlers;
  using Needs = Inputs<Entries, Statements, Throwing, CallEffects, Dependencies, TestCode>;
  static Handlers run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "handlers";
};

} // namespace opex
