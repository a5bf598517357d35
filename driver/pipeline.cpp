#include "driver/pipeline.h"

#include "analysis/passes/analysis.h"
#include "driver/linked_program.h"
#include "analysis/apis/coverage.h"
#include "analysis/retries/retries.h"
#include "analysis/suggestions.h"
#include "checks/registry.h"
#include "checks/run.h"
#include "driver/facts_source.h"
#include "driver/kept_result.h"
#include "driver/look_for.h"
#include "driver/output_files.h"
#include "driver/stage_times.h"
#include "driver/unit_facts.h"
#include "model/completeness.h"
#include "model/error.h"
#include "model/facts_io.h"
#include "report/sarif_report.h"
#include "report/text_report.h"
#include "rules/load.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Regex.h"

#include <map>
#include <set>

namespace opex {

const char *const kToolVersion = OPEX_VERSION;

namespace {

constexpr int kUnwritableOutput = 2;

std::vector<Finding> findIn(const Analysis &analysis, const Options &options,
                            const std::vector<const Check *> &checks, StageTimes &times) {
  std::set<std::string> mainFiles;
  for (const TuFacts &unit : analysis.program().units)
    mainFiles.insert(unit.mainFile.str());
  llvm::Regex headerFilter(options.headerFilter);
  return runChecks(analysis, checks, options.checkOptions, [&](Finding &finding) {
    if (matchesGlobs(options.warningsAsErrors, finding.check))
      finding.severity = Severity::Error;
    bool isFiltered = !options.headerFilter.empty() && !mainFiles.contains(finding.where.path) &&
                      !headerFilter.match(finding.where.path);
    return isShown(finding.confidence, options.profile) && !isFiltered;
  }, [&](llvm::StringRef check) { times.ends(Stage::Checks, check); });
}

std::vector<TuSummary> summarise(const Program &program) {
  std::vector<TuSummary> summaries;
  for (const TuFacts &unit : program.units) {
    TuSummary summary{unit.mainFile.str(), shownStatus(unit), {}};
    for (const ParseNotice &notice : unit.notices)
      summary.notices.push_back(
          {notice.message.str(), notice.path.str(), notice.line, notice.column, notice.isError});
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

std::vector<SourceArtifact> artifactsOf(const Program &program) {
  std::map<std::string, std::string> byPath;
  for (const TuFacts &unit : program.units)
    for (const File &file : unit.files)
      if (file.inProject)
        byPath.try_emplace(file.path.str(), file.sha256.str());
  std::vector<SourceArtifact> artifacts;
  for (auto &[path, sha256] : byPath)
    artifacts.push_back({path, sha256});
  return artifacts;
}

int exitCodeOf(const RunReport &report, const Options &options) {
  bool isComplete =
      llvm::all_of(report.tus, [](const TuSummary &tu) { return tu.status == TuStatus::Complete; });
  if (!isComplete && !options.keepGoing)
    return 3;
  bool fails = options.failOn &&
               llvm::any_of(report.findings, [&](const Finding &f) { return f.severity >= *options.failOn; });
  return fails ? 1 : 0;
}

RunResult render(const RunReport &report, const Options &options) {
  RunResult result;
  result.exitCode = report.exitCode;
  for (const OutputRequest &request : options.outputs) {
    std::string content;
    if (request.format == OutputFormat::Sarif) {
      content = renderSarif(report, options.githubSarif ? SarifProfile::Github : SarifProfile::Full);
    } else {
      bool isTerminal = request.file == "-" && llvm::sys::Process::StandardOutIsDisplayed();
      llvm::raw_string_ostream out(content);
      writeText(report, {options.useColor.value_or(isTerminal), options.quiet}, out);
    }
    result.contents.push_back(std::move(content));
  }
  return result;
}

/// What a run is made with; good or bad before the long part begins.
struct Setup {
  std::vector<const Check *> checks;
  rules::RuleSet rules;
  rules::Words words;
};

llvm::Expected<Setup> setUp(const Options &options) {
  llvm::Expected<std::vector<const Check *>> checks = selectChecks(options, allChecks());
  if (!checks)
    return checks.takeError();
  if (llvm::Error error = validateCheckOptions(options, allChecks()))
    return std::move(error);
  llvm::Expected<rules::RuleSet> rules = rules::loadRules(options.ruleFiles);
  if (!rules)
    return rules.takeError();
  llvm::Expected<rules::Words> words = rules::loadWords();
  if (!words)
    return words.takeError();
  return Setup{std::move(*checks), std::move(*rules), std::move(*words)};
}

/// The file relative to the root, if it is below; else absolute.
std::string pathFrom(llvm::StringRef root, const std::string &file) {
  llvm::SmallString<256> full;
  if (llvm::sys::fs::real_path(file, full))
    return file;
  llvm::StringRef path = full;
  return !root.empty() && path.consume_front(root) && path.consume_front("/") ? path.str() : full.str().str();
}

/// Rows of the user's packs that can mean nothing in the program.
std::vector<Notice> uselessRows(const Options &options, const Setup &setup, const Program &program,
                                llvm::StringRef root) {
  rules::RuleSet own;
  own.packs = packsOf(setup.rules, options.ruleFiles);
  std::vector<Notice> notices;
  for (const PackCoverage &pack : coverPacks(program, own))
    for (const RowCoverage &row : pack.rows)
      if (!row.problem.empty())
        notices.push_back({"row '" + row.name + "' of pack '" + pack.pack->name + "' means nothing: " + row.problem,
                           pathFrom(root, row.origin.file), row.origin.line, row.origin.column, false});
  return notices;
}

std::vector<UnknownCalls> unknownCalls(const Analysis &analysis, const rules::Words &words) {
  std::vector<UnknownCalls> calls;
  for (UnknownLibrary &each : unknownLibraries(Inputs<RoleIndex, Entries>(analysis), words))
    calls.push_back({std::move(each.header), each.calls, std::move(each.example), each.first.path, each.first.line});
  return calls;
}

/// Of what the checks of this run have asked for.
std::vector<TooManyPaths> tooManyPaths(const Analysis &analysis) {
  std::vector<TooManyPaths> functions;
  if (!analysis.has<Retries>())
    return functions;
  const Program &program = analysis.program();
  for (uint32_t position : analysis.get<Retries>().tooManyPaths) {
    const LinkedFunction &function = program.functions[position];
    Location where = program.location(function, function.body->site);
    functions.push_back({function.body->name.str(), where.path, where.line});
  }
  llvm::sort(functions, [](const TooManyPaths &a, const TooManyPaths &b) {
    return std::tie(a.path, a.line, a.function) < std::tie(b.path, b.line, b.function);
  });
  return functions;
}

/// Findings of the enabled checks over the facts, filtered by profile, with fingerprints.
RunReport analyse(const Options &options, Setup setup, Facts facts, StageTimes &times) {
  const Program program = linkProgram(setup.rules, std::move(facts.units), std::move(facts.leftOut));
  times.ends(Stage::Link);
  const Analysis analysis(program, setup.rules, [&](llvm::StringRef pass) { times.ends(Stage::Analysis, pass); });
  RunReport report;
  report.toolVersion = kToolVersion;
  report.profile = options.profile;
  report.findings = findIn(analysis, options, setup.checks, times);
  times.ends(Stage::Checks, "order and identity");
  report.checks = std::move(setup.checks);
  report.unknownCalls = unknownCalls(analysis, setup.words);
  report.tooManyPaths = tooManyPaths(analysis);
  report.tus = summarise(program);
  report.artifacts = artifactsOf(program);
  report.practices = std::move(setup.rules.practices);
  for (const std::string &notice : facts.notices)
    report.configurationNotices.push_back({notice, "", 0, 0, false});
  if (!options.ruleFiles.empty())
    llvm::append_range(report.configurationNotices, uselessRows(options, setup, program, facts.root));
  report.exitCode = exitCodeOf(report, options);
  return report;
}

/// An output that cannot be written is said before the long part begins and costs only itself. Fails when
/// nothing is left to write.
llvm::Error dropUnwritable(Options &options, bool &dropped) {
  llvm::Error errors = llvm::Error::success();
  llvm::erase_if(options.outputs, [&](const OutputRequest &request) {
    llvm::Error error = checkWritable(request.file);
    bool isBad = static_cast<bool>(error);
    errors = llvm::joinErrors(std::move(errors), std::move(error));
    return isBad;
  });
  dropped = static_cast<bool>(errors);
  if (options.outputs.empty() || !dropped)
    return errors;
  llvm::errs() << "opex-tidy: " << printable(llvm::toString(std::move(errors))) << '\n';
  return llvm::Error::success();
}

/// What `check` and `link` share: from options to outputs. `produce` runs once the options have been found good.
llvm::Expected<int>
finish(Options options,
       llvm::function_ref<llvm::Expected<RunResult>(const Options &, Setup, StageTimes &)> produce) {
  StageTimes times;
  llvm::Expected<Setup> setup = setUp(options);
  if (!setup)
    return setup.takeError();
  bool dropped = false;
  if (llvm::Error error = dropUnwritable(options, dropped))
    return std::move(error);
  times.ends(Stage::SetUp);
  llvm::Expected<RunResult> result = produce(options, std::move(*setup), times);
  if (!result)
    return result.takeError();
  std::vector<OutputFile> files;
  for (size_t i = 0; i < options.outputs.size(); ++i)
    files.push_back({options.outputs[i].file, std::move(result->contents[i])});
  if (llvm::Error error = writeOutputFiles(files))
    return std::move(error);
  times.ends(Stage::Report);
  if (options.timeChecks)
    times.write(llvm::errs());
  return dropped ? kUnwritableOutput : result->exitCode;
}

/// Findings in what the options select; those of an earlier run if nothing is different. `rulesBefore` is the state of
/// the rules before they were read.
llvm::Expected<RunResult> check(const Options &options, Setup setup, const std::optional<Digest> &rulesBefore, StageTimes &times) {
  llvm::Expected<Selection> selection = selectCommands(options);
  if (!selection)
    return selection.takeError();
  // The built-in packs are proven by our own tests.
  UnitFacts units(options, *selection, lookForPacks(setup.rules, packsOf(setup.rules, options.ruleFiles)));
  auto key = [&]() -> std::optional<Digest> {
    if (!units.store() || options.timeChecks)
      return std::nullopt;
    return resultKey(options, *selection, units.state(), rulesBefore);
  };
  const std::optional<Digest> known = key();
  if (std::optional<std::string> bytes = known ? units.store()->result(*known) : std::nullopt)
    if (std::optional<RunResult> kept = decodeResult(*bytes, options.outputs.size())) {
      units.finish("; nothing is different from an earlier run, whose result is written again");
      return std::move(*kept);
    }
  Facts facts{selection->root, units.take(), selection->leftOut, selection->notices};
  times.ends(Stage::Facts);
  RunResult result = render(analyse(options, std::move(setup), std::move(facts), times), options);
  if (std::optional<Digest> made = key(); made && rulesState(options) == rulesBefore)
    units.store()->putResult(*made, encodeResult(result));
  units.finish();
  return result;
}

/// Every input is facts that were made before.
bool areMade(const Options &options) {
  return llvm::all_of(options.inputs, [](llvm::StringRef input) { return input.ends_with(".facts"); });
}

/// Needs neither sources nor a database.
llvm::Expected<int> dumpMade(const Options &options) {
  llvm::Expected<Facts> facts = factsFromFiles(options.inputs);
  if (!facts)
    return facts.takeError();
  std::string text;
  llvm::raw_string_ostream out(text);
  for (const TuFacts &unit : facts->units)
    dumpFacts(unit, out);
  if (llvm::Error error = writeOutputFiles({{options.outputFile, std::move(text)}}))
    return std::move(error);
  return 0;
}

bool isWhole(const TuFacts &facts) { return shownStatus(facts) == TuStatus::Complete; }

/// One file may be compiled by one command in several folders: the `number`-th of them.
std::string factsFileName(const TuFacts &facts, unsigned number) {
  std::string name = facts.mainFile.str();
  std::replace(name.begin(), name.end(), '/', '-');
  name += "." + llvm::utohexstr(facts.command, /*LowerCase=*/true, 16);
  return name + (number > 0 ? "-" + std::to_string(number + 1) : "") + ".facts";
}

/// Each unit in a file of its own, written as soon as it is there. Whether all are complete.
llvm::Expected<bool> writeFactsFiles(UnitFacts &units, const Selection &selection, llvm::StringRef folder) {
  if (std::error_code error = llvm::sys::fs::create_directories(folder))
    return makeError("cannot create '" + folder + "': " + error.message());
  std::map<std::pair<std::string, uint64_t>, unsigned> used;
  std::vector<unsigned> numbers;
  for (const CompileCommand &command : selection.commands)
    numbers.push_back(used[{command.file, command.hash}]++);
  bool areComplete = true;
  llvm::Error errors = llvm::Error::success();
  units.forEach([&](size_t position, TuFacts facts) {
    areComplete &= isWhole(facts);
    const std::string file = (folder + "/" + factsFileName(facts, numbers[position])).str();
    errors = llvm::joinErrors(std::move(errors), writeOutputFile({file, encodeFacts(facts)}));
  });
  if (errors)
    return std::move(errors);
  return areComplete;
}

/// All units in one output, in their order. Whether all are complete.
llvm::Expected<bool> writeFactsTogether(UnitFacts &units, const Options &options) {
  std::string text;
  llvm::raw_string_ostream out(text);
  const std::vector<TuFacts> all = units.take();
  for (const TuFacts &facts : all)
    if (options.dump)
      dumpFacts(facts, out);
    else
      out << encodeFacts(facts);
  if (llvm::Error error = writeOutputFiles({{options.outputFile, std::move(text)}}))
    return std::move(error);
  return llvm::all_of(all, isWhole);
}

} // namespace

llvm::Expected<int> runCheck(const Options &options) {
  const std::optional<Digest> rules = rulesState(options);
  return finish(options, [&](const Options &options, Setup setup, StageTimes &times) {
    return check(options, std::move(setup), rules, times);
  });
}

llvm::Expected<int> runFacts(const Options &options) {
  if (options.dump && areMade(options))
    return dumpMade(options);
  llvm::Expected<Selection> selection = selectCommands(options);
  if (!selection)
    return selection.takeError();
  llvm::Expected<rules::RuleSet> rules = rules::loadRules({});
  if (!rules)
    return rules.takeError();
  const size_t count = selection->commands.size();
  const bool toDirectory = options.outputFile != "-" && !options.dump &&
                           (count > 1 || llvm::sys::fs::is_directory(options.outputFile));
  if (count > 1 && !options.dump && !toDirectory)
    return makeError("facts of several translation units go to a directory: give one with -o");
  UnitFacts units(options, *selection, lookForPacks(*rules, {}));
  llvm::Expected<bool> areComplete =
      toDirectory ? writeFactsFiles(units, *selection, options.outputFile) : writeFactsTogether(units, options);
  units.finish();
  if (!areComplete)
    return areComplete.takeError();
  return *areComplete || options.keepGoing ? 0 : 3;
}

llvm::Expected<int> runLink(const Options &options) {
  return finish(options, [](const Options &options, Setup setup, StageTimes &times) -> llvm::Expected<RunResult> {
    llvm::Expected<Facts> facts = factsFromFiles(options.inputs);
    if (!facts)
      return facts.takeError();
    times.ends(Stage::Facts);
    return render(analyse(options, std::move(setup), std::move(*facts), times), options);
  });
}

} // namespace opex
