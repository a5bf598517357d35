// What people read: the report on a terminal with its excerpts of the sources, and the pages on checks.
#include "report/check_docs.h"
#include "report/excerpt.h"
#include "report/text_report.h"
#include "tests/report_samples.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

#include <gmock/gmock.h>

using namespace opex;
using namespace opex::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

static std::string text(const RunReport &report, TextStyle style = {}) {
  std::string result;
  llvm::raw_string_ostream out(result);
  writeText(report, style, out);
  return result;
}

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
  RandomRanges ranges;
  for (int round = 0; round < 3000; ++round) {
    Range range = ranges.next();
    Excerpt excerpt = makeExcerpt(range.line, range.column, range.end);
    ASSERT_TRUE(llvm::json::isUTF8(excerpt.text));
    ASSERT_EQ(llvm::StringRef(excerpt.marker).ltrim(' ').find_first_not_of('~', 1), llvm::StringRef::npos);
    ASSERT_TRUE(llvm::StringRef(excerpt.marker).ltrim(' ').starts_with("^"));
    ASSERT_LE(excerpt.marker.size(), 135u);
  }
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
