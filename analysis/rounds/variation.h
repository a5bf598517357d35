// Whether work is the same work in each round: another element, page, host or mode is none of a retry's.
#pragma once

#include "analysis/rounds/cursors.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <set>

namespace opex {

class Variation {
public:
  /// Of the blocks that are run again and again; `variable` is a range-for's. `isInside` must outlive it.
  Variation(const Program &program, const LinkedFunction &function, llvm::function_ref<bool(Index<Block>)> isInside,
            Index<Local> variable);

  /// The round decides how all work is done: `useStale_ = round == 1`.
  bool changesMode() const;

  /// The call works on something else in each round, or in another way once it has failed.
  bool isOtherWork(Index<Call> call) const;

  /// Steps that move members or cursors on: a way back that passes none of them comes back to the same. None where
  /// variables of the function alone move on.
  std::vector<Step> moves() const;

  /// Once it has failed, the call is given another text, `address = "0.0.0.0"`: the next way, and in the end
  /// the last one.
  bool fallsBack(Index<Call> call) const;

private:
  bool isAdvancing(Index<Value> value) const;
  void findAdvancing();
  bool isAdvancing(const Place &place) const { return place && advancing_.contains(place); }
  bool mayAdvance(Index<Value> target) const;
  void addAdvancing(Index<Value> target);
  bool moves(Index<Block> block, Index<Value> target) const;
  bool isSetUp(const Call &work) const;
  bool isOwnSetUp(const Call &work) const;
  std::set<uint32_t> inputsOf(const Call &call) const;
  bool addLocals(Index<Value> value, std::set<uint32_t> &locals) const;

  const LinkedFunction &function_;
  const Function &body_;
  llvm::function_ref<bool(Index<Block>)> isInside_;
  std::set<Place> advancing_;   ///< Variables that mean another element in each round.
  CursorUse cursors_;
};

} // namespace opex
