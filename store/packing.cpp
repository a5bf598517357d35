#include "store/packing.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Error.h"

namespace opex {
namespace {

namespace zstd = llvm::compression::zstd;

constexpr char kPlain = 'p', kZstd = 'z';
constexpr size_t kHeader = 1 + sizeof(uint64_t); ///< How it is packed, size of the whole.
constexpr uint64_t kLargest = uint64_t(1) << 28;

} // namespace

std::string packed(llvm::StringRef bytes) {
  std::string result(kHeader, zstd::isAvailable() ? kZstd : kPlain);
  llvm::support::endian::write64le(&result[1], bytes.size());
  if (!zstd::isAvailable())
    return result + bytes.str();
  llvm::SmallVector<uint8_t, 0> small;
  zstd::compress(llvm::arrayRefFromStringRef(bytes), small, zstd::BestSpeedCompression);
  return result + llvm::toStringRef(small).str();
}

std::optional<std::string> unpacked(llvm::StringRef bytes) {
  if (bytes.size() < kHeader)
    return std::nullopt;
  const char kind = bytes.front();
  const uint64_t size = llvm::support::endian::read64le(bytes.data() + 1);
  bytes = bytes.drop_front(kHeader);
  if (kind == kPlain)
    return size == bytes.size() ? std::optional(bytes.str()) : std::nullopt;
  if (kind != kZstd || !zstd::isAvailable() || size > kLargest)
    return std::nullopt;
  std::string whole(size, '\0');
  size_t written = size;
  if (llvm::Error error = zstd::decompress(llvm::arrayRefFromStringRef(bytes), reinterpret_cast<uint8_t *>(whole.data()), written)) {
    llvm::consumeError(std::move(error));
    return std::nullopt;
  }
  return written == size ? std::optional(std::move(whole)) : std::nullopt;
}

} // namespace opex
