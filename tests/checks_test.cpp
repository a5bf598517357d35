// Runs every check over testdata/*.cpp and compares with the expectations on the lines:
//
//   // options: max-attempts=3           options of the check the file is named after
//   // flags: -DNDEBUG                   further compiler flags
//   // leave out: opex-some-check        whose findings are beside this file's point
//   // --- client.cpp                    what follows is a file of its own (several TUs, headers, a pack)
//   call(); // expect: opex-some-check   also several, and `expect@-1:`, `expect@+1:` for other lines
//
// Behind the name of a check there may be, in this order: `[medium]` for its confidence, `"up to 4 attempts"`
// for a part of the message, `advice "jitter"` for a part of the advice.
//
// Expectations are blanked out before parsing, so that they are no comments of the code.
#include "model/facts_io.h"
#include "tests/check_run.h"
#include "tests/shuffle.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <filesystem>
#include <regex>
#include <set>

namespace opex::test {
namespace {

namespace fs = std::filesystem;

std::string readFile(const fs::path &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path.string());
  return buffer ? (*buffer)->getBuffer().str() : std::string();
}

std::vector<std::string> namesOf(llvm::StringRef folder) {
  std::vector<std::string> names;
  for (const auto &entry : fs::directory_iterator(fs::path(OPEX_SOURCE_DIR) / folder.str()))
    if (entry.path().extension() == ".cpp")
      names.push_back(entry.path().stem().string());
  llvm::sort(names);
  return names;
}

/// In which each program is looked at again.
constexpr unsigned kOrders = 20;

/// Texts are parts of what is found; an empty one is any.
struct Expectation {
  std::string check, confidence, message, advice;

  bool isMetBy(const Finding &finding) const {
    return check == finding.check && (confidence.empty() || confidence == toString(finding.confidence)) &&
           llvm::StringRef(finding.message).contains(message) &&
           llvm::StringRef(finding.advice).contains(advice);
  }
};

struct TestFile {
  std::vector<Source> sources;
  std::vector<std::string> flags;
  std::vector<std::string> leftOut; ///< Checks whose findings are not compared.
  OptionValues options;
  std::map<unsigned, std::vector<Expectation>> expected; ///< By line of the testdata file.
};

void addExpectations(TestFile &file, unsigned line, const std::string &list) {
  static const std::regex pattern(
      R"re(\s*(opex-[\w-]+)(?: \[(\w+)\])?(?: "([^"]+)")?(?: advice "([^"]+)")?\s*(?:,|$))re");
  auto begin = list.cbegin();
  for (std::smatch item; begin != list.cend(); begin = item.suffix().first) {
    if (!std::regex_search(begin, list.cend(), item, pattern, std::regex_constants::match_continuous)) {
      ADD_FAILURE() << "line " << line << " is no expectation: " << list;
      return;
    }
    // Those that say more come first, as a finding takes the first one that it meets.
    std::vector<Expectation> &here = file.expected[line];
    here.insert(item[3].matched || item[4].matched ? here.begin() : here.end(),
                {item[1], item[2], item[3], item[4]});
  }
}

/// Takes the expectation off the line and leaves spaces.
void takeExpectation(TestFile &file, std::string &line, unsigned number) {
  static const std::regex pattern(R"(// expect(@([+-]\d+))?: (.*)$)");
  std::smatch match;
  if (!std::regex_search(line, match, pattern))
    return;
  int offset = 0;
  if (match[2].matched)
    llvm::StringRef(match[2].str()).ltrim('+').getAsInteger(10, offset);
  addExpectations(file, number + offset, match[3].str());
  line.replace(match.position(0), match.length(0), std::string(match.length(0), ' '));
}

TestFile readTestFile(const std::string &name) {
  TestFile file;
  std::string text = readFile(fs::path(OPEX_SOURCE_DIR) / "testdata" / (name + ".cpp"));
  unsigned number = 0;
  for (llvm::StringRef original : llvm::split(text, '\n')) {
    std::string line = original.str();
    ++number;
    if (original.consume_front("// options: ")) {
      for (llvm::StringRef item : llvm::split(original, ' '))
        file.options[item.split('=').first.str()] = item.split('=').second.str();
    } else if (original.consume_front("// flags: ")) {
      for (llvm::StringRef flag : llvm::split(original, ' '))
        file.flags.push_back(flag.str());
    } else if (original.consume_front("// leave out: ")) {
      file.leftOut.push_back(original.trim().str());
    } else if (original.consume_front("// --- ")) {
      // Empty lines in front keep the line numbers those of the testdata file.
      file.sources.push_back({original.trim().str(), std::string(number, '\n')});
      continue;
    }
    takeExpectation(file, line, number);
    if (file.sources.empty())
      file.sources.push_back({name + ".cpp", std::string(number - 1, '\n')});
    file.sources.back().text += line + '\n';
  }
  // A file that is split has only remarks before its first part.
  if (file.sources.size() > 1 && file.sources.front().name == name + ".cpp")
    file.sources.erase(file.sources.begin());
  return file;
}

std::string idOf(llvm::StringRef name) {
  std::string id = "opex-" + name.str();
  std::replace(id.begin(), id.end(), '_', '-');
  return id;
}

/// Missing and unexpected findings both fail.
void compare(const TestFile &file, const std::vector<Finding> &findings, const std::string &name) {
  auto open = file.expected;
  for (const Finding &finding : findings) {
    if (llvm::is_contained(file.leftOut, finding.check))
      continue;
    std::vector<Expectation> &here = open[finding.where.line];
    auto met = llvm::find_if(here, [&](const Expectation &e) { return e.isMetBy(finding); });
    if (met != here.end())
      here.erase(met);
    else
      ADD_FAILURE_AT((std::string("testdata/") + name + ".cpp").c_str(), finding.where.line)
          << "unexpected: " << describe(finding);
  }
  for (const auto &[line, missing] : open)
    for (const Expectation &expectation : missing)
      ADD_FAILURE_AT((std::string("testdata/") + name + ".cpp").c_str(), line)
          << "missing: " << expectation.check << " [" << expectation.confidence << "] \""
          << expectation.message << "\" advice \"" << expectation.advice << '"';
}

class Testdata : public testing::TestWithParam<std::string> {};

TEST_P(Testdata, findsWhatTheLinesExpect) {
  TestFile file = readTestFile(GetParam());
  std::vector<TuFacts> units = parseSources(file.sources, file.flags);
  std::vector<std::string> stored;
  for (const TuFacts &unit : units)
    stored.push_back(encodeFacts(unit));
  const rules::RuleSet rules = rulesWith(file.sources);
  const Analysed analysed(std::move(units), rules);
  std::vector<Finding> findings = runAllChecks(analysed, idOf(GetParam()), file.options);
  compare(file, findings, GetParam());

  // The same facts through bytes, in another order, give the same findings.
  std::vector<TuFacts> decoded;
  for (const std::string &bytes : llvm::reverse(stored)) {
    llvm::Expected<TuFacts> unit = decodeFacts(bytes);
    ASSERT_TRUE(bool(unit)) << llvm::toString(unit.takeError());
    decoded.push_back(std::move(*unit));
  }
  const Analysed joined(std::move(decoded), rules);
  EXPECT_EQ(difference(findings, runAllChecks(joined, idOf(GetParam()), file.options)), "");

  // Coverage: the file holds functions with and without findings of its check.
  std::set<std::string> firing;
  for (const Finding &finding : findings)
    if (finding.check == idOf(GetParam()))
      firing.insert(finding.where.function);
  EXPECT_FALSE(firing.empty());
  EXPECT_TRUE(llvm::any_of(analysed.program.functions, [&](const LinkedFunction &function) {
    return !firing.contains(function.body->name.str()) && !function.body->calls.empty();
  }));
}

/// Functions and units in other orders, see shuffle.h.
class OtherOrders : public testing::TestWithParam<std::string> {};

TEST_P(OtherOrders, giveTheSameFindings) {
  TestFile file = readTestFile(GetParam());
  std::vector<std::string> encoded;
  for (const TuFacts &unit : parseSources(file.sources, file.flags))
    encoded.push_back(encodeFacts(unit));
  std::string changes = differencesInOtherOrders(encoded, rulesWith(file.sources), kOrders);
  EXPECT_TRUE(changes.empty()) << changes;
}

/// `orders/throwing_depth` is `orders_throwing_depth`.
std::string testNameOf(const testing::TestParamInfo<std::string> &info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Checks, OtherOrders, testing::ValuesIn(namesOf("testdata")), testNameOf);
INSTANTIATE_TEST_SUITE_P(Depths, OtherOrders, testing::Values("orders/log_depth", "orders/throwing_depth", "logs/own", "servers/accepted"),
                         testNameOf);

/// A pack written from docs/rules.md alone, for libraries that nobody else has.
TEST(HousePack, makesTheChecksKnowTheHousesOwn) {
  TestFile file = readTestFile("rules/house");
  const rules::RuleSet rules = rulesWith(file.sources);
  const Analysed known(parseSources(file.sources, file.flags), rules);
  compare(file, runAllChecks(known), "rules/house");
  // Without the pack, only what the code itself shows is left.
  const Analysed unknown(parseSources(file.sources, file.flags));
  EXPECT_LT(runAllChecks(unknown).size(), runAllChecks(known).size());
}

/// One kind of shape in each file, and what all checks of retries say of it.
class Retries : public testing::TestWithParam<std::string> {};

TEST_P(Retries, areWhatTheLinesExpect) {
  const std::string name = "retries/" + GetParam();
  TestFile file = readTestFile(name);
  compare(file, runAllChecks(Analysed(parseSources(file.sources, file.flags))), name);
}

INSTANTIATE_TEST_SUITE_P(Checks, Retries, testing::ValuesIn(namesOf("testdata/retries")),
                         [](const auto &info) { return info.param; });

/// Loggers that programs have made for themselves, whichever check asks.
TEST(Logs, areKnownByWhatTheirLoggersDo) {
  TestFile file = readTestFile("logs/own");
  compare(file, runAllChecks(Analysed(parseSources(file.sources, file.flags))), "logs/own");
}

/// Entry points that no row names: what a server written by hand does with a connection.
TEST(Servers, areEnteredWithEachConnection) {
  TestFile file = readTestFile("servers/accepted");
  compare(file, runAllChecks(Analysed(parseSources(file.sources, file.flags))), "servers/accepted");
}

TEST(Waits, inSlicesAreOneWait) {
  TestFile file = readTestFile("waits/slices");
  compare(file, runAllChecks(Analysed(parseSources(file.sources, file.flags))), "waits/slices");
}

INSTANTIATE_TEST_SUITE_P(Checks, Testdata, testing::ValuesIn(namesOf("testdata")),
                         [](const auto &info) { return info.param; });

TEST(Attribution, leavesAFindingItsOwnSeverity) {
  CheckInfo check;
  check.id = "opex-some-check";
  check.severity = Severity::Note;
  Finding plain, heavy;
  heavy.ownSeverity = Severity::Warning;
  attribute(check, plain);
  attribute(check, heavy);
  EXPECT_EQ(plain.check, "opex-some-check");
  EXPECT_EQ(plain.severity, Severity::Note);
  EXPECT_EQ(heavy.severity, Severity::Warning);
}

TEST(Registry, listsEveryCheckFileOnce) {
  std::vector<std::string> listed;
  const std::string def = readFile(fs::path(OPEX_SOURCE_DIR) / "checks" / "registry.def");
  for (llvm::StringRef line : llvm::split(def, '\n'))
    if (line.consume_front("OPEX_CHECK(") && line.consume_back(")"))
      listed.push_back(line.str());
  EXPECT_TRUE(llvm::is_sorted(listed));
  std::vector<std::string> files = namesOf("checks");
  llvm::erase_if(files, [](const std::string &file) { return file == "registry" || file == "run"; });
  EXPECT_EQ(listed, files);
  ASSERT_EQ(allChecks().size(), listed.size());
  for (size_t i = 0; i < listed.size(); ++i)
    EXPECT_EQ(allChecks()[i]->info.id.str(), idOf(listed[i]));
}

TEST(Registry, givesEveryCheckItsTestdata) {
  std::vector<std::string> checks = namesOf("checks");
  llvm::erase_if(checks, [](const std::string &file) { return file == "registry" || file == "run"; });
  for (const std::string &check : checks)
    EXPECT_TRUE(llvm::is_contained(namesOf("testdata"), check)) << check;
}

/// What users read is part of what a check does.
TEST(Wording, isPinnedForEveryCheck) {
  std::map<std::string, unsigned> messages, advice;
  for (const std::string &name : namesOf("testdata"))
    for (const auto &[line, expectations] : readTestFile(name).expected)
      for (const Expectation &expectation : expectations) {
        messages[expectation.check] += !expectation.message.empty();
        advice[expectation.check] += !expectation.advice.empty();
      }
  for (const Check *check : allChecks()) {
    EXPECT_GE(messages[check->info.id.str()], 3u) << check->info.id.str();
    EXPECT_GE(advice[check->info.id.str()], 1u) << check->info.id.str();
  }
}

} // namespace
} // namespace opex::test
