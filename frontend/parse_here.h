// The unguarded core of parsing, shared by the ways to guard it. Not for callers outside this folder.
#pragma once

#include "frontend/parse.h"

namespace opex {

struct SharedPrefix;

/// Clang recurses deeply, and so do walks over its trees. Only touched pages take memory.
inline constexpr unsigned kParserStackBytes = 64u << 20;

/// Parses `command` on this thread, which should have kParserStackBytes of stack. With `isLastAct` the
/// caller promises to end the process soon, and memory is left to the system. `observations`, if not null, gets what was
/// asked of the file system; `prefix`, if not null, serves to be quicker.
TuFacts parseHere(const CompileCommand &command, const ParseOptions &options, bool isLastAct,
                  Observations *observations = nullptr, const SharedPrefix *prefix = nullptr);

/// Whether the unit can be parsed behind the prefix; for tests.
bool parsesBehind(const SharedPrefix &prefix, const CompileCommand &command, const ParseOptions &options);

} // namespace opex
