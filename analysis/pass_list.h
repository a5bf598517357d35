// All passes, for the table in docs/architecture.md. A pass need not be listed to be used; a test holds the list against
// the sources.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <vector>

namespace opex {

struct PassInfo {
  llvm::StringRef name;     ///< As `Inputs` take it: "Entries".
  llvm::StringRef header;   ///< "analysis/entries/reach.h".
  llvm::StringRef answers;  ///< What a check can ask of it.
  std::vector<llvm::StringRef> needs; ///< Names of passes.
};

/// In the order in which they can run.
std::vector<PassInfo> allPasses();

} // namespace opex
