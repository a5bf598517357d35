// Everything but files that decides what a parse gives: this build of the program and of Clang, the command, the
// settings, and what of the environment Clang reads. Two parses of one identity that see the same files give the same facts.
#pragma once

#include "frontend/parse.h"

namespace opex {

/// Of this build of the program and of the Clang libraries it runs with.
llvm::StringRef buildIdentity();

/// The same wherever the source root lies, as far as the command names it in paths.
Digest parseIdentity(const CompileCommand &command, const ParseOptions &options);

} // namespace opex
