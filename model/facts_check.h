// The rules that facts must obey so that later code may index and walk them without looking: indices
// within their tables, trees that are trees, words that are words. Run on all facts that come from bytes.
#pragma once

#include "model/facts.h"

#include "llvm/Support/Error.h"

namespace opex {

/// Success, or the first rule that `facts` break:
/// - every Index is none or within its table, and those that a walk needs are set: the `block` of every
///   entry, the bodies of loops, switches, tries and handlers;
/// - blocks form one tree from blocks[0], no step occurs twice, and blocks and entries name the parent,
///   owner and block at which they hang;
/// - operands come before their users; type arguments form no cycle;
/// - what `Value::index` and `Step::index` mean by kind is in range;
/// - declarations, records and enumerations are sorted by id.
llvm::Error checkFacts(const TuFacts &facts);

} // namespace opex
