#include "model/suggest.h"

namespace opex {

std::optional<std::string> suggest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates) {
  std::string lowered = word.substr(0, 64).lower();
  unsigned best = static_cast<unsigned>(lowered.size()) / 3 + 1;
  std::optional<std::string> found;
  for (llvm::StringRef candidate : candidates) {
    unsigned distance = llvm::StringRef(lowered).edit_distance(candidate.lower(), true, best);
    if (distance < best || (distance == best && !found)) {
      best = distance;
      found = candidate.str();
    }
  }
  return found;
}

} // namespace opex
