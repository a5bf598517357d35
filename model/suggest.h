// "Did you mean": the candidate that a misspelt word most likely stands for.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace opex {

/// The candidate closest to `word` by edit distance, ignoring case; none if all are too far away (more than
/// a third of the word). Of equally close ones the first.
std::optional<std::string> suggest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace opex
