// Where a run's facts come from: translation units parsed now, or facts made before.
#pragma once

#include "driver/options.h"
#include "model/facts.h"
#include "rules/rules.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace opex {

/// What a run starts from.
struct Facts {
  std::string root; ///< Absolute, of the sources; empty if they are not at hand.
  std::vector<TuFacts> units;
  std::vector<std::string> leftOut; ///< Main files that belong to the program but were not analysed.
  std::vector<std::string> notices;
};

/// Parses what the options select. `rules` say what to look for beside what bodies mention.
llvm::Expected<Facts> factsFromSources(const Options &options, const rules::RuleSet &rules);

/// Reads the files named, and those of the directories named.
llvm::Expected<Facts> factsFromFiles(llvm::ArrayRef<std::string> inputs);

} // namespace opex
