// The encodings of the SARIF format and the shape of what the writer leaves in and out.
#include "sarif/writer.h"

#include "llvm/Support/JSON.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace sarif;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string written(const Log &log) {
  std::string text;
  llvm::raw_string_ostream out(text);
  write(log, out);
  return text;
}

/// The only run of a log, read back by a JSON parser.
llvm::json::Object readBack(const Run &run) {
  Log log;
  log.runs.push_back(run);
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(written(log));
  if (!value) {
    ADD_FAILURE() << llvm::toString(value.takeError());
    return {};
  }
  return std::move(*(*value->getAsObject()->getArray("runs"))[0].getAsObject());
}

Run minimal() {
  Run run;
  run.driver.name = "tool";
  return run;
}

} // namespace

TEST(SarifEncoding, uriPaths) {
  EXPECT_EQ(encodeUriPath("src/a-b_c.d~e.cpp"), "src/a-b_c.d~e.cpp");
  EXPECT_EQ(encodeUriPath("a b/100%.cpp"), "a%20b/100%25.cpp");
  EXPECT_EQ(encodeUriPath("a?b#c"), "a%3Fb%23c");
  EXPECT_EQ(encodeUriPath("c:d"), "c%3Ad") << "a scheme otherwise";
  EXPECT_EQ(encodeUriPath("gr\xC3\xBC\xC3\x9F.cpp"), "gr%C3%BC%C3%9F.cpp");
  EXPECT_EQ(encodeUriPath("\xFF\n\""), "%FF%0A%22");
  EXPECT_EQ(encodeUriPath("a\\b<c>[d]{e}|^`"), "a%5Cb%3Cc%3E%5Bd%5D%7Be%7D%7C%5E%60");
  EXPECT_EQ(encodeUriPath(""), "");
}

TEST(SarifEncoding, utf16Columns) {
  EXPECT_EQ(utf16Column("plain", 1), 1u);
  EXPECT_EQ(utf16Column("plain", 6), 6u);
  EXPECT_EQ(utf16Column("\xC3\xBC=x", 4), 3u) << "two bytes, one unit";
  EXPECT_EQ(utf16Column("\xE2\x82\xAC=x", 5), 3u) << "three bytes, one unit";
  EXPECT_EQ(utf16Column("\xF0\x9F\x98\x80=x", 6), 4u) << "four bytes, two units";
  EXPECT_EQ(utf16Column("\xF0\x9F\x98\x80=x", 3), 1u) << "inside a character is at its start";
  EXPECT_EQ(utf16Column("a\xFF\xFE"
                        "b",
                        4),
            4u)
      << "each bad byte shows as one replacement character";
  EXPECT_EQ(utf16Column("a\xE2\x82", 4), 3u) << "a cut-off character shows as one";
  EXPECT_EQ(utf16Column("ab", 10), 10u) << "beyond what is known";
  EXPECT_EQ(utf16Column("", 7), 7u);
  EXPECT_EQ(utf16Column("ab", 0), 0u) << "not given stays not given";
}

TEST(SarifEncoding, textThatLooksLikeALinkIsNone) {
  EXPECT_EQ(plainText("[](int) { f(); }"), "[] (int) { f(); }");
  EXPECT_EQ(plainText("a[1] (b)"), "a[1] (b)");
}

TEST(SarifWriter, emptyMembersAreLeftOut) {
  sarif::Run run = minimal();
  run.results.emplace_back();
  run.results.back().message.text = "m";
  std::string text = written({{run}});
  for (llvm::StringRef absent :
       {"\"\"", "[]", "{}", "locations", "codeFlows", "rank", "ruleIndex", "invocations"})
    EXPECT_THAT(text, Not(HasSubstr(absent.str()))) << absent.str();
}

TEST(SarifWriter, aRunWithoutResultsSaysSo) {
  llvm::json::Object run = readBack(minimal());
  ASSERT_NE(run.getArray("results"), nullptr);
  EXPECT_TRUE(run.getArray("results")->empty());
}

TEST(SarifWriter, hostileTextStaysJson) {
  sarif::Run run = minimal();
  Result result;
  result.ruleId = "r\xFF";
  result.message.text = std::string("\x1b[31m\0\x07\"\\\r\n\xC0\xAF\xED\xA0\x80\xF5", 16);
  result.properties["list"] = std::vector<std::string>{"\xFE"};
  result.partialFingerprints["k"] = "v\xFF";
  run.results.push_back(result);
  llvm::json::Object object = readBack(run);
  const llvm::json::Object *back = (*object.getArray("results"))[0].getAsObject();
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(back->getString("ruleId"), llvm::StringRef("r\xEF\xBF\xBD"));
  EXPECT_TRUE(back->getObject("message")->getString("text")->starts_with("\x1b[31m"));
}

TEST(SarifWriter, regionKeepsOffsetsOfZero) {
  sarif::Run run = minimal();
  Result result;
  result.message.text = "m";
  Location location;
  location.physicalLocation.artifactLocation.uri = "a";
  Region region;
  region.startLine = 1;
  region.byteOffset = 0;
  region.byteLength = 0;
  location.physicalLocation.region = region;
  result.locations.push_back(location);
  run.results.push_back(result);
  llvm::json::Object object = readBack(run);
  const llvm::json::Object *back = (*(*object.getArray("results"))[0].getAsObject()->getArray("locations"))[0]
                                       .getAsObject()
                                       ->getObject("physicalLocation")
                                       ->getObject("region");
  EXPECT_EQ(back->getInteger("byteOffset"), 0);
  EXPECT_EQ(back->getInteger("byteLength"), 0);
}
