// Writes a sarif::Log as JSON, and the two encodings its members need. The same log gives the same bytes.
// Text of any origin is safe to pass: what is not UTF-8 is replaced, what JSON cannot hold is escaped.
#pragma once

#include "sarif/model.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace sarif {

/// Two-space indented JSON with a line end at the end of the file.
void write(const Log &log, llvm::raw_ostream &out);

/// Percent-encodes a '/' separated relative path as a relative URI reference (RFC 3986). Bytes that are
/// not UTF-8 keep their value; a "." or ".." segment stays.
std::string encodeUriPath(llvm::StringRef path);

/// The 1-based column, in UTF-16 code units, of the 1-based byte column of a line. A byte inside a
/// character counts as its first byte, an ill-formed sequence as the one replacement character that a
/// viewer shows for it, and bytes beyond the end of the known text as one unit each.
uint32_t utf16Column(llvm::StringRef line, uint32_t byteColumn);

/// Makes a text safe as a SARIF plain-text message: what only looks like an embedded link is broken up.
std::string plainText(llvm::StringRef text);

} // namespace sarif
