// Which functions run while the program starts or ends, and not again for every request or item of work.
#pragma once

#include "analysis/entries/reach.h"

namespace opex {

/// By function: 1 if it is reached from `main` or from initialisers of globals only, and from no loop that goes
/// on while the service runs. What nobody is seen to call is not among them.
struct StartupOnly {
  using Result = std::vector<uint8_t>;
  using Needs = Inputs<Entries>;
  static Result run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "start-up";
};

} // namespace opex
