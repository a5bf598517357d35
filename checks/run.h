// From an analysis to findings: what all who run checks share.
#pragma once

#include "model/check.h"

#include "llvm/ADT/ArrayRef.h"

namespace opex {

/// Findings of `checks`, attributed, merged, sorted, and with fingerprints. `options` are by id of the check. `keep` says
/// at the end which of them count, and may change their severity: a finding has the same fingerprint whatever else is
/// shown. `checkDone`, if there is one, is called with each check's id when it ends, and `rejected` with what a check does
/// not report.
std::vector<Finding> runChecks(const Analysis &analysis, llvm::ArrayRef<const Check *> checks,
                               const std::map<std::string, OptionValues> &options,
                               llvm::function_ref<bool(Finding &)> keep,
                               llvm::function_ref<void(llvm::StringRef)> checkDone = nullptr,
                               llvm::function_ref<void(const Check &, Rejection)> rejected = nullptr);

} // namespace opex
