// Which names say that something is to stop, or goes on until it is told to.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace opex {

/// A flag, function or variable by its qualified name: `stopRequested_`, `IsStopped`, `g_running`, `shutting_down`.
bool isNamedLikeStop(llvm::StringRef name);

} // namespace opex
