// The one entry of analysis/: applies the rules to a linked program.
#pragma once

#include "model/program.h"
#include "rules/rules.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace opex {

/// Fills program.annotations. The same program and rules give the same annotations. `passDone`, if there is one, is
/// called with the name of each pass when it ends.
void annotate(Program &program, const rules::RuleSet &rules,
              llvm::function_ref<void(llvm::StringRef)> passDone = nullptr);

} // namespace opex
