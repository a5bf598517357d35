#include "store/regular_file.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace opex {

std::unique_ptr<llvm::MemoryBuffer> readRegularFile(llvm::StringRef path, uint64_t most) {
  const int file = ::open(path.str().c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0)
    return nullptr;
  auto close = llvm::make_scope_exit([&] { ::close(file); });
  struct stat status;
  if (::fstat(file, &status) || !S_ISREG(status.st_mode) || static_cast<uint64_t>(status.st_size) > most)
    return nullptr;
  // Volatile: read, not mapped.
  auto buffer = llvm::MemoryBuffer::getOpenFile(llvm::sys::fs::convertFDToNativeFile(file), path, status.st_size,
                                                /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  return buffer ? std::move(*buffer) : nullptr;
}

} // namespace opex
