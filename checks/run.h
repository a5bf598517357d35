// From an annotated program to findings: what all who run checks share.
#pragma once

#include "model/check.h"

#include "llvm/ADT/ArrayRef.h"

namespace opex {

/// Findings of `checks`, attributed, merged, sorted, and with fingerprints. `options` are by id of the check. `keep` says
/// which findings count, before that, and may change them. `checkDone`, if there is one, is called with each check's id
/// when it ends.
std::vector<Finding> runChecks(const Program &program, llvm::ArrayRef<const Check *> checks,
                               const std::map<std::string, OptionValues> &options,
                               llvm::function_ref<bool(Finding &)> keep,
                               llvm::function_ref<void(llvm::StringRef)> checkDone = nullptr);

} // namespace opex
