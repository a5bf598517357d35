// What tools read: the SARIF log, its form for GitHub, and the limits and escapes of both.
#include "report/sarif_report.h"
#include "tests/report_samples.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/JSON.h"

#include <gmock/gmock.h>

using namespace opex;
using namespace opex::test;
using testing::HasSubstr;

namespace {

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

TEST(SarifReport, aRegionNeverEndsBeforeItsStart) {
  RandomRanges ranges;
  for (int round = 0; round < 3000; ++round) {
    Range range = ranges.next();
    RunReport report;
    report.findings = {swallowFinding()};
    Location &where = report.findings[0].where;
    where.lineText = range.line;
    where.column = range.column;
    where.endColumn = range.end;
    const llvm::json::Object run = sarifRun(renderSarif(report, SarifProfile::Full));
    const llvm::json::Object &region = regionOf(resultOf(run, 0));
    if (range.column != 0) {
      ASSERT_LE(*region.getInteger("startColumn"), *region.getInteger("endColumn"));
    }
  }
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
  Check check = swallowCheck();
  check.info.help = help;
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
