// Against the values that GitHub's upload action's own tests expect of the same texts.
#include "frontend/comments.h"
#include "frontend/line_hash.h"

#include <gmock/gmock.h>

using namespace opex;

namespace {

std::vector<std::string> hashesOf(llvm::StringRef text) {
  std::vector<std::string> result;
  for (const LineHash &line : lineHashes(text)) {
    char buffer[40];
    snprintf(buffer, sizeof buffer, "%llx:%u", static_cast<unsigned long long>(line.hash), line.occurrence);
    result.push_back(buffer);
  }
  return result;
}

TEST(LineHash, agreesWithGitHub) {
  EXPECT_THAT(hashesOf(""), testing::ElementsAre("c129715d7a2bc9a3:1"));
  EXPECT_THAT(hashesOf(" a\nb\n  \t\tc\n d"),
              testing::ElementsAre("271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1",
                                   "a23a3dc5e078b07b:1"));
}

TEST(LineHash, countsEveryLineEndOnce) {
  EXPECT_EQ(hashesOf("a\r\nb\rc\nd"), hashesOf("a\nb\nc\nd"));
  EXPECT_EQ(hashesOf("a\n\n\nb").size(), 4u);
}

TEST(LineHash, ignoresBlanksAndTabs) { EXPECT_EQ(hashesOf("int f ( ) ;"), hashesOf("\tint f();")); }

TEST(LineHash, countsEqualLines) {
  std::string block(120, 'x');
  std::vector<std::string> hashes = hashesOf(block + "\n" + block + "\n");
  ASSERT_EQ(hashes.size(), 3u);
  EXPECT_EQ(hashes[0].substr(0, hashes[0].find(':')), hashes[1].substr(0, hashes[1].find(':')));
  EXPECT_TRUE(llvm::StringRef(hashes[1]).ends_with(":2"));
}

TEST(LineHash, survivesMalformedText) {
  EXPECT_EQ(lineHashes("\xff\xfe\n\xc3").size(), 2u);
  EXPECT_EQ(hashesOf("\xff"), hashesOf("\xef\xbf\xbd"));
}

TEST(Comments, textIsWithoutMarks) {
  EXPECT_EQ(commentText("// plain"), "plain");
  EXPECT_EQ(commentText("///< doc "), "doc");
  EXPECT_EQ(commentText("/* one */"), "one");
  EXPECT_EQ(commentText("/**\n * two\n *\n * lines\n */"), "two\nlines");
  EXPECT_EQ(commentText("//"), "");
  EXPECT_EQ(commentText("/**/"), "");
  EXPECT_EQ(commentText("// joined \\\n   by hand"), "joined \\\nby hand");
}

} // namespace
