#include "model/sized_parts.h"

#include "llvm/Support/Endian.h"

namespace opex {

void putNumber(std::string &out, uint64_t number) {
  char raw[sizeof number];
  llvm::support::endian::write64le(raw, number);
  out.append(raw, sizeof raw);
}

std::optional<uint64_t> takeNumber(llvm::StringRef &bytes) {
  if (bytes.size() < sizeof(uint64_t))
    return std::nullopt;
  const uint64_t number = llvm::support::endian::read64le(bytes.data());
  bytes = bytes.drop_front(sizeof number);
  return number;
}

void putPart(std::string &out, llvm::StringRef part) {
  putNumber(out, part.size());
  out += part;
}

std::optional<llvm::StringRef> takePart(llvm::StringRef &bytes) {
  const std::optional<uint64_t> size = takeNumber(bytes);
  if (!size || *size > bytes.size())
    return std::nullopt;
  const llvm::StringRef part = bytes.take_front(*size);
  bytes = bytes.drop_front(*size);
  return part;
}

} // namespace opex
