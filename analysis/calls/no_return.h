// Functions that never come back to who calls them. Computed for all of them at once, callees first.
#pragma once

#include "model/program.h"

#include <vector>

namespace opex {

/// Functions of the program all of whose paths throw, end the process, go round for ever or run into a call that does.
class NoReturnFunctions {
public:
  /// `ends`: calls that do not return, besides those that are declared so and those that follow.
  NoReturnFunctions(const Program &program, llvm::function_ref<bool(CallRef)> ends);

  /// The call, whose callee is certain, runs one of them.
  bool isRunBy(const LinkedFunction &function, Index<Call> call) const { return isRunBy(returns_, function, call); }

private:
  bool isRunBy(const std::vector<uint8_t> &returns, const LinkedFunction &function, Index<Call> call) const;

  const Program &program_;
  std::vector<uint8_t> returns_; ///< By position.
};

} // namespace opex
