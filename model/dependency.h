// What rules say of the calls that leave the process: what bounds each phase of one. Worked out by analysis/bounds, read by
// checks and by what is written for people.
#pragma once

#include "model/finding.h"
#include "model/kinds.h"
#include "model/program.h"

#include <optional>
#include <string>
#include <vector>

namespace opex {

/// What is known of a limit. See the SPEC's vocabulary: only `Unset` and `Infinite` are findings.
enum class BoundState : uint8_t {
  Set,      ///< On all paths.
  Unset,    ///< We saw everything that touches the subject, and nothing bounds it.
  Infinite, ///< Set, to a value that means "no limit".
  Partly,   ///< Unset or infinite on some path only.
  Unknown,  ///< Escapes our sight.
};

/// There is no limit, at least on some path.
inline bool isMissing(BoundState state) {
  return state == BoundState::Unset || state == BoundState::Infinite || state == BoundState::Partly;
}

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

/// What is known of one limit: of a call, of one setting of its object, of what is kept in a queue.
struct Bound {
  BoundState state = BoundState::Unknown;
  std::optional<int64_t> valueNs = {}; ///< When Set to one known value.
  Confidence confidence = Confidence::High; ///< Of the state, from the weakest step of its evidence.
  std::string reason = {}; ///< Of Unset, Infinite, Partly: what is missing; of Unknown: what hides it.
  std::string consequence = {}; ///< Of a setting that nothing sets: what the library does then, if its row says so.
  bool isNeverSet = false;      ///< Of Unset: its object has a setting for it, and nothing touches that.
  std::vector<ChainStep> evidence = {}; ///< Where it is set, or where what lacks it is made.
  std::vector<ChainStep> way = {};      ///< From there to the call: who takes the object over, who is called with it.
  std::vector<ChainStep> others = {};   ///< Where other objects with the same lack come from that reach the call.
  std::string limitedBy = {}; ///< Of Set: the setting that does it; one may limit several phases together.
  bool isChosen = false;      ///< Of Set: the program says it, it is not the library's default.
  TimePoint until = {};       ///< Of Set.
};

/// What is missing, and what follows from that.
inline std::string reasonText(const Bound &bound) {
  return bound.reason + (bound.consequence.empty() ? "" : "; " + bound.consequence);
}

/// The evidence, and how the object came from there to the call.
inline std::vector<ChainStep> stepsTo(const Bound &bound) {
  std::vector<ChainStep> steps = bound.evidence;
  steps.insert(steps.end(), bound.way.begin(), bound.way.end());
  return steps;
}

struct PhaseBound : Bound {
  std::string phase; ///< As the pack names it.
  PhaseKind kind = PhaseKind::Asking;
  std::string doubt = {}; ///< Why the confidence is not high.
};

/// Whether a request waits for what a function does. In order of certainty.
enum class OnRequestPath : uint8_t {
  Unknown,  ///< No entry point is known that leads to it.
  Possible, ///< The way there goes through a possible edge.
  Sure,
};

/// A call that leaves the process, or waits inside it.
struct DependencyUse {
  CallRef call;
  std::string rule;   ///< The pack's row: `curl/curl_easy_perform`.
  std::string callee; ///< As messages name it.
  DependencyKind kind = DependencyKind::Socket;
  bool isLocalWait = false;
  bool isIdleWait = false;
  bool isAsync = false; ///< It returns before the answer is there.
  bool isContinued = false; ///< Called again, it goes on where it stopped.
  OnRequestPath onRequestPath = OnRequestPath::Unknown;
  std::vector<PhaseBound> phases;
  std::string defaultText, advice;
  /// Identity of the subject whose phases these are; uses in one function that share it are one fault.
  std::string subject;
  std::vector<std::string> failsWhileReady; ///< Failures after which it fails again at once.
  Index<Value> subjectValue; ///< The object as the call names it.
  std::optional<CallRef> deadlineBy; ///< The call that limits it from around it.
  std::optional<int64_t> deadlineNs; ///< To this, if that is known.
};

} // namespace opex
