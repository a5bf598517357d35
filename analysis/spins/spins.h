// Loops that wait for work and spin when the wait itself fails. No retries, since success leads back as well; they are
// looked at with the means of retries, and the failing wait is the work.
#pragma once

#include "analysis/retries/retries.h"

namespace opex {

/// A loop that waits for work in a call which fails again at once while what it waits for is there: accept, when the
/// process has no descriptor left. Success leads back as well, so it is no retry.
struct SpinUse {
  CallRef call; ///< Of the loop's function.
  Index<Loop> loop;
  std::vector<CallRef> way;          ///< From there to the wait itself.
  std::vector<std::string> failures; ///< By their names.
  bool pauses = false;               ///< Time passes before it comes back.
};

struct Spins {
  std::vector<SpinUse> spins; ///< Sorted by function and call.

  using Result = Spins;
  using Needs = Retries::Needs;
  static Spins run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "spins";
};

} // namespace opex
