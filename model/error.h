// How expected failures travel: llvm::Error with a line of context for each layer it passes.
#pragma once

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

namespace opex {

/// An error whose whole text is `message`.
llvm::Error makeError(const llvm::Twine &message);

/// `context: inner`. Consumes `inner`, which must be a failure.
llvm::Error addContext(const llvm::Twine &context, llvm::Error inner);

} // namespace opex
