// Facts to bytes and back, and to readable text. All three walk the structs' `fields`, so that a new
// field needs nothing here.
#pragma once

#include "model/facts.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace opex {

/// Compact, versioned and checksummed; the same facts give the same bytes on any machine.
std::string encodeFacts(const TuFacts &facts);

/// Fails on anything that encodeFacts of this version did not write; never reads out of bounds, however
/// the bytes were damaged.
llvm::Expected<TuFacts> decodeFacts(llvm::StringRef bytes);

/// One fact a line, indented by structure, with indices resolved to names where that reads better.
void dumpFacts(const TuFacts &facts, llvm::raw_ostream &out);

} // namespace opex
