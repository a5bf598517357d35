// The disk as it is now, asked what parses asked before. Each path is looked at once in a run, however many units read it.
#pragma once

#include "store/stamps.h"

namespace opex {

class Disk {
public:
  explicit Disk(Stamps &stamps) : stamps_(stamps) {}

  /// As model/observations.h wants it; always the same for the same path in one run.
  std::string answer(Question question, llvm::StringRef path);

  /// How many files were read because no stamp vouched for them.
  size_t filesRead() const { return filesRead_; }

private:
  struct Seen {
    struct stat status;
    bool exists = false, isLink = false;
    std::optional<std::string> content, realPath;
  };

  Seen &look(llvm::StringRef path);
  std::string contentOf(llvm::StringRef path, Seen &seen);
  std::string realPathOf(llvm::StringRef path, Seen &seen);

  Stamps &stamps_;
  llvm::StringMap<Seen> seen_;
  llvm::StringMap<std::string> realDirectories_;
  size_t filesRead_ = 0;
};

} // namespace opex
