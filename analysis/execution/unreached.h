// Functions that nothing in the program can run: sources shared with another program bring such along.
#pragma once

#include "analysis/entries/reach.h"

namespace opex {

/// By function: 1 if no way leads to it from `main`, from initialisers of globals, or from what others may call without
/// being seen to (virtual and special methods, C linkage, functions whose name is mentioned, entry points of requests).
/// All 0 for a library, which has no `main`, while translation units are missing, and where more than a quarter seems so.
struct Unreached {
  using Result = std::vector<uint8_t>;
  using Needs = Inputs<Entries>;
  static Result run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "unreached";
};

} // namespace opex
