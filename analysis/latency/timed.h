// Worst-case times while they are put together: with the calls that take most of them, and with the ways in which a
// piece of a body can be left. Part of latency.h.
#pragma once

#include "model/program.h"
#include "model/worst_case.h"

#include "llvm/ADT/SmallVector.h"

namespace opex {

/// A call that takes a good part of the time of the function it stands in.
struct Contribution {
  static constexpr uint32_t kNothing = UINT32_MAX;

  CallRef call;
  int64_t onceNs = 0, allNs = 0; ///< What is known of it: one time, and as often as it is done.
  uint32_t callee = kNothing;    ///< The function in which that is spent; none where the call itself waits.

  bool operator==(const Contribution &) const = default;
};

/// How long something takes at worst. Nothing, by default.
struct Timed {
  WorstCase worst;
  llvm::SmallVector<Contribution, 3> heaviest; ///< In the order of the body.

  bool isNothing() const { return worst.time.isZero() && worst.amplification == 0; }
};

/// One after the other.
Timed inSequence(Timed first, const Timed &second);
/// The longer of two ways, or of what runs at the same time.
Timed longest(const Timed &first, const Timed &second);
/// `attempts`: how often a failing call in it is done again; 1 where the rounds are no retry.
Timed repeated(const TimeFactor &factor, bool isSure, int64_t attempts, Timed round);

/// Work on another thread, since the beginning of the piece that started it.
struct Lane {
  CallRef spawn;
  Timed end;
};

/// A piece of a body: how long it takes on the ways that leave it, each none if there is no such way.
struct Outcome {
  std::optional<Timed> through = Timed();          ///< To its end.
  std::optional<Timed> again, broken, left;        ///< By `continue`, by `break`, by leaving the function.
  llvm::SmallVector<Lane, 0> lanes;                ///< Started in it.
  llvm::SmallVector<CallRef, 0> joined;            ///< Spawns of others that it waits for.

  /// It takes no time and goes on.
  bool isNothing() const {
    return through && through->isNothing() && !again && !broken && !left && lanes.empty() && joined.empty();
  }
};

/// The longer of two ways out.
std::optional<Timed> either(std::optional<Timed> one, const std::optional<Timed> &other);
/// A piece of nothing but this.
Outcome only(Timed time);
/// `next` comes after `outcome`.
void append(Outcome &outcome, Outcome next);
/// One or the other.
Outcome alternatives(Outcome one, Outcome other);
/// The longest way out, whichever.
Timed longestWay(const Outcome &outcome);

} // namespace opex
