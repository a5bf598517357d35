// `explain`: what a check, a pack or a row says, and, of a program, what is behind a finding or a silence.
#pragma once

#include "driver/options.h"

#include "llvm/Support/Error.h"

namespace opex {

/// 2 (as an error) for a name or id that means nothing; 3 if a unit of the program is incomplete.
llvm::Expected<int> runExplain(const Options &options);

} // namespace opex
