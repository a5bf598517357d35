#include "frontend/line_hash.h"

#include "llvm/Support/ConvertUTF.h"

#include <array>
#include <unordered_map>

namespace opex {
namespace {

constexpr size_t kWindow = 100;
constexpr uint64_t kMultiplier = 37;
constexpr uint16_t kEnd = 65535;

constexpr uint64_t power(uint64_t base, size_t exponent) {
  uint64_t result = 1;
  while (exponent--)
    result *= base;
  return result;
}

/// A ring of the last 100 code units. A line's hash is complete once its first unit is about to leave.
class RollingHash {
public:
  void add(uint16_t unit) {
    if (unit == ' ' || unit == '\t' || (afterReturn_ && unit == '\n')) {
      afterReturn_ = false;
      return;
    }
    afterReturn_ = unit == '\r';
    if (afterReturn_)
      unit = '\n';
    emitIfLineLeaves();
    if (atLineStart_) {
      atLineStart_ = false;
      startsLine_[position_] = true;
    }
    atLineStart_ = unit == '\n';
    shift(unit);
  }

  std::vector<LineHash> finish() {
    add(kEnd);
    for (size_t i = 0; i < kWindow; ++i) {
      emitIfLineLeaves();
      shift(0);
    }
    return std::move(lines_);
  }

private:
  void emitIfLineLeaves() {
    if (!startsLine_[position_])
      return;
    lines_.push_back({hash_, ++seen_[hash_]});
    startsLine_[position_] = false;
  }

  void shift(uint16_t unit) {
    hash_ = kMultiplier * hash_ + unit - power(kMultiplier, kWindow) * units_[position_];
    units_[position_] = unit;
    position_ = (position_ + 1) % kWindow;
  }

  std::array<uint16_t, kWindow> units_{};
  std::array<bool, kWindow> startsLine_{};
  size_t position_ = 0;
  uint64_t hash_ = 0;
  bool atLineStart_ = true, afterReturn_ = false;
  std::unordered_map<uint64_t, uint32_t> seen_;
  std::vector<LineHash> lines_;
};

} // namespace

std::vector<LineHash> lineHashes(llvm::StringRef text) {
  RollingHash hash;
  auto *next = reinterpret_cast<const llvm::UTF8 *>(text.begin());
  auto *end = reinterpret_cast<const llvm::UTF8 *>(text.end());
  while (next != end) {
    if (*next < 0x80) {
      hash.add(*next++);
      continue;
    }
    llvm::UTF32 scalar = 0;
    if (llvm::convertUTF8Sequence(&next, end, &scalar, llvm::strictConversion) != llvm::conversionOK) {
      scalar = 0xFFFD;
      ++next;
    }
    if (scalar >= 0x10000) {
      hash.add(static_cast<uint16_t>(0xD800 + ((scalar - 0x10000) >> 10)));
      hash.add(static_cast<uint16_t>(0xDC00 + ((scalar - 0x10000) & 0x3FF)));
    } else {
      hash.add(static_cast<uint16_t>(scalar));
    }
  }
  return hash.finish();
}

} // namespace opex
