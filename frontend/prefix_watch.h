// Whether a TU that is parsed behind a shared prefix sees what it would see without. The prefix holds headers
// that the TU includes later, in another order, or never; this notices where that could matter:
//  - a macro that the headers mention was defined otherwise when the TU came to include one of them,
//  - a macro out of a header that the TU has not included (yet) is used or asked for,
//  - the facts name a file that the TU never included (asked at the end, with `hasReached`).
#pragma once

#include "frontend/shared_prefix.h"

#include "clang/Basic/FileEntry.h"

namespace clang {
class CompilerInstance;
class IdentifierInfo;
class MacroInfo;
class Preprocessor;
} // namespace clang

namespace opex {

class PrefixWatch {
public:
  /// `prefix` must outlive it.
  explicit PrefixWatch(const SharedPrefix &prefix);

  /// Listens to the preprocessor of `compiler`, which must not have read a token. It must outlive that.
  void attach(clang::CompilerInstance &compiler);

  /// Something in the TU depends on the prefix.
  bool isSpoilt() const { return isSpoilt_; }
  /// False for a file of the prefix that the TU does not include.
  bool hasReached(const clang::FileEntry &file) const;
  /// False for a macro that only headers define which the TU does not include.
  bool hasSeen(const clang::IdentifierInfo &macro) const;
  /// Those that it includes.
  std::vector<const PrefixFile *> reachedFiles() const;

private:
  class Callbacks;

  std::optional<uint32_t> positionOf(const clang::FileEntry &file) const;
  std::optional<uint32_t> definerOf(const clang::MacroInfo &macro) const;
  void reach(uint32_t file);
  void reveal(llvm::StringRef macro);

  const SharedPrefix &prefix_;
  clang::Preprocessor *preprocessor_ = nullptr;
  llvm::DenseMap<std::pair<uint64_t, uint64_t>, uint32_t> positions_; ///< Of files, by their identity.
  std::vector<bool> isReached_;
  llvm::DenseSet<uint64_t> differing_; ///< Names that the headers mention and that are defined otherwise now.
  bool isSpoilt_ = false;
};

} // namespace opex
