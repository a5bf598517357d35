// Which of its parameters a function runs: those that it calls, and those that it hands to functions that do. Computed
// for all functions at once, callees first.
#pragma once

#include "analysis/passes/analysis.h"

#include <optional>
#include <vector>

namespace opex {

/// The callable that the call runs, where it is a value.
Index<Value> parameterCalled(const Call &call);

/// The parameter of the function that the call runs.
std::optional<uint32_t> parameterRunBy(const Function &body, const Call &call);

/// What an argument is made of: the callable in a copy, or in a std::function.
Index<Value> callableIn(const Function &body, Index<Value> argument);

class RunParameters {
public:
  using Result = RunParameters;
  using Needs = Inputs<>;
  static RunParameters run(const Needs &in) { return RunParameters(in.program()); }
  static constexpr llvm::StringLiteral kName = "run parameters";

  explicit RunParameters(const Program &program);

  /// Sorted.
  llvm::ArrayRef<uint32_t> of(uint32_t function) const { return parameters_[function]; }

private:
  std::vector<std::vector<uint32_t>> parameters_; ///< By position in Program::functions.
};

} // namespace opex
