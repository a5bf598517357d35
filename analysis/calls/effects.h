// What a piece of a body does that others can notice: logs, throws, hands an error on, changes state. It
// answers "what does this handler do about the failure" without judging it; that is analysis/handlers/handlers.h.
// Whatever cannot be told counts as work, so that nobody is accused of doing nothing on a guess.
// What a call of a function does is computed for all functions at once, callees first.
#pragma once

#include "analysis/calls/no_return.h"
#include "analysis/calls/statements.h"

#include <vector>

namespace opex {

struct Effects {
  bool logs = false;
  bool logsCause = false; ///< Some log statement mentions the caught exception.
  bool works = false;     ///< A call or assignment that is noticed outside, and is no log.
  bool worksOtherwise = false; ///< Apart from plain assignments.
  bool handsOnCause =
      false;            ///< The caught exception, or something made from it, leaves by other ways than a log.
  bool reports = false; ///< An ErrorReportUse.
  bool throws = false;  ///< Throws, rethrows, or calls something that does so or never returns.
  bool claimsImpossible = false; ///< Asserts a constant false, or that the place is never reached.
  Site claim;                    ///< Of claimsImpossible.
  std::vector<uint32_t>
      exits; ///< Returns, breaks, continues, gotos that leave the region; into Function::exits.
  std::vector<Index<Value>> texts; ///< String literals that are logged or thrown.

  bool doesNothing() const { return !logs && !works && !reports && !throws && !claimsImpossible; }
};

/// What every call of a function does.
struct CalleeEffects {
  bool logs = false, works = false, reports = false;
  bool rethrows = false; ///< What is being handled, or throws at its end.

  bool operator==(const CalleeEffects &) const = default;
};

class CallEffects {
public:
  using Result = CallEffects;
  using Needs = Inputs<Statements, NoReturn>;
  static Result run(const Needs &in) { return CallEffects(in); }
  static constexpr llvm::StringLiteral kName = "call effects";

  explicit CallEffects(const Needs &in);

  /// Of `steps` and everything under them. `caught` is the exception variable in scope, if any.
  Effects of(const LinkedFunction &function, llvm::ArrayRef<Step> steps, Index<Local> caught) const;

private:
  const Needs in_;
  std::vector<CalleeEffects> known_; ///< By position in Program::functions.
};

} // namespace opex
