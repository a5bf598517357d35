// Which bytes files had when they were last read, by what tells without reading that they still have them: size, times,
// place on the disk. A convenience of one machine: whatever is missing or wrong here is read again.
#pragma once

#include "model/observations.h"

#include <sys/stat.h>

namespace opex {

struct Stamp {
  uint64_t size = 0, device = 0, inode = 0;
  int64_t modified = 0, changed = 0; ///< Nanoseconds since 1970.

  bool operator==(const Stamp &) const = default;
};

Stamp stampOf(const struct stat &status);

/// Whether a file with this stamp, read after `now` (nanoseconds since 1970), cannot have been changed since without
/// another stamp: times are only so fine, so what was written moments ago may be written again within the same moment.
bool isSettled(const Stamp &stamp, int64_t now);

class Stamps {
public:
  /// The answer to Question::Content, if the file still has this stamp.
  std::optional<std::string> contentOf(llvm::StringRef path, const Stamp &stamp) const;
  void learn(llvm::StringRef path, const Stamp &stamp, llvm::StringRef content);
  bool hasLearnt() const { return hasLearnt_; }

  std::string encode() const;
  /// Adds what `encode` wrote; nothing of anything else.
  void decode(llvm::StringRef bytes);

private:
  struct Known {
    Stamp stamp;
    Digest content;
  };
  llvm::StringMap<Known> known_;
  bool hasLearnt_ = false;
};

} // namespace opex
