// Which exceptions of the program's own a call may throw, and what they say: where each is thrown, whether it is the answer to a
// question ("there is none", "nothing came in time") and not the failure of an order, and what has been noted elsewhere before it
// is thrown. Computed for all functions at once, callees first.
#pragma once

#include "analysis/bounds/dependencies.h"
#include "analysis/calls/statements.h"

#include <vector>

namespace opex {

/// A `throw` that leaves the function.
struct Raise {
  uint32_t function = 0, exit = 0; ///< Where it stands.
  EntityId type;                   ///< Record of what is thrown.
  bool isAnswer = false;
  std::vector<EntityId> noted; ///< Members and globals that are set on every way to it. Sorted.

  bool operator==(const Raise &) const = default;
};

class Raises {
public:
  using Needs = Inputs<Statements, Dependencies>;

  explicit Raises(const Needs &in);

  /// What may leave the block by exceptions of the type or one derived from it, in the order of Program::functions. One that
  /// is no answer, and of no type, stands for what is thrown in too many places.
  std::vector<Raise> outOf(const LinkedFunction &function, Index<Block> block, EntityId type) const;

private:
  using All = std::vector<Raise>;

  All leaving(const std::vector<All> &known, const LinkedFunction &function) const;
  bool onlyAsks(const std::vector<uint8_t> &known, const LinkedFunction &function) const;
  bool isKept(const LinkedFunction &function, Index<Block> block, Index<Block> outermost, EntityId type) const;

  const Needs in_;
  const Program &program_;
  std::vector<uint8_t> asks_; ///< By position: it answers a question, and takes nothing in.
  std::vector<All> known_;    ///< By position.
};

} // namespace opex
