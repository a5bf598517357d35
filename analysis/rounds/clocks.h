// Who asks what time it is, by the names that clocks have in languages and systems.
#pragma once

#include "model/program.h"

namespace opex {

/// "now", "gettimeofday", "elapsed": yields a moment, or a span of time.
bool isNamedLikeClock(llvm::StringRef name);

/// The function asks a clock, over functions of the program's own perhaps.
bool asksClock(const Program &program, const LinkedFunction &function);

} // namespace opex
