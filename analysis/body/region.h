// A piece of a function body as a unit of analysis: its steps in order, the variables it declares, where
// it can be left, and which step uses the result of which call. Knows neither rules nor handlers.
#pragma once

#include "model/program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <map>
#include <set>
#include <vector>

namespace opex {

struct Region {
  std::vector<Step> steps;     ///< All of them, nested ones after the step that holds them.
  std::set<uint32_t> own;      ///< Locals declared in it.
  std::set<uint32_t> tries;    ///< Tries that stand in it.
  std::vector<uint32_t> exits; ///< Returns, breaks, continues and gotos that leave it; no throws.
  std::map<uint32_t, std::vector<Step>> callUses;  ///< Call → the steps that use its result.
  std::map<uint32_t, std::vector<Step>> localUses; ///< Of `own`: the steps that mention it.
};

/// `steps` and everything under them. With `ownsParameters` the function's parameters count as declared in
/// it.
Region readRegion(const Function &function, llvm::ArrayRef<Step> steps, bool ownsParameters);

/// The values a step reads or writes.
llvm::SmallVector<Index<Value>, 6> valuesOf(const Function &function, const Step &step);

/// Whether the value or something it is made from satisfies `test`; looks into the arguments of calls.
bool mentions(const Function &function, Index<Value> value, llvm::function_ref<bool(const Value &)> test);

/// The value behind casts.
Index<Value> withoutCasts(const Function &function, Index<Value> value);

/// The block is `outer` or inside it; never, if there is no `outer`.
bool isIn(const Function &function, Index<Block> block, Index<Block> outer);

/// Runs only while an exception is being handled, by a handler of this function.
bool isInHandler(const Function &function, Index<Block> block);

/// `do { … } while (false)`, as macros are wrapped.
bool isOnce(const Function &function, const Loop &loop);

/// What a call works on: its object, or the left operand of an operator that is a free function.
Index<Value> targetOf(const Call &call);

} // namespace opex
