// All checks. To add one: checks/<name>.cpp, testdata/<name>.cpp and one line in registry.def.
#pragma once

#include "model/check.h"

#include "llvm/ADT/ArrayRef.h"

namespace opex {

namespace checks {
#define OPEX_CHECK(name) extern const Check name;
#include "checks/registry.def"
#undef OPEX_CHECK
} // namespace checks

/// In order of their ids.
llvm::ArrayRef<const Check *> allChecks();

} // namespace opex
