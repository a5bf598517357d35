// The commands for people who write rule packs. Each function is one of `opex-tidy rules …` and returns the exit code.
#pragma once

#include "driver/options.h"

#include "llvm/Support/Error.h"

namespace opex {

constexpr int kUnitFailed = 3; ///< Exit code: some translation unit could not be analysed.

/// `rules check`: reads the built-in packs and the files, and lists what the files add.
llvm::Expected<int> runRulesCheck(const Options &options);

/// `rules test`: runs the tests inside the packs of the files, or inside the built-in ones. 1 if one failed.
llvm::Expected<int> runRulesTest(const Options &options);

/// `rules coverage`: parses as `check` does, and says which rows mean something. 3 if a unit is incomplete.
llvm::Expected<int> runRulesCoverage(const Options &options);

/// `rules suggest`: parses as `check` does, and lists calls that look like dependencies. 3 if a unit is incomplete.
llvm::Expected<int> runRulesSuggest(const Options &options);

/// `rules schema`: the JSON Schema of packs.
llvm::Expected<int> runRulesSchema();

} // namespace opex
