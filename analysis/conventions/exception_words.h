// How the names of exceptions tell that they answer a question, or ask to stop, rather than report a failure.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace opex {

/// "NotFound", "SettingMissing", "TimeoutException", "Cancelled", "EndOfStream"; a qualified name counts by its last part.
bool isNamedLikeAnswer(llvm::StringRef exception);

} // namespace opex
