// Where a program has two ways to one result, a common and a rare one: the cache and what is asked on a miss,
// the primary and what stands in when it fails. Built on reads.h (what a call asks), presence.h (what tells
// whether it found it) and mode_limits.h (what holds the rare way back).
#pragma once

#include "analysis/calls/statements.h"
#include "analysis/bounds/dependencies.h"
#include "analysis/execution/held_locks.h"

namespace opex {

/// Two ways to one result, and what decides between them: one is gone every day, the other when that fails.
struct TwoWays {
  enum Reason : uint8_t {
    Miss,    ///< A cache does not have it.
    Failure, ///< An exception or a status.
    Nothing, ///< What was asked failed, or found nothing.
  } reason = Miss; ///< Why the rare way is gone.
  CallRef common, rare;                                  ///< In one function.
  std::string commonName, rareName; ///< What is called for each of them.
  std::optional<DependencyKind> rareKind; ///< Of what the rare way asks; none for data kept in this process.
  Site decision;
  BoundState timeout = BoundState::Unknown; ///< Of the rare way: the worst of its calls.
  bool isGuarded = false; ///< A limiter, a single flight or a lock stands before it.
  Confidence confidence = Confidence::High; ///< That these are two ways to one result.
  std::string doubt;                        ///< Why it is not high.
  std::vector<ChainStep> evidence;          ///< From the common way to the rare one.
};

struct Fallbacks {
  std::vector<TwoWays> ways; ///< Sorted by the rare call.

  using Result = Fallbacks;
  using Needs = Inputs<RoleIndex, Subjects, Entries, Statements, Dependencies, HeldLocks>;
  static Fallbacks run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "fallbacks";
};

} // namespace opex
