#include "driver/explain.h"

#include "analysis/bounds/dependencies.h"
#include "checks/registry.h"
#include "checks/run.h"
#include "driver/facts_source.h"
#include "driver/linked_program.h"
#include "driver/rules_tools.h"
#include "driver/table.h"
#include "driver/why_not.h"
#include "model/completeness.h"
#include "model/error.h"
#include "report/check_docs.h"
#include "report/explanation.h"
#include "report/rule_docs.h"
#include "report/text_report.h"
#include "rules/load.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {
namespace {

constexpr size_t kShortestId = 6, kWholeId = 16;

bool isPack(llvm::StringRef name, const rules::RuleSet &rules) {
  return llvm::any_of(rules.packs, [&](const rules::Pack &pack) { return pack.name == name; });
}

/// Of a check, of "packs", of a pack, or of a row of one.
llvm::Expected<std::string> docOf(llvm::StringRef name, const rules::RuleSet &rules) {
  if (name == "packs")
    return renderPackList(rules);
  if (isPack(name, rules) || name.contains('/'))
    return renderRuleText(rules, name);
  llvm::Expected<const Check *> check = findCheck(name, allChecks());
  if (!check)
    return check.takeError();
  return renderCheckText(**check, rules.practices);
}

/// The words of the command line by what they are.
struct Questions {
  std::vector<std::string> names, ids, files;
  bool isAboutProgram(const Options &options) const { return !ids.empty() || !options.whyNot.empty(); }
};

bool isId(llvm::StringRef word) {
  return word.size() >= kShortestId && word.size() <= kWholeId && llvm::all_of(word, llvm::isHexDigit);
}

Questions sorted(const Options &options, const rules::RuleSet &rules) {
  Questions questions;
  for (const std::string &word : options.inputs) {
    llvm::StringRef pack = llvm::StringRef(word).split('/').first;
    if (word == "packs" || isPack(pack, rules))
      questions.names.push_back(word);
    else if (isId(word))
      questions.ids.push_back(llvm::StringRef(word).lower());
    else
      (llvm::sys::fs::exists(word) ? questions.files : questions.names).push_back(word);
  }
  if (!questions.isAboutProgram(options)) // Then nothing is analysed, and a file is a name that means nothing.
    llvm::append_range(questions.names, std::exchange(questions.files, {}));
  return questions;
}

llvm::Expected<std::unique_ptr<ExplainedProgram>> analyse(Options options, const Questions &questions, const rules::RuleSet &rules) {
  if (!questions.files.empty() && !options.factsInputs.empty())
    return makeError("'" + questions.files.front() + "' is a file to parse, which --facts makes needless; give one of the two");
  options.inputs = questions.files;
  llvm::Expected<Facts> facts =
      options.factsInputs.empty() ? factsFromSources(options, rules) : factsFromFiles(options.factsInputs);
  if (!facts)
    return facts.takeError();
  return std::make_unique<ExplainedProgram>(facts->root, linkProgram(rules, std::move(facts->units), std::move(facts->leftOut)), rules,
                                            options.checkOptions);
}

llvm::Expected<const Finding *> findingOf(llvm::StringRef id, llvm::ArrayRef<Finding> findings) {
  std::vector<const Finding *> matches;
  for (const Finding &finding : findings)
    if (llvm::StringRef(finding.fingerprint).starts_with(id))
      matches.push_back(&finding);
  if (matches.size() == 1)
    return matches.front();
  std::string looked = counted(findings.size(), "finding");
  if (matches.empty())
    return makeError("no finding has the id '" + id + "'; " + looked +
                     " of all checks in profile audit were looked at. The id is in the last line of each finding");
  std::string list;
  for (const Finding *finding : matches)
    list += "\n  " + finding->fingerprint + " " + finding->where.path + ":" + std::to_string(finding->where.line) + " " +
            finding->check;
  return makeError("'" + id + "' begins the ids of " + std::to_string(matches.size()) + " of " + looked + ":" + list);
}

llvm::Expected<std::vector<LinePlace>> placesOf(const Options &options) {
  std::vector<LinePlace> places;
  for (const std::string &word : options.whyNot) {
    llvm::Expected<LinePlace> place = parsePlace(word);
    if (!place)
      return place.takeError();
    places.push_back(std::move(*place));
  }
  return places;
}

llvm::Expected<std::string> storiesOf(const ExplainedProgram &explained, const Options &options, const Questions &questions,
                                      llvm::ArrayRef<LinePlace> places, const rules::RuleSet &rules) {
  std::vector<std::string> stories;
  for (const std::string &id : questions.ids) {
    llvm::Expected<const Finding *> finding = findingOf(id, explained.findings);
    if (!finding)
      return finding.takeError();
    stories.push_back(renderFindingStory(**finding, checkOf(**finding), explained.program,
                                         explained.analysis.get<Dependencies>().uses.all(), rules,
                                         shownText(**finding, explained)));
  }
  std::optional<WhyNot> whyNot;
  for (const LinePlace &place : places) {
    if (!whyNot)
      whyNot.emplace(explained);
    llvm::Expected<PlaceStory> story = whyNot->at(place);
    if (!story)
      return story.takeError();
    stories.push_back(renderPlaceStory(*story));
  }
  return llvm::join(stories, "\n");
}

/// What is bad in the options is said before the long part begins.
llvm::Expected<std::string> aboutProgram(const Options &options, const Questions &questions, const rules::RuleSet &rules,
                                         bool &isComplete) {
  llvm::Expected<std::vector<const Check *>> checks = selectChecks(options, allChecks());
  if (!checks)
    return checks.takeError();
  if (llvm::Error error = validateCheckOptions(options, allChecks()))
    return std::move(error);
  llvm::Expected<std::vector<LinePlace>> places = placesOf(options);
  if (!places)
    return places.takeError();
  llvm::Expected<std::unique_ptr<ExplainedProgram>> made = analyse(options, questions, rules);
  if (!made)
    return made.takeError();
  ExplainedProgram &explained = **made;
  explained.checkIsOn = [&](const CheckInfo &info) {
    return llvm::any_of(*checks, [&](const Check *check) { return check->info.id == info.id; });
  };
  isComplete = llvm::all_of(explained.program.units,
                            [](const TuFacts &unit) { return shownStatus(unit) == TuStatus::Complete; });
  return storiesOf(explained, options, questions, *places, rules);
}

} // namespace

llvm::Expected<int> runExplain(const Options &options) {
  if (options.inputs.empty() && options.whyNot.empty())
    return makeError("explain what? Name a check, a pack, a row of one or the id of a finding, or give --why-not FILE:LINE");
  llvm::Expected<rules::RuleSet> rules = rules::loadRules(options.ruleFiles);
  if (!rules)
    return rules.takeError();
  Questions questions = sorted(options, *rules);
  std::string text;
  for (const std::string &name : questions.names) {
    llvm::Expected<std::string> doc = docOf(name, *rules);
    if (!doc)
      return doc.takeError();
    text += *doc;
  }
  bool isComplete = true;
  if (questions.isAboutProgram(options)) {
    llvm::Expected<std::string> answers = aboutProgram(options, questions, *rules, isComplete);
    if (!answers)
      return answers.takeError();
    text += *answers;
  }
  llvm::outs() << printableLines(text);
  if (!isComplete)
    llvm::errs() << "opex-tidy: some translation units could not be analysed; what is said may lack what they contain\n";
  return isComplete || options.keepGoing ? 0 : kUnitFailed;
}

} // namespace opex
