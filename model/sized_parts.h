// Bytes made of numbers and of texts behind their sizes, as they go through pipes and into files of the cache. Numbers
// have 8 bytes, little endian.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace opex {

void putNumber(std::string &out, uint64_t number);
/// Takes a number off the front of `bytes`; none, and nothing taken, if there is none.
std::optional<uint64_t> takeNumber(llvm::StringRef &bytes);

/// The text behind its size.
void putPart(std::string &out, llvm::StringRef part);
/// Takes what putPart wrote off the front; none if it is cut short. It points into `bytes`.
std::optional<llvm::StringRef> takePart(llvm::StringRef &bytes);

} // namespace opex
