// Whether work is the same work in each round: another element, page, host or mode is none of a retry's.
#pragma once

#include "analysis/body/region.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace opex {

class Variation {
public:
  /// Of the blocks that are run again and again; `variable` is a range-for's. `isInside` must outlive it.
  Variation(const Function &body, llvm::function_ref<bool(Index<Block>)> isInside, Index<Local> variable);

  /// The round decides how all work is done: `useStale_ = round == 1`.
  bool changesMode() const;

  /// The call works on something else in each round, or in another way once it has failed.
  bool isOtherWork(Index<Call> call) const;

  /// Once it has failed, the call is given another text, `address = "0.0.0.0"`: the next way, and in the end
  /// the last one.
  bool fallsBack(Index<Call> call) const;

private:
  bool isAdvancing(Index<Value> value) const;
  void findAdvancing();
  void addAdvancing(Index<Value> target);
  bool isSetUp(const Call &work) const;
  std::set<uint32_t> inputsOf(const Call &call) const;
  bool addLocals(Index<Value> value, std::set<uint32_t> &locals) const;

  const Function &body_;
  llvm::function_ref<bool(Index<Block>)> isInside_;
  std::set<uint32_t> advancing_; ///< Variables that mean another element in each round.
};

} // namespace opex
