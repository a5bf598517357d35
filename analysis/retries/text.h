// Retries in words, and as the beginning of a finding. For the checks about retries, which say them alike.
#pragma once

#include "model/check.h"
#include "model/worst_case.h"
#include "analysis/retries/retries.h"

namespace opex {

/// A factor of a product: "5", "`limit`", "?".
std::string factorText(const Attempts &attempts);

/// What is done again, as messages name it: "curl_easy_perform".
std::string workName(const Program &program, const RetryUse &use);

/// A finding at the retry with its identity; message, advice and the rest of the chain are the check's.
Finding findingAt(const Program &program, const RetryUse &use, const std::optional<WorstCase> &worst);

/// The retry as something that a check does not report.
Rejection rejectionOf(const Program &program, const RetryUse &use, std::string reason);

} // namespace opex
