// The one place where all stages meet: compilation database → facts → program → analysis → findings →
// outputs. Each function is one command of the command line and returns the exit code.
#pragma once

#include "driver/options.h"

#include "llvm/Support/Error.h"

namespace opex {

extern const char *const kToolVersion;

/// `check`: parse, then everything of `link`.
llvm::Expected<int> runCheck(const Options &options);

/// `facts`: one file of facts per TU.
llvm::Expected<int> runFacts(const Options &options);

/// `link`: findings from facts made before.
llvm::Expected<int> runLink(const Options &options);

} // namespace opex
