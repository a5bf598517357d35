// The whole pipeline for tests: sources in memory → facts → program → findings.
#pragma once

#include "analysis/apis/constructions.h"
#include "analysis/apis/pointer_calls.h"
#include "analysis/passes/analysis.h"
#include "checks/registry.h"
#include "checks/run.h"
#include "frontend/parse.h"
#include "link/link.h"
#include "rules/load.h"
#include "tests/temp_dir.h"

#include "gtest/gtest.h"

#include <map>
#include <string>
#include <vector>

namespace opex::test {

struct Source {
  std::string name; ///< "client.cpp"; headers (and "house.yaml") are written and not parsed by themselves.
  std::string text;
};

inline rules::RuleSet loadRules(const std::vector<std::string> &files = {}) {
  llvm::Expected<rules::RuleSet> loaded = rules::loadRules(files);
  if (!loaded)
    llvm::report_fatal_error(loaded.takeError());
  return std::move(*loaded);
}

inline const rules::RuleSet &builtInRules() {
  static const rules::RuleSet rules = loadRules();
  return rules;
}

/// The built-in packs, and those among the sources.
inline rules::RuleSet rulesWith(const std::vector<Source> &sources) {
  TempDir directory;
  std::vector<std::string> files;
  for (const Source &source : sources)
    if (llvm::StringRef(source.name).ends_with(".yaml"))
      files.push_back(directory.write(source.name, source.text));
  return files.empty() ? builtInRules() : loadRules(files);
}

/// Facts of the sources that are no headers; a compiler error fails the test.
inline std::vector<TuFacts> parseSources(const std::vector<Source> &sources, std::vector<std::string> flags) {
  const std::string root = "/in-memory";
  flags.insert(flags.begin(), {"-std=c++20", "-I", root});
  ParseOptions options;
  options.scope.root = root;
  for (const Source &source : sources)
    options.memoryFiles.push_back({root + "/" + source.name, source.text});
  std::vector<TuFacts> units;
  for (const Source &source : sources) {
    if (!llvm::StringRef(source.name).ends_with(".cpp"))
      continue;
    units.push_back(
        parseTu(makeCommand(root + "/" + source.name, "/", flags, root), options));
    for (const ParseNotice &notice : units.back().notices)
      if (notice.isError && !notice.inSystem)
        ADD_FAILURE() << notice.path.str() << ':' << notice.line << ": " << notice.message.str();
    EXPECT_EQ(units.back().status, TuStatus::Complete);
  }
  return units;
}

/// A linked program and what the passes find in it.
struct Analysed {
  explicit Analysed(std::vector<TuFacts> units, rules::RuleSet ruleSet = builtInRules())
      : rules(std::move(ruleSet)), program(linkWith(rules, std::move(units))), analysis(program, rules) {}
  Analysed(const Analysed &) = delete;

  const rules::RuleSet rules;
  const Program program;
  const Analysis analysis;

private:
  static Program linkWith(const rules::RuleSet &rules, std::vector<TuFacts> units) {
    Program program = link(std::move(units));
    linkConstructions(program, rules);
    linkPointerCalls(program, rules);
    return program;
  }
};

/// Findings of all checks; `options` are those of the check `optionsOf`.
inline std::vector<Finding> runAllChecks(const Analysed &analysed, const std::string &optionsOf = {},
                                         const OptionValues &options = {}) {
  return runChecks(analysed.analysis, allChecks(), {{optionsOf, options}}, [](Finding &) { return true; });
}

} // namespace opex::test
