// Why a function throws: because it found nothing, or waited in vain, or because it could not do what it was told.
#pragma once

#include "analysis/exceptions/raises.h"

namespace opex {

/// What stands around the `throw` says that a lookup found nothing, that what is to be taken out is not there, or that a wait
/// ended without anything. `asks` says of functions (by position) that they only answer a question.
bool isThrownForNothing(const Raises::Needs &in, const LinkedFunction &function, uint32_t exit, llvm::ArrayRef<uint8_t> asks);

/// Calls that the function asks: what a condition is about, and what its variables start from.
std::vector<uint8_t> askedCalls(const Function &body);

/// What the function is there for is to take something out of where it looks.
bool takesOut(const Function &body);

} // namespace opex
