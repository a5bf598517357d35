// The line hashes that GitHub code scanning calls `primaryLocationLineHash`. They must agree with
// GitHub's own upload action to the bit, because a different hash there raises a warning on every upload.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <vector>

namespace opex {

struct LineHash {
  uint64_t hash = 0;
  uint32_t occurrence = 1; ///< This is the n-th line of the file with that hash.
};

/// One hash for each line of `text` (UTF-8; what is malformed counts as U+FFFD), in order; a text that
/// ends in a line end has an empty last line. GitHub's form is `hash` in hexadecimal, ':', `occurrence`.
///
/// Rolling polynomial hash (multiplier 37, modulo 2^64) over a window of 100 UTF-16 code units that
/// begins at the line's first character; blanks and tabs are skipped, every line end counts as LF, and
/// the text is followed by 65535 and then zeros.
std::vector<LineHash> lineHashes(llvm::StringRef text);

} // namespace opex
