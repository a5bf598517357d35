// How long what is known of a variable or of a call's result matters in a body: until it is mentioned for the last time.
// Paths that differ only in what nobody asks for any more are one path, so long bodies have few.
#pragma once

#include "analysis/body/places.h"

#include <vector>

namespace opex {

class Lifetimes {
public:
  explicit Lifetimes(const Function &body);

  /// A point of the body, in the order of its text.
  using Moment = uint32_t;
  Moment at(Index<Block> block, uint32_t position) const { return times_[block.value][position]; }

  /// Who comes to the moment may still ask for the place. Members, globals and parameters are asked for by others, too.
  bool matters(const Place &place, Moment at) const;

private:
  /// Of a variable or result: the block with all that mentions it, and the end of the last step there that does.
  struct Range {
    Index<Block> scope;
    Moment end = 0;
  };
  void number();
  void collectUses();
  void addUses(Index<Value> root, Index<Block> block, Moment at);
  void spread();
  void mention(uint32_t node, Index<Block> block, Moment at);
  void extend(Range &range, Index<Block> block, Moment at) const;
  template <typename Visit> void forEachUsed(Index<Value> root, Visit visit) const;
  Moment begin(Index<Block> block) const { return times_[block.value].front(); }
  Moment end(Index<Block> block) const { return times_[block.value].back(); }
  bool isIn(Moment at, Index<Block> block) const { return begin(block) <= at && at <= end(block); }
  Moment endOfStep(Index<Block> scope, Moment at) const;
  uint32_t ofCall(uint32_t call) const { return body_.locals.size() + call; }

  const Function &body_;
  std::vector<std::vector<Moment>> times_; ///< By block: of each step, and of the end.
  std::vector<Range> ranges_;              ///< Of locals, then of calls. No scope: they matter everywhere.
  std::vector<Moment> made_;               ///< The same: when they are declared or called.
};

} // namespace opex
