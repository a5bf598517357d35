// What the outputs say of a run, byte by byte (testdata/golden, rewritten when OPEX_BLESS is set), and the
// limits and escapes that a golden file alone would not prove.
#include "analysis/passes/analysis.h"
#include "report/check_docs.h"
#include "report/excerpt.h"
#include "report/sarif_report.h"
#include "report/text_report.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

using namespace opex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr llvm::StringLiteral kHelp = R"(## What it finds

A dependency call that nothing bounds: **no** timeout is set on its subject, and the
library's [default](https://example.com/default) is none.

A second paragraph.

## Why it hurts in production

Threads wait and pile up.

## Example

```cpp
# not a heading
CURL *h = curl_easy_init();

curl_easy_perform(h);
```

## Instead

Set `CURLOPT_TIMEOUT_MS`.

## Limits

None | many.
)";

struct TimeoutOptions {
  unsigned largestMs = 60000;
  std::vector<std::string> ignoredKinds;

  void map(auto &visit) {
    visit("largest-ms", largestMs, "Above it a timeout | counts as none.");
    visit("ignored-kinds", ignoredKinds, "Kinds of dependencies to leave out.");
  }
};

void findNothing(const Inputs<> &, const TimeoutOptions &, Sink) {}
void findNothingAtAll(const Inputs<> &, const NoOptions &, Sink) {}

const Check &timeoutCheck() {
  static const Check check =
      makeCheck<TimeoutOptions, findNothing>({.id = "opex-missing-timeout",
                                              .summary = "Finds dependency calls that can wait forever.",
                                              .severity = Severity::Error,
                                              .practices = {"RS4", "EH9"},
                                              .cwe = {1088, 400},
                                              .help = kHelp});
  return check;
}

const Check &swallowCheck() {
  static const Check check =
      makeCheck<NoOptions, findNothingAtAll>({.id = "opex-swallowed-exception",
                                              .summary = "Finds handlers that drop an error in silence.",
                                              .severity = Severity::Warning,
                                              .practices = {"EH6"},
                                              .cwe = {391},
                                              .help = "## What it finds\n\nEmpty handlers.\n"});
  return check;
}

Location at(std::string path, uint32_t line, std::string text, llvm::StringRef token, std::string function) {
  Location where;
  where.path = std::move(path);
  where.line = where.endLine = line;
  where.lineText = std::move(text);
  size_t column = llvm::StringRef(where.lineText).find(token);
  where.column = static_cast<uint32_t>(column + 1);
  where.endColumn = static_cast<uint32_t>(column + token.size() + 1);
  where.lineHash = 0x1f00000000000000ull + line;
  where.function = std::move(function);
  return where;
}

Finding timeoutFinding() {
  Finding finding;
  finding.check = "opex-missing-timeout";
  finding.severity = Severity::Error;
  finding.message =
      "`curl_easy_perform` can wait forever: no `CURLOPT_TIMEOUT` is set on `handle`, libcurl's "
      "default is no limit";
  finding.where = at("src/pay ment/client.cpp", 42, "\tconst CURLcode code = curl_easy_perform(handle);",
                     "curl_easy_perform", "pay::Client::charge");
  finding.where.lineOccurrence = 2;
  finding.subject = "curl_easy_perform";
  finding.functionId = "c:@N@pay@S@Client@F@charge#";
  finding.statement = "const CURLcode code = curl_easy_perform(handle);";
  finding.advice = "set `CURLOPT_TIMEOUT_MS` on the handle before the call";
  finding.chain = {
      {at("src/main.cpp", 10, "  server.Post(\"/pay\", [&](auto &req, auto &res) { client.charge(req); });",
          "Post", "main"),
       "requests for /pay enter here", false},
      {at("src/pay ment/client.cpp", 30, "  CURL *handle = curl_easy_init(); // \xF0\x9F\x92\xB3 \xC3\xBC",
          "curl_easy_init", "pay::Client::charge"),
       "`handle` is made here, with libcurl's defaults", false},
      {finding.where, "waits for the answer without limit", true},
  };
  finding.related = {
      {at("src/pay ment/client.h", 7, "  void charge(const Request &);", "charge", "pay::Client"),
       "callers come through here"}};
  finding.fix = Fix{"set a limit of 2 s, the team's default",
                    {{"src/pay ment/client.cpp", 900, 0, 42, 2, 42, 2,
                      "curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 2000L);\n\t"}}};
  return finding;
}

Finding swallowFinding() {
  Finding finding;
  finding.check = "opex-swallowed-exception";
  finding.confidence = Confidence::Medium;
  finding.message = "this handler drops every exception without a trace or a reason";
  finding.where = at("src/\xC3\xBC"
                     "ber.cpp",
                     5, "/* \xF0\x9F\x98\x80\xE2\x82\xAC */ } catch (...) {", "catch", "f");
  finding.subject = "catch (...)";
  return finding;
}

std::vector<rules::Practice> practices() {
  return {{"EH6", "an exception is caught for a reason, and passes otherwise", "swallowed-exception"},
          {"EH9", "client timeouts are neither absent nor too high nor too low", "missing-timeout"},
          {"RS4", "every dependency has a timeout, and its latency is measured", "missing-timeout"}};
}

/// A run with one of everything.
RunReport fullRun() {
  RunReport report;
  report.toolVersion = "0.1.0";
  report.homePage = "https://example.com/opex-tidy";
  report.profile = "audit";
  report.findings = {timeoutFinding(), swallowFinding()};
  sortAndMerge(report.findings);
  assignFingerprints(report.findings);
  report.checks = {&timeoutCheck(), &swallowCheck()};
  Notice foreign{"an error that costs nothing here", "boost/asio/x.hpp", 70, 5, true};
  Notice inHeader{"unknown type name 'Foo'", "src/pay ment/client.h", 3, 9, true};
  Notice more{"use of undeclared identifier 'foo'", "src/half.cpp", 8, 1, true};
  report.tus = {{"src/broken.cpp", TuStatus::Failed, {{"the parser crashed", "", 0, 0, true}}},
                {"src/half.cpp", TuStatus::Partial, {inHeader, more, more, more, more}},
                {"src/lost.cpp", TuStatus::Failed, {}},
                {"src/main.cpp", TuStatus::Complete, {foreign}},
                {"src/nohead.cpp", TuStatus::Failed, {{"'x.h' file not found", "lib/y.h", 2, 10, true}}},
                {"src/pay ment/client.cpp", TuStatus::Complete, {foreign}}};
  report.artifacts = {{"src/main.cpp", std::string(64, 'a')},
                      {"src/pay ment/client.cpp", std::string(64, 'b')},
                      {"src/pay ment/client.h", ""}};
  report.configurationNotices = {
      {"row `acme` matches no declaration of acme/client.h", "rules/acme.yaml", 12, 3, false},
      {"the settings are ignored", "", 0, 0, true}};
  report.practices = practices();
  report.exitCode = 3;
  return report;
}

/// A run over sources written by an enemy.
RunReport hostileRun() {
  RunReport report;
  report.toolVersion = "0.1.0";
  report.homePage = "https://example.com/opex-tidy";
  report.profile = "ci";
  Finding finding = swallowFinding();
  std::string evil = "\x1b]0;owned\x07\x1b[2J\r\n::error::x \xE2\x80\xAE"
                     "cba \xFF\xC0\xAF [x](http://evil) <script> \xC2\x9B"
                     "31m";
  evil += '\0';
  finding.message = "message " + evil;
  finding.advice = "advice " + evil;
  finding.where.path = "src/\x1b[31m/../a b?#%:\xFF.cpp";
  finding.where.function = "f<" + evil + ">::g";
  finding.where.lineText = "\t" + evil + " catch";
  finding.where.column = 2;
  finding.where.endColumn = static_cast<uint32_t>(finding.where.lineText.size() + 50);
  finding.chain = {{finding.where, "step " + evil, false}};
  finding.related = {{finding.where, "related " + evil}};
  finding.fix = Fix{"fix " + evil, {{finding.where.path, 0, 3, 5, 3, 5, 6, evil}}};
  report.findings = {finding};
  assignFingerprints(report.findings);
  report.checks = {&swallowCheck()};
  report.tus = {{finding.where.path, TuStatus::Failed, {{"notice " + evil, "", 0, 0, true}}}};
  report.artifacts = {{finding.where.path, ""}};
  report.configurationNotices = {{"configuration " + evil, finding.where.path, 1, 1, false}};
  report.practices = practices();
  report.exitCode = 3;
  return report;
}

std::string text(const RunReport &report, TextStyle style = {}) {
  std::string result;
  llvm::raw_string_ostream out(result);
  writeText(report, style, out);
  return result;
}

void expectGolden(llvm::StringRef name, const std::string &actual) {
  std::string path = (OPEX_SOURCE_DIR "/testdata/golden/" + name).str();
  if (std::getenv("OPEX_BLESS")) {
    std::error_code code;
    llvm::raw_fd_ostream out(path, code);
    ASSERT_FALSE(code) << path;
    out << actual;
  }
  auto expected = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(expected) << path;
  EXPECT_EQ((*expected)->getBuffer().str(), actual) << "run with OPEX_BLESS=1 and read the difference";
}

/// The only run of a SARIF text.
llvm::json::Object sarifRun(const std::string &sarif) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(sarif);
  if (!value) {
    ADD_FAILURE() << llvm::toString(value.takeError());
    return {};
  }
  return std::move(*(*value->getAsObject()->getArray("runs"))[0].getAsObject());
}

const llvm::json::Object &resultOf(const llvm::json::Object &run, size_t index) {
  return *(*run.getArray("results"))[index].getAsObject();
}

const llvm::json::Object &regionOf(const llvm::json::Object &result) {
  return *(*result.getArray("locations"))[0]
              .getAsObject()
              ->getObject("physicalLocation")
              ->getObject("region");
}

} // namespace

TEST(TextReport, golden) {
  expectGolden("full.txt", text(fullRun()));
  expectGolden("full-colour.txt", text(fullRun(), {.useColor = true}));
  expectGolden("hostile.txt", text(hostileRun()));
}

TEST(TextReport, quietLeavesOutWhatIsNoNews) {
  std::string quiet = text(fullRun(), {.quiet = true});
  EXPECT_THAT(quiet, HasSubstr("can wait forever"));
  EXPECT_THAT(quiet, HasSubstr("not analysed:")) << "a failed parse is never silent";
  EXPECT_THAT(quiet, Not(HasSubstr("2 findings")));
  EXPECT_THAT(quiet, Not(HasSubstr("notice:")));
}

TEST(TextReport, nothingFromTheSourcesReachesTheTerminalRaw) {
  std::string shown = text(hostileRun());
  for (char c : shown)
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
  EXPECT_TRUE(llvm::json::isUTF8(shown));
  EXPECT_THAT(shown, Not(HasSubstr("\x7f")));
  EXPECT_THAT(shown, Not(HasSubstr("\xE2\x80\xAE"))) << "a mark that turns the writing direction";
  EXPECT_THAT(shown, Not(HasSubstr("\xC2\x9B"))) << "an escape introducer of one character";
  for (llvm::StringRef line : llvm::split(shown, '\n'))
    EXPECT_FALSE(line.starts_with("::")) << "a command to a CI host";
}

TEST(TextReport, linesStayLines) {
  EXPECT_EQ(printableLines("a\x1b\nb\r\n"), "a<U+001B>\nb<U+000D>\n");
  EXPECT_EQ(printableLines("\n\n"), "\n\n");
  EXPECT_EQ(printableLines(""), "");
}

TEST(TextReport, emptyRun) {
  RunReport report;
  report.tus = {{"a.cpp", TuStatus::Complete, {}}};
  EXPECT_EQ(text(report), "no findings\n1 translation unit: 1 analysed\n");
}

TEST(Excerpt, caretStandsUnderTheRange) {
  auto shown = [](llvm::StringRef line, unsigned column, unsigned end) {
    Excerpt excerpt = makeExcerpt(line, column, end);
    return std::vector<std::string>{excerpt.text, excerpt.marker};
  };
  EXPECT_THAT(shown("int a = f();", 9, 12), ElementsAre("int a = f();", "        ^~~"));
  EXPECT_THAT(shown("\tf();", 2, 3), ElementsAre("        f();", "        ^"));
  EXPECT_THAT(shown("ab\tf();", 4, 5), ElementsAre("ab      f();", "        ^"));
  EXPECT_THAT(shown("\xC3\xBC = f", 6, 7), ElementsAre("\xC3\xBC = f", "    ^")) << "two bytes, one column";
  EXPECT_THAT(shown("\xE6\xBC\xA2 f", 5, 6), ElementsAre("\xE6\xBC\xA2 f", "   ^")) << "wide";
  EXPECT_THAT(shown("\xE6\xBC\xA2 f", 1, 4), ElementsAre("\xE6\xBC\xA2 f", "^~"));
  EXPECT_THAT(shown("\x1b[m f", 5, 6), ElementsAre("<U+001B>[m f", "           ^"))
      << "escaped text takes its room";
  EXPECT_THAT(shown("\xFFx", 2, 3), ElementsAre("<FF>x", "    ^"));
  EXPECT_THAT(shown("f()", 1, 1), ElementsAre("f()", "^")) << "an empty range";
  EXPECT_THAT(shown("f()", 4, 9), ElementsAre("f()", "   ^")) << "at the end of the line";
  EXPECT_THAT(shown("f()", 40, 90), ElementsAre("f()", "   ^")) << "past the end of the line";
  EXPECT_THAT(shown("f()", 0, 0), ElementsAre("f()", "^"));
  EXPECT_THAT(shown("", 1, 2), ElementsAre("", "^"));
}

TEST(Excerpt, longLinesAreCutAroundTheRange) {
  std::string line = std::string(300, 'a') + "MARK" + std::string(300, 'b');
  Excerpt excerpt = makeExcerpt(line, 301, 305);
  EXPECT_LT(excerpt.text.size(), 140u);
  EXPECT_EQ(excerpt.text.find("MARK"), excerpt.marker.find('^'));
  EXPECT_EQ(excerpt.marker.substr(excerpt.marker.find('^')), "^~~~");
  EXPECT_THAT(excerpt.text, HasSubstr("..."));
}

TEST(Excerpt, anyBytesWillDo) {
  uint64_t random = 42;
  auto next = [&](uint64_t limit) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return static_cast<unsigned>((random >> 33) % limit);
  };
  for (int round = 0; round < 3000; ++round) {
    std::string line;
    for (unsigned length = next(round % 10 == 0 ? 400 : 12); line.size() < length;)
      line +=
          static_cast<char>(next(3) == 0 ? next(256) : "\t \xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80(a"[next(14)]);
    unsigned column = next(line.size() + 4), end = next(line.size() + 8);
    Excerpt excerpt = makeExcerpt(line, column, end);
    ASSERT_TRUE(llvm::json::isUTF8(excerpt.text));
    ASSERT_EQ(llvm::StringRef(excerpt.marker).ltrim(' ').find_first_not_of('~', 1), llvm::StringRef::npos);
    ASSERT_TRUE(llvm::StringRef(excerpt.marker).ltrim(' ').starts_with("^"));
    ASSERT_LE(excerpt.marker.size(), 135u);

    RunReport report;
    Finding finding = swallowFinding();
    finding.where.lineText = line;
    finding.where.column = column;
    finding.where.endColumn = end;
    report.findings = {finding};
    std::string sarif = renderSarif(report, SarifProfile::Full);
    const llvm::json::Object run = sarifRun(sarif);
    const llvm::json::Object &region = regionOf(resultOf(run, 0));
    if (column != 0) {
      ASSERT_LE(*region.getInteger("startColumn"), *region.getInteger("endColumn"));
    }
  }
}

TEST(SarifReport, golden) {
  expectGolden("full.sarif", renderSarif(fullRun(), SarifProfile::Full));
  expectGolden("github.sarif", renderSarif(fullRun(), SarifProfile::Github));
  expectGolden("hostile.sarif", renderSarif(hostileRun(), SarifProfile::Full));
  RunReport clean;
  clean.toolVersion = "0.1.0";
  clean.homePage = "https://example.com/opex-tidy";
  clean.profile = "ci";
  clean.checks = {&timeoutCheck(), &swallowCheck()};
  clean.practices = practices();
  expectGolden("clean.sarif", renderSarif(clean, SarifProfile::Full));
}

TEST(SarifReport, drawsGraphs) {
  RunReport report = fullRun();
  Finding &finding = report.findings[0];
  finding.graph = Graph{"attempts multiply: 3 \xC3\x97 2 = 6", {{"order: 3 attempts", finding.where}, {"send: 2 attempts", finding.where}},
                        {{0, 1, "calls", Confidence::Medium}}};
  llvm::json::Object run = sarifRun(renderSarif(report, SarifProfile::Full));
  const llvm::json::Array *graphs = resultOf(run, 0).getArray("graphs");
  ASSERT_TRUE(graphs);
  ASSERT_EQ(graphs->size(), 1u);
  const llvm::json::Object &graph = *(*graphs)[0].getAsObject();
  const llvm::json::Array &nodes = *graph.getArray("nodes"), &edges = *graph.getArray("edges");
  ASSERT_EQ(nodes.size(), 2u);
  ASSERT_EQ(edges.size(), 1u);
  const llvm::json::Object &edge = *edges[0].getAsObject();
  EXPECT_EQ(edge.getString("sourceNodeId"), nodes[0].getAsObject()->getString("id"));
  EXPECT_EQ(edge.getString("targetNodeId"), nodes[1].getAsObject()->getString("id"));
  EXPECT_NE(nodes[0].getAsObject()->getString("id"), nodes[1].getAsObject()->getString("id"));
  EXPECT_EQ(edge.getObject("properties")->getString("certainty"), llvm::StringRef("medium"));
  EXPECT_EQ(nodes[1].getAsObject()->getObject("label")->getString("text"), llvm::StringRef("send: 2 attempts"));
  EXPECT_FALSE(resultOf(sarifRun(renderSarif(report, SarifProfile::Github)), 0).getArray("graphs")) << "GitHub shows none";
}

TEST(SarifReport, saysHowLongItTakesAtWorst) {
  RunReport report = fullRun();
  report.findings[0].worstCase = TimeNote{"3 × 600 ms", 1800, 3};
  llvm::json::Object result = resultOf(sarifRun(renderSarif(report, SarifProfile::Full)), 0);
  const llvm::json::Object *properties = result.getObject("properties");
  ASSERT_TRUE(properties);
  EXPECT_EQ(properties->getString("worstCase"), "3 × 600 ms");
  EXPECT_EQ(properties->getInteger("worstCaseMs"), 1800);
  EXPECT_EQ(properties->getInteger("amplification"), 3);
}

TEST(SarifReport, columnsAreInUtf16) {
  llvm::json::Object run = sarifRun(renderSarif(fullRun(), SarifProfile::Full));
  EXPECT_EQ(run.getString("columnKind"), llvm::StringRef("utf16CodeUnits"));
  // "/* 😀€ */ } catch": 3 + 2 + 1 + 6 units stand before "catch".
  const llvm::json::Object &result = resultOf(run, 1);
  EXPECT_EQ(regionOf(result).getInteger("startColumn"), 13);
  EXPECT_EQ(regionOf(result).getInteger("endColumn"), 18);
  EXPECT_EQ(regionOf(result).getObject("snippet")->getString("text"), llvm::StringRef("catch"));
}

TEST(SarifReport, messagesAreHarmlessWhereverTheyAreShown) {
  llvm::json::Object run = sarifRun(renderSarif(hostileRun(), SarifProfile::Full));
  llvm::StringRef message = *resultOf(run, 0).getObject("message")->getString("text");
  for (llvm::StringRef harm : {"\x1b", "\n", "\r", "\xE2\x80\xAE", "\xC2\x9B", "]("})
    EXPECT_FALSE(message.contains(harm)) << message.str();
  EXPECT_EQ(message.find('\0'), llvm::StringRef::npos);
}

TEST(SarifReport, identitiesAndTheirForm) {
  RunReport report = fullRun();
  llvm::json::Object run = sarifRun(renderSarif(report, SarifProfile::Full));
  const llvm::json::Object *prints = resultOf(run, 0).getObject("partialFingerprints");
  EXPECT_EQ(prints->getString("primaryLocationLineHash"), llvm::StringRef("1f0000000000002a:2"));
  EXPECT_EQ(prints->getString("opexTidy/v1"), llvm::StringRef(report.findings[0].fingerprint));
}

TEST(SarifReport, aRegionOverSeveralLinesEndsWithItsFirst) {
  RunReport report = fullRun();
  report.findings = {timeoutFinding()};
  report.findings[0].where.endLine += 3;
  report.findings[0].where.endColumn = 2;
  llvm::json::Object run = sarifRun(renderSarif(report, SarifProfile::Full));
  const llvm::json::Object &region = regionOf(resultOf(run, 0));
  EXPECT_EQ(region.getInteger("endLine"), 42);
  EXPECT_EQ(region.getInteger("endColumn"),
            static_cast<int64_t>(report.findings[0].where.lineText.size() + 1));
}

TEST(SarifReport, failedUnitsAreNeverACleanPass) {
  llvm::json::Object run = sarifRun(renderSarif(fullRun(), SarifProfile::Github));
  const llvm::json::Object &invocation = *(*run.getArray("invocations"))[0].getAsObject();
  EXPECT_EQ(invocation.getBoolean("executionSuccessful"), false);
  size_t errors = 0;
  for (const llvm::json::Value &value : *invocation.getArray("toolExecutionNotifications"))
    errors += value.getAsObject()->getString("level") == llvm::StringRef("error");
  EXPECT_EQ(errors, 3u) << "one for each failed unit, with or without a reason";
}

TEST(SarifReport, githubGetsNoMoreThanItTakes) {
  RunReport report = fullRun();
  Finding finding = report.findings[0];
  for (int i = 0; i < 30; ++i) {
    finding.related.push_back(finding.related[0]);
    finding.chain.push_back(finding.chain[1]);
    finding.severity = i % 3 == 0 ? Severity::Error : Severity::Note;
    report.findings.push_back(finding);
  }
  GithubLimits limits;
  EXPECT_EQ(limits.results, 25'000u);
  limits = {.results = 7, .locationsPerResult = 5, .stepsPerResult = 6, .tagsPerRule = 3};
  llvm::json::Object run = sarifRun(renderSarif(report, SarifProfile::Github, limits));
  ASSERT_EQ(run.getArray("results")->size(), 7u);
  for (const llvm::json::Value &value : *run.getArray("results")) {
    const llvm::json::Object &result = *value.getAsObject();
    EXPECT_EQ(result.getString("level"), llvm::StringRef("error")) << "the most severe ones stay";
    EXPECT_LE(result.getArray("locations")->size() + result.getArray("relatedLocations")->size(), 5u);
    const llvm::json::Object &flow = *(*result.getArray("codeFlows"))[0].getAsObject();
    EXPECT_LE((*flow.getArray("threadFlows"))[0].getAsObject()->getArray("locations")->size(), 6u);
  }
  const llvm::json::Object &rule =
      *(*run.getObject("tool")->getObject("driver")->getArray("rules"))[0].getAsObject();
  EXPECT_EQ(rule.getObject("properties")->getArray("tags")->size(), 3u);
  EXPECT_THAT(renderSarif(report, SarifProfile::Github, limits), HasSubstr("25 findings were left out"));
  EXPECT_EQ(sarifRun(renderSarif(report, SarifProfile::Full, limits)).getArray("results")->size(), 32u);
}

TEST(SarifReport, githubFileStaysUnderTheCompressedSize) {
  if (!llvm::compression::zlib::isAvailable())
    GTEST_SKIP() << "this LLVM cannot compress";
  RunReport report = fullRun();
  uint64_t random = 1;
  for (uint32_t i = 0; i < 500; ++i) {
    Finding finding = swallowFinding();
    for (int word = 0; word < 20; ++word)
      finding.message += llvm::utohexstr(random = random * 6364136223846793005u + 1442695040888963407u);
    finding.where.line += i;
    report.findings.push_back(finding);
  }
  GithubLimits limits;
  limits.compressedBytes = 40'000;
  std::string sarif = renderSarif(report, SarifProfile::Github, limits);
  llvm::SmallVector<uint8_t, 0> compressed;
  llvm::compression::zlib::compress(llvm::arrayRefFromStringRef(sarif), compressed);
  EXPECT_LE(compressed.size(), limits.compressedBytes);
  EXPECT_GT(sarifRun(sarif).getArray("results")->size(), 50u) << "and does not give up more than it must";
  EXPECT_THAT(sarif, HasSubstr("were left out"));
}

TEST(SarifReport, descriptionsKeepToTheLengthThatIsTaken) {
  std::string help = "## What it finds\n\n" + std::string(400, 'x');
  for (int i = 0; i < 400; ++i)
    help += " \xC3\xA4\xC3\xB6";
  Check check = makeCheck<NoOptions, findNothingAtAll>(
      {.id = "opex-long", .summary = "Long.", .practices = {}, .cwe = {}, .help = help});
  RunReport report;
  report.toolVersion = "1.0.0";
  report.checks = {&check};
  llvm::json::Object run = sarifRun(renderSarif(report, SarifProfile::Full));
  const llvm::json::Object &rule =
      *(*run.getObject("tool")->getObject("driver")->getArray("rules"))[0].getAsObject();
  llvm::StringRef full = *rule.getObject("fullDescription")->getString("text");
  EXPECT_LE(full.size(), 1024u);
  EXPECT_GT(full.size(), 1000u);
  EXPECT_TRUE(full.ends_with("...")) << full.str();
  EXPECT_FALSE(full.contains("\xEF\xBF\xBD")) << "no character is cut in two";
}

TEST(CheckDocs, golden) {
  expectGolden("check.md", renderCheckMarkdown(timeoutCheck(), practices()));
  expectGolden("check.txt", renderCheckText(timeoutCheck(), practices()));
  std::vector<const Check *> checks = {&timeoutCheck(), &swallowCheck()};
  expectGolden("checks.md", renderChecksPage(checks, practices()));
}

TEST(CheckDocs, sections) {
  EXPECT_TRUE(helpSection(kHelp, "What it finds").starts_with("A dependency call"));
  EXPECT_TRUE(helpSection(kHelp, "What it finds").ends_with("A second paragraph."));
  EXPECT_EQ(helpSection(kHelp, "Limits"), "None | many.");
  EXPECT_TRUE(helpSection(kHelp, "Example").contains("# not a heading"));
  EXPECT_EQ(helpSection(kHelp, "not a heading"), "");
  EXPECT_EQ(helpSection("", "Limits"), "");
}
