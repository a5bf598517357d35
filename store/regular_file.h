// Reading files that others may have put there: a pipe does not block, a device is no file, and what changes while it is
// read cannot crash the reader.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdint>
#include <memory>

namespace opex {

/// The file's bytes, or so many from its front; null if it is no regular file, cannot be read, or has more than `most` bytes.
std::unique_ptr<llvm::MemoryBuffer> readRegularFile(llvm::StringRef path, uint64_t most, uint64_t front = UINT64_MAX);

} // namespace opex
