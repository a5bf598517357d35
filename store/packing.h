// Bytes made smaller for the disk, where LLVM was built with a compressor, and made whole again.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace opex {

std::string packed(llvm::StringRef bytes);

/// None if `bytes` is not what `packed` gives, or would be too large.
std::optional<std::string> unpacked(llvm::StringRef bytes);

} // namespace opex
