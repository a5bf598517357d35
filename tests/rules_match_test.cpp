// Do a name and a row's globs fit, which rows may mean a name, what does a text set, which version is it.
#include "rules/match.h"

#include <gmock/gmock.h>

using namespace opex::rules;
using testing::ElementsAre;
using testing::Eq;
using testing::IsEmpty;
using testing::Optional;

TEST(RulesMatch, KnowsGlobs) {
  EXPECT_TRUE(matchesGlob("a::b", "a::b"));
  EXPECT_FALSE(matchesGlob("a::b", "a::bc"));
  EXPECT_TRUE(matchesGlob("a::*", "a::bc"));
  EXPECT_TRUE(matchesGlob("a::*", "a::"));
  EXPECT_FALSE(matchesGlob("a::*", "a::b::c"));
  EXPECT_TRUE(matchesGlob("**::Stub::*", "demo::v1::Store::Stub::Get"));
  EXPECT_FALSE(matchesGlob("**::Stub::*", "demo::v1::Store::Stub::async::Get"));
  EXPECT_TRUE(matchesGlob("**Client::*", "demo::StoreClient::get"));
  EXPECT_TRUE(matchesGlob("**Client::*", "Client::get"));
  EXPECT_FALSE(matchesGlob("**Client::get*putProtocol", "demo::StoreClient::get"));
  EXPECT_TRUE(matchesGlob("**Client::get*putProtocol", "demo::StoreClient::getInputProtocol"));
  EXPECT_TRUE(matchesGlob("a*b*c", "axxbyyc"));
  EXPECT_FALSE(matchesGlob("a*b*c", "axx:byyc"));
  EXPECT_TRUE(matchesGlob("**", ""));
  EXPECT_FALSE(matchesGlob("", "a"));
  // Neither side can make this slow.
  EXPECT_FALSE(matchesGlob(std::string(400, '*') + "b", std::string(4000, 'a')));
}

TEST(RulesMatch, ExceptionsWin) {
  Matcher match;
  match.names = {"**::Stub::*"};
  match.exceptNames = {"**::Stub::Async*"};
  EXPECT_TRUE(matchesName(match, "A::Stub::Get"));
  EXPECT_FALSE(matchesName(match, "A::Stub::AsyncGet"));
}

TEST(RulesMatch, IndexFindsRowsInOrder) {
  auto named = [](std::vector<std::string> names) {
    Matcher match;
    match.names = std::move(names);
    return match;
  };
  NameIndex index;
  index.add(named({"**::Get"}), 3);
  index.add(named({"a::Get", "a::*"}), 1);
  Matcher excluded = named({"a::*"});
  excluded.exceptNames = {"a::G*"};
  index.add(excluded, 2);
  Matcher macro = named({"Get"});
  macro.isMacro = true;
  index.add(macro, 0);
  EXPECT_THAT(index.find("a::Get"), ElementsAre(1u, 3u));
  EXPECT_THAT(index.find("a::Put"), ElementsAre(1u, 2u));
  EXPECT_THAT(index.find("Get"), IsEmpty());
  EXPECT_THAT(index.findMacro("Get"), ElementsAre(0u));
}

TEST(RulesMatch, ComparesVersions) {
  EXPECT_THAT(versionIn("1.2.3"), ElementsAre(1u, 2u, 3u));
  EXPECT_THAT(versionIn("\"0.11.4\""), ElementsAre(0u, 11u, 4u));
  EXPECT_THAT(versionIn("v1.0.1-5-g41695078"), IsEmpty());
  EXPECT_THAT(versionIn("2.36"), ElementsAre(2u, 36u));
  VersionRange range{{1, 2}, {3}};
  EXPECT_FALSE(isWithin(range, {1, 1, 9}));
  EXPECT_TRUE(isWithin(range, {1, 2}));
  EXPECT_TRUE(isWithin(range, {2, 9}));
  EXPECT_FALSE(isWithin(range, {3}));
  EXPECT_FALSE(isWithin(range, {3, 0}));
  EXPECT_TRUE(isWithin(range, {}));
}

TEST(RulesMatch, FindsSettingsInTexts) {
  TextSetting::Key key{"statement_timeout", "statement", Unit::Milliseconds, {}};
  key.infinite.zero = true;
  key.infinite.names = {"default"};
  auto ns = [&](llvm::StringRef text) -> std::optional<int64_t> {
    std::optional<TextValue> value = findTextSetting(key, text);
    return value && !value->isInfinite ? value->valueNs : std::nullopt;
  };
  EXPECT_THAT(ns("host=db options='-c statement_timeout=5000' user=x"), Optional(Eq(5'000'000'000)));
  EXPECT_THAT(ns("SET statement_timeout = '5s'"), Optional(Eq(5'000'000'000)));
  EXPECT_THAT(ns("SET LOCAL Statement_Timeout TO 250"), Optional(Eq(250'000'000)));
  EXPECT_THAT(ns("postgresql://h/d?options=-c%20statement_timeout%3D2000"), Optional(Eq(2'000'000'000)));
  EXPECT_THAT(ns("statement_timeout=1 statement_timeout=2"), Optional(Eq(2'000'000)));
  EXPECT_EQ(ns("idle_statement_timeout=5"), std::nullopt);
  EXPECT_EQ(ns("statement_timeouts=5"), std::nullopt);
  EXPECT_EQ(ns("select statement_timeout"), std::nullopt);
  EXPECT_TRUE(findTextSetting(key, "statement_timeout=0")->isInfinite);
  EXPECT_TRUE(findTextSetting(key, "SET statement_timeout TO DEFAULT")->isInfinite);
  std::optional<TextValue> unknown = findTextSetting(key, "statement_timeout=%d");
  ASSERT_TRUE(unknown);
  EXPECT_FALSE(unknown->isInfinite);
  EXPECT_EQ(unknown->valueNs, std::nullopt);
  EXPECT_EQ(findTextSetting(key, "statement_timeout=99999999999999999999")->valueNs, std::nullopt);
}
