// Does doing something again depend on its failure? Walks the paths of a loop (or of a function that comes
// back to its beginning) under the assumption that a call succeeds, or that it fails, and says whether
// control comes back to the call. Bounded: what needs too many paths is not answered.
#pragma once

#include "analysis/paths/endings.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace opex {

/// What comes back to where: one of these.
struct Round {
  Index<Loop> loop;
  Index<Label> label;             ///< A goto leads back to it.
  std::vector<Index<Call>> again; ///< Calls that begin the function anew.
  bool isOneObject = false;       ///< They do so on the same object, before they return.
  Index<Local> item;              ///< What the work is about; a new one is other work.
  std::vector<Step> counts;       ///< Steps that change a counter: does each way round pass one?
  Index<Local> told;              ///< A parameter by which the function is told how work done before it went.
  bool othersFail = false;        ///< Other work may fail as well; else it succeeds.
  uint8_t times = 1;              ///< So often the work ends as assumed before it counts as done again.
};

enum class Assumed : uint8_t { Succeeds, Fails, Throws };

struct RoundAnswer {
  bool goesRound = false; ///< The work is done a second time.
  bool leaves =
      false; ///< A path on which the work was done goes on elsewhere: behind the loop, to the caller.
  bool leavesInTheEnd = false; ///< The loop's condition may end it, which does not depend on the work.
  bool pauses = false;         ///< On every path that goes round, as far as the failure decides the way.
  bool throughHandler = false; ///< A path that goes round comes out of a handler.
  bool isUncounted = false;    ///< A path that goes round passes none of Round::counts since the work.
  bool isGivenUp = false;      ///< Too many paths.
};

/// Whether `work` is done again in the function when it (alone) ends as assumed. Other work, as `isWork` has
/// it, succeeds.
RoundAnswer walkRound(Endings &endings, const LinkedFunction &function, llvm::function_ref<bool(Index<Call>)> isWork,
                      const Round &round, Index<Call> work, Assumed assumed);

/// The ways out of a function that begins with `known`, `depth` calls that were told something below the walk. Only
/// `failing` fails, if it is given, and other work may or may not; else any work may. None if there are too many.
std::optional<std::vector<Ending>> walkEndings(Endings &endings, const LinkedFunction &function, const Env &known,
                                               uint32_t depth, Index<Call> failing = {});

} // namespace opex
