#include "store/stamps.h"

#include "model/sized_parts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

#include <cstring>

namespace opex {
namespace {

constexpr llvm::StringLiteral kMagic = "opxstmp1";
constexpr size_t kHeader = 8 + 8; ///< Magic, checksum of what follows.
constexpr size_t kNumbers = 5 * sizeof(uint64_t) + sizeof(Digest);
constexpr size_t kMost = 200'000; ///< Files; more are forgotten and read again.
constexpr int64_t kSettling = 2'000'000'000; ///< The coarsest time stamps of file systems in use.

int64_t nanoseconds(const timespec &time) { return int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec; }

} // namespace

Stamp stampOf(const struct stat &status) {
  return {static_cast<uint64_t>(status.st_size), status.st_dev, status.st_ino, nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

bool isSettled(const Stamp &stamp, int64_t now) {
  return stamp.modified <= now - kSettling && stamp.changed <= now - kSettling;
}

std::optional<std::string> Stamps::contentOf(llvm::StringRef path, const Stamp &stamp) const {
  const auto found = known_.find(path);
  if (found == known_.end() || found->second.stamp != stamp)
    return std::nullopt;
  return llvm::toStringRef(llvm::ArrayRef(found->second.content)).str();
}

void Stamps::learn(llvm::StringRef path, const Stamp &stamp, llvm::StringRef content) {
  Known known{stamp, {}};
  if (content.size() != known.content.size())
    return;
  llvm::copy(content, known.content.begin());
  if (known_.size() >= kMost)
    known_.clear();
  known_[path] = known;
  hasLearnt_ = true;
}

std::string Stamps::encode() const {
  std::string payload;
  for (const auto &entry : known_) {
    const Known &known = entry.second;
    putPart(payload, entry.getKey());
    for (uint64_t number : {known.stamp.size, known.stamp.device, known.stamp.inode,
                            static_cast<uint64_t>(known.stamp.modified), static_cast<uint64_t>(known.stamp.changed)})
      putNumber(payload, number);
    payload += llvm::toStringRef(llvm::ArrayRef(known.content));
  }
  std::string bytes = kMagic.str();
  putNumber(bytes, llvm::xxh3_64bits(payload));
  return bytes + payload;
}

void Stamps::decode(llvm::StringRef bytes) {
  if (bytes.size() < kHeader || !bytes.consume_front(kMagic))
    return;
  if (const std::optional<uint64_t> checksum = takeNumber(bytes); checksum != llvm::xxh3_64bits(bytes))
    return;
  while (bytes.size() > sizeof(uint64_t)) {
    const std::optional<llvm::StringRef> path = takePart(bytes);
    if (!path || bytes.size() < kNumbers)
      return;
    Known known;
    known.stamp.size = *takeNumber(bytes);
    known.stamp.device = *takeNumber(bytes);
    known.stamp.inode = *takeNumber(bytes);
    known.stamp.modified = static_cast<int64_t>(*takeNumber(bytes));
    known.stamp.changed = static_cast<int64_t>(*takeNumber(bytes));
    std::memcpy(known.content.data(), bytes.data(), sizeof known.content);
    bytes = bytes.drop_front(sizeof known.content);
    known_[*path] = known;
  }
}

} // namespace opex
