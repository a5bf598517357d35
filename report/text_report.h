// Findings for people: one short block each, and a closing summary. Whatever came from the analysed code
// is escaped, so that no byte of it can steer a terminal.
#pragma once

#include "report/run.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {

struct TextStyle {
  bool useColor = false;
  bool quiet = false; ///< Findings only: no summary, no notices about TUs that were analysed completely.
};

void writeText(const RunReport &report, const TextStyle &style, llvm::raw_ostream &out);

/// `text` as it may be shown on one line of a terminal: control and format characters (line ends too)
/// become <U+001B>, bytes that are not UTF-8 become <9F>.
std::string printable(llvm::StringRef text);

/// The same for text of several lines, which stay.
std::string printableLines(llvm::StringRef text);

} // namespace opex
