#include "store/regular_file.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace opex {

std::unique_ptr<llvm::MemoryBuffer> readRegularFile(llvm::StringRef path, uint64_t most, uint64_t front) {
  const int file = ::open(path.str().c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0)
    return nullptr;
  auto close = llvm::make_scope_exit([&] { ::close(file); });
  struct stat status;
  if (::fstat(file, &status) || !S_ISREG(status.st_mode) || static_cast<uint64_t>(status.st_size) > most)
    return nullptr;
  // Volatile: read, not mapped.
  auto buffer = llvm::MemoryBuffer::getOpenFileSlice(llvm::sys::fs::convertFDToNativeFile(file), path,
                                                     std::min<uint64_t>(status.st_size, front), /*Offset=*/0,
                                                     /*IsVolatile=*/true);
  return buffer ? std::move(*buffer) : nullptr;
}

} // namespace opex
