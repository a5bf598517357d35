// A source line with a caret under a range of it, measured in terminal columns.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>

namespace opex {

struct Excerpt {
  std::string text;   ///< Escaped, tabs expanded, cut to a window around the range if very long.
  std::string marker; ///< Spaces, '^' and '~' up to the end of the range.
};

/// `column` and `endColumn` are 1-based bytes of `line`, one past the end; out-of-range values are clamped.
Excerpt makeExcerpt(llvm::StringRef line, unsigned column, unsigned endColumn);

} // namespace opex
