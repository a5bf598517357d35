// What a run wrote, kept in the store: when neither facts, rules nor options are different, the next run writes the same
// without looking at them again.
#pragma once

#include "driver/output_files.h"
#include "driver/unit_facts.h"

namespace opex {

/// What a run ends with: the text of each output in the order of the options, and the exit code.
struct RunResult {
  std::vector<std::string> contents;
  int exitCode = 0;
};

/// A digest over all that a result comes from; none if that cannot be told.
std::optional<Digest> resultKey(const Options &options, const Selection &selection, const std::optional<Digest> &facts,
                                const std::optional<Digest> &rules);

/// A digest over the rule packs that were named, as they are now; none if one cannot be read.
std::optional<Digest> rulesState(const Options &options);

std::string encodeResult(const RunResult &result);
/// None if `bytes` is not a result with so many outputs.
std::optional<RunResult> decodeResult(llvm::StringRef bytes, size_t outputs);

} // namespace opex
