// Functions that never come back to who calls them, and calls that run them. Computed for all of them at once, callees
// first.
#pragma once

#include "analysis/calls/statements.h"

#include <vector>

namespace opex {

/// All paths of such a function throw, end the process, go round for ever or run into a call that does.
class NoReturn {
public:
  using Result = NoReturn;
  using Needs = Inputs<Statements>;
  static NoReturn run(const Needs &in) { return NoReturn(in); }
  static constexpr llvm::StringLiteral kName = "no return";

  explicit NoReturn(const Needs &in);

  /// The call is declared so, ends the process by a row of a pack, or surely runs such a function.
  bool at(const LinkedFunction &function, Index<Call> call) const { return at(returns_, function, call); }

private:
  bool at(const std::vector<uint8_t> &returns, const LinkedFunction &function, Index<Call> call) const;

  const Needs in_;
  std::vector<uint8_t> returns_; ///< By position.
};

} // namespace opex
