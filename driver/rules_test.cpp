// `rules test`: each test is a program of one translation unit, analysed as `check` does it.
#include "analysis/passes/analysis.h"
#include "driver/linked_program.h"
#include "checks/registry.h"
#include "checks/run.h"
#include "driver/rules_tools.h"
#include "driver/table.h"
#include "frontend/parse.h"
#include "model/error.h"
#include "model/suggest.h"
#include "report/text_report.h"
#include "rules/load.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

#include <thread>

namespace opex {
namespace {

constexpr llvm::StringRef kRoot = "/opex-pack-tests"; ///< Nothing is there on the disk.
constexpr int kTestFailed = 1;

struct Test {
  const rules::Pack *pack = nullptr;
  const rules::PackTest *test = nullptr;
  std::string file;
};

struct Outcome {
  enum Kind { Passed, Failed, NotRun } kind = Passed;
  std::string text; ///< Why, if not passed.
};

/// Those of the named packs; else of the files; else of all.
llvm::Expected<std::vector<Test>> selectTests(const Options &options, const rules::RuleSet &rules) {
  std::vector<llvm::StringRef> names;
  for (const rules::Pack &pack : rules.packs)
    names.push_back(pack.name);
  for (const std::string &wanted : options.packs)
    if (!llvm::is_contained(names, wanted)) {
      std::optional<std::string> near = suggest(wanted, names);
      return makeError("--pack " + wanted + ": there is no such pack" +
                       (near ? "; did you mean '" + *near + "'?" : std::string()));
    }
  std::vector<Test> tests;
  for (const rules::Pack &pack : rules.packs) {
    bool isWanted = options.packs.empty() ? options.inputs.empty() || llvm::is_contained(options.inputs, pack.origin.file)
                                          : llvm::is_contained(options.packs, pack.name);
    for (size_t i = 0; isWanted && i < pack.tests.size(); ++i)
      tests.push_back({&pack, &pack.tests[i], (kRoot + "/" + pack.name + "/" + std::to_string(i + 1) + ".cpp").str()});
  }
  return tests;
}

std::vector<TuFacts> parseTests(const std::vector<Test> &tests, unsigned jobs) {
  llvm::SmallString<128> here; // Where the packs' -I begin.
  llvm::sys::fs::current_path(here);
  ParseOptions parse;
  parse.scope.root = kRoot.str();
  std::vector<CompileCommand> commands;
  for (const Test &test : tests) {
    parse.memoryFiles.push_back({test.file, test.test->code});
    std::vector<std::string> flags = {"-std=gnu++20"};
    llvm::append_range(flags, test.pack->proof.flags);
    commands.push_back(makeCommand(test.file, here, flags, kRoot));
  }
  if (jobs == 0)
    jobs = std::max(1u, std::thread::hardware_concurrency());
  return parseAll(commands, parse, jobs, nullptr);
}

/// Why the code did not become a program; Passed if it did.
Outcome judgeParse(const TuFacts &unit) {
  for (const ParseNotice &notice : unit.notices)
    if (llvm::StringRef header = notice.message; notice.isError && header.consume_back("' file not found"))
      return {Outcome::NotRun, "no header " + header.ltrim('\'').str()};
  for (const ParseNotice &notice : unit.notices)
    if ((notice.isError && !notice.inSystem) || unit.status == TuStatus::Failed)
      return {Outcome::Failed,
              "the code does not compile: line " + std::to_string(notice.line) + ": " + notice.message.str()};
  return {};
}

std::string fullId(llvm::StringRef id) { return id.starts_with("opex-") ? id.str() : ("opex-" + id).str(); }

Outcome compare(const rules::PackTest &test, const std::vector<Finding> &findings) {
  std::vector<std::string> expected, found, shown;
  for (const std::string &id : test.expect) {
    expected.push_back(fullId(id));
    if (llvm::none_of(allChecks(), [&](const Check *check) { return check->info.id == expected.back(); }))
      return {Outcome::Failed, "there is no check '" + id + "'"};
  }
  std::vector<std::pair<uint32_t, std::string>> inOrder;
  for (const Finding &finding : findings)
    inOrder.push_back({finding.where.line, finding.check});
  llvm::sort(inOrder);
  for (const auto &[line, id] : inOrder) {
    found.push_back(id);
    shown.push_back(id + " (line " + std::to_string(line) + ")");
  }
  if (expected == found)
    return {};
  auto list = [](const std::vector<std::string> &ids) { return ids.empty() ? "nothing" : llvm::join(ids, ", "); };
  return {Outcome::Failed, "expected " + list(expected) + "; found " + list(shown)};
}

Outcome run(const Test &test, TuFacts unit, const rules::RuleSet &rules) {
  Outcome outcome = judgeParse(unit);
  if (outcome.kind != Outcome::Passed)
    return outcome;
  std::vector<TuFacts> units;
  units.push_back(std::move(unit));
  const Program program = linkProgram(rules, std::move(units));
  return compare(*test.test, runChecks(Analysis(program, rules), allChecks(), {}, [](Finding &) { return true; }));
}

} // namespace

llvm::Expected<int> runRulesTest(const Options &options) {
  llvm::Expected<rules::RuleSet> rules = rules::loadRules(options.inputs);
  if (!rules)
    return rules.takeError();
  llvm::Expected<std::vector<Test>> tests = selectTests(options, *rules);
  if (!tests)
    return tests.takeError();
  std::vector<TuFacts> units = parseTests(*tests, options.jobs);
  size_t counts[3] = {};
  for (size_t i = 0; i < tests->size(); ++i) {
    const Test &test = (*tests)[i];
    Outcome outcome = run(test, std::move(units[i]), *rules);
    ++counts[outcome.kind];
    const rules::Origin &origin = test.test->origin;
    if (outcome.kind != Outcome::Passed)
      llvm::outs() << printable(origin.file + ":" + std::to_string(origin.line) + ": " + test.pack->name + ": " +
                                (outcome.kind == Outcome::NotRun ? "not run: " : "") + outcome.text)
                   << '\n';
  }
  llvm::outs() << counted(tests->size(), "test") << ": " << counts[Outcome::Passed] << " passed, "
               << counts[Outcome::Failed] << " failed, " << counts[Outcome::NotRun] << " not run\n";
  return counts[Outcome::Failed] ? kTestFailed : 0;
}

} // namespace opex
