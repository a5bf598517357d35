// Work that is done again because it failed: loops, recursion, helpers that take a callable, tasks that
// submit themselves again, retries inside libraries; and how often at most. See the SPEC's vocabulary for
// what is none.
#pragma once

#include "analysis/calls/work.h"

#include <set>

namespace opex {

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
  bool pauses = false;    ///< Time passes in between, whichever of the calls has failed.
  std::vector<CallRef> hasty; ///< Of Loop: calls that are done again at once.
  bool isGuarded = false; ///< By a breaker or a retry budget.
  bool isChosen = true;   ///< The program says how often; false: it is what a library does by default.
  bool isBackground = false; ///< Only on threads that neither requests nor the start of the process wait for.
  std::string rule;       ///< The pack's row, of Library and Helper forms.
  Confidence confidence = Confidence::High;
  std::string doubt;               ///< Why the confidence is not high.
  std::vector<ChainStep> evidence;  ///< What makes it one.
  std::vector<ChainStep> decidedAt; ///< What decides the attempts, where that stands elsewhere.
};

/// A retry inside what another retry does again.
struct RetryLevel {
  uint32_t retry = 0;       ///< In Retries::retries.
  std::vector<CallRef> way; ///< Calls that lead to it from the work of the one around it.
};

/// Retries inside one another, the outermost first: their attempts multiply.
struct RetryNest {
  std::vector<RetryLevel> levels; ///< At least two.
  std::vector<CallRef> work;      ///< From the innermost retry to the call that leaves the process, if one is seen.
  bool isCertain = false;         ///< All calls on the way surely run what they are taken to run.
};

struct Retries {
  std::vector<RetryUse> retries; ///< Sorted by function and place.
  std::vector<RetryNest> nests;  ///< For each outer retry the one that multiplies most.
  std::vector<RejectedCandidate> rejections;
  std::set<uint32_t> tooManyPaths; ///< Functions with more paths than are walked: of retries there, some stay unknown.

  using Result = Retries;
  using Needs = Inputs<RoleIndex, Subjects, Entries, RequestPaths, Statements, NoReturn, Dependencies, RetryWork>;
  static Retries run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "retries";
};

} // namespace opex
