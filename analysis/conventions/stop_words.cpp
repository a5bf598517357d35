#include "analysis/conventions/stop_words.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

bool isNamedLikeStop(llvm::StringRef name) {
  static constexpr llvm::StringLiteral kParts[] = {"stop",    "quit",   "terminat", "shut",      "running",
                                                   "exit",    "cancel", "abort",    "interrupt", "alive",
                                                   "closing", "active", "timeout",  "deadline",  "expire"};
  size_t colons = name.rfind("::");
  llvm::StringRef last = colons == llvm::StringRef::npos ? name : name.substr(colons + 2);
  return llvm::any_of(kParts, [&](llvm::StringRef part) { return last.contains_insensitive(part); });
}

} // namespace opex
