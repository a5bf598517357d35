// Which functions only tests run. What is odd in them is meant to be, or hurts nobody in production.
#pragma once

#include "analysis/apis/roles.h"

namespace opex {

/// By function: 1 if it is a case of a test framework, or stands where tests are kept.
struct TestCode {
  using Result = std::vector<uint8_t>;
  using Needs = Inputs<RoleIndex>;
  static Result run(const Needs &in);
  static constexpr llvm::StringLiteral kName = "test code";
};

} // namespace opex
