// The command line, parsed and checked as far as that is possible without reading any file. What the
// words mean to the run is the pipeline's business. The library that parses stays behind options.cpp.
#pragma once

#include "model/check.h"
#include "model/finding.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace opex {

enum class Command {
  Print,      ///< Nothing to run: `text` answers --help or --version.
  Check,      ///< Compilation database (or single files) to findings.
  Facts,      ///< Facts of single files.
  Link,       ///< Facts made elsewhere to findings.
  Explain,    ///< Help of a check, a row as written, the facts behind a finding or a silence.
  ListChecks, ///< Names of the enabled checks.
  RulesCheck,    ///< Are these rule packs well-formed?
  RulesTest,     ///< Run the packs' own tests.
  RulesCoverage, ///< Which rows mean something in a program?
  RulesSuggest,  ///< Which calls look like rows that no pack has?
  RulesSchema,   ///< What editors know of packs.
  CacheShow,     ///< What is in the store of facts?
  CachePrune,    ///< Remove what is over its limits.
  CacheClear,    ///< Remove all of it.
};

enum class OutputFormat { Text, Sarif };

/// What to do with a file that no compilation database knows.
enum class MissingCommand { Skip, Error, Guess };

struct OutputRequest {
  OutputFormat format = OutputFormat::Text;
  std::string file = "-"; ///< "-" = standard output.
};

struct Options {
  Command command = Command::Check;
  std::string text; ///< Command::Print.

  std::vector<std::string> inputs; ///< Files and directories; facts files; check names; rule packs.
  std::string buildPath;           ///< -p; empty = look for it.
  std::string root;                ///< --root; empty = look for it.
  std::vector<std::string> extraArgs, extraArgsBefore;
  std::optional<std::vector<std::string>> singleFileFlags; ///< What follows "--", even when nothing does.
  MissingCommand missingCommand = MissingCommand::Error;
  bool fullBodies = false;
  bool sharedPrefix = false;
  unsigned jobs = 0; ///< 0 = as many as there are processors.
  bool useCache = true;
  std::string cacheFolder; ///< --cache; empty = the user's.
  bool verbose = false;    ///< Say what is parsed, and why.

  std::string checks;           ///< Glob list as written; see selectChecks.
  std::string warningsAsErrors; ///< Glob list as written.
  std::string headerFilter;     ///< Regular expression; empty = all headers of the project.
  std::string profile = "ci";   ///< "ci", "ide" or "audit".
  std::map<std::string, OptionValues> checkOptions; ///< By full id of the check.
  std::vector<std::string> ruleFiles;

  std::vector<OutputRequest> outputs; ///< Never empty; at most one to standard output.
  bool githubSarif = false;
  std::optional<bool> useColor; ///< None = only on a terminal.
  bool quiet = false;
  std::optional<Severity> failOn = Severity::Warning; ///< None = findings never fail the run.
  bool keepGoing = false;                             ///< TUs that failed are a notice.
  bool timeChecks = false;                            ///< Say what each stage cost.

  std::vector<std::string> packs; ///< Command::RulesTest: names; empty = all.
  std::vector<std::string> factsInputs; ///< Command::Explain: --facts; files and directories.
  std::vector<std::string> whyNot;      ///< Command::Explain: FILE:LINE, as written.
  bool showAll = false;           ///< Command::RulesCoverage.
  unsigned limit = 30;            ///< Command::RulesSuggest.

  unsigned cacheMegabytes = 2048, cacheDays = 30; ///< Command::CacheShow, CachePrune: what the store is held to.

  bool dump = false;      ///< Command::Facts.
  std::string outputFile; ///< Command::Facts: -o; "-" = standard output.
};

/// Parses `arguments` (without the program's name). An error is a usage error, ready to be shown.
llvm::Expected<Options> parseOptions(llvm::ArrayRef<std::string> arguments, llvm::StringRef version);

/// The checks of `known` that are on: those of the profile, changed by the glob list from left to right
/// ("-*,opex-missing-timeout"; the prefix "opex-" may be left out). Sorted by id. A name or pattern that
/// fits no check is an error.
llvm::Expected<std::vector<const Check *>> selectChecks(const Options &options,
                                                        llvm::ArrayRef<const Check *> known);

/// Whether the profile shows findings of this confidence, and checks of this precision.
bool isShown(Confidence confidence, llvm::StringRef profile);

/// Whether a glob list switches `check` on, when nothing is on at first. Unknown names are no error.
bool matchesGlobs(llvm::StringRef globs, llvm::StringRef check);

/// Complains about options for checks that do not exist, options that a check does not have, and values
/// that it does not take.
llvm::Error validateCheckOptions(const Options &options, llvm::ArrayRef<const Check *> known);

/// The check called `name`, with or without "opex-"; an error with a suggestion if there is none.
llvm::Expected<const Check *> findCheck(llvm::StringRef name, llvm::ArrayRef<const Check *> known);

} // namespace opex
