// A run as SARIF 2.1.0. Decides what the format's places are filled with; the format itself is sarif/.
#pragma once

#include "report/run.h"
#include "sarif/model.h"

#include <string>

namespace opex {

/// Who reads the file. GitHub rejects files over its limits and ignores much of the format: its profile
/// stays within the limits and leaves out what is ignored. When findings had to be left out, the most
/// severe ones stay and a notification counts the rest.
enum class SarifProfile { Full, Github };

/// GitHub's hard limits for one upload.
struct GithubLimits {
  size_t results = 25'000, locationsPerResult = 1'000, stepsPerResult = 10'000, tagsPerRule = 20;
  size_t compressedBytes = 10'000'000; ///< Of the whole file.
};

sarif::Log makeSarif(const RunReport &report, SarifProfile profile, const GithubLimits &limits = {});

/// The file's bytes. With the GitHub profile also the size limit holds.
std::string renderSarif(const RunReport &report, SarifProfile profile, const GithubLimits &limits = {});

} // namespace opex
