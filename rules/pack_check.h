// What a pack's rows must be to each other: names that are referred to exist, ids are given once.
#pragma once

#include "rules/reader.h"
#include "rules/rules.h"

#include "llvm/ADT/ArrayRef.h"

namespace opex::rules {

/// Complains to `in` about references of `pack` that neither it nor `others` satisfy.
void checkReferences(Reader &in, const Pack &pack, llvm::ArrayRef<Pack> others);

} // namespace opex::rules
