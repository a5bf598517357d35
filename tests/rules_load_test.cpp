// The packs of a run: those built in, and files that add packs, replace them or change their rows; the lists beside them.
#include "rules/load.h"
#include "rules/words.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <gmock/gmock.h>

using namespace opex::rules;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

namespace {

class Scratch {
public:
  explicit Scratch(llvm::StringRef text) {
    int descriptor = 0;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("rules", "yaml", descriptor, path_));
    llvm::raw_fd_ostream(descriptor, true) << text;
  }
  ~Scratch() { llvm::sys::fs::remove(path_); }
  std::string path() const { return path_.str().str(); }

private:
  llvm::SmallString<64> path_;
};

} // namespace

TEST(RulesLoad, LoadsWhatIsBuiltIn) {
  llvm::Expected<RuleSet> rules = loadRules({});
  ASSERT_TRUE(bool(rules)) << llvm::toString(rules.takeError());
  std::vector<std::string> names, files;
  for (const Pack &pack : rules->packs) {
    names.push_back(pack.name);
    files.push_back(pack.origin.file);
    EXPECT_EQ(files.back(), "rules/packs/" + pack.name + ".yaml");
  }
  EXPECT_TRUE(llvm::is_sorted(files));
  EXPECT_THAT(names, testing::IsSupersetOf({"curl", "grpc", "hiredis", "libpq", "posix", "std", "thrift"}));
  EXPECT_GE(rules->practices.size(), 40u);
}

TEST(RulesLoad, AddsAFileThatSpeaksOfBuiltInSubjects) {
  Scratch file(
      "pack: {name: house}\nsetters:\n"
      "- {function: house::limit, subject: arg0, sets: total, value: arg1, unit: ms, infinite: 0}\n");
  llvm::Expected<RuleSet> rules = loadRules({file.path()});
  ASSERT_TRUE(bool(rules)) << llvm::toString(rules.takeError());
  EXPECT_TRUE(llvm::any_of(rules->packs, [](const Pack &pack) { return pack.name == "house"; }));
}

TEST(RulesLoad, ReplacesAPackOfTheSameName) {
  Scratch file("pack: {name: curl}\nsubjects:\n- {id: curl-easy, types: [CURL]}\n");
  llvm::Expected<RuleSet> rules = loadRules({file.path()});
  ASSERT_TRUE(bool(rules)) << llvm::toString(rules.takeError());
  auto curl = llvm::find_if(rules->packs, [](const Pack &pack) { return pack.name == "curl"; });
  EXPECT_THAT(curl->calls, IsEmpty());
  EXPECT_EQ(llvm::count_if(rules->packs, [](const Pack &pack) { return pack.name == "curl"; }), 1);
}

TEST(RulesLoad, ReplacesAndDisablesRowsOfEarlierPacks) {
  Scratch file("pack: {name: house, disables: [curl/curl_multi_poll]}\n"
               "calls:\n- {function: curl_easy_perform, replaces: curl/curl_easy_perform, kind: http, phases: {}}\n");
  llvm::Expected<RuleSet> rules = loadRules({file.path()});
  ASSERT_TRUE(bool(rules)) << llvm::toString(rules.takeError());
  EXPECT_EQ(rules->packs.back().name, "house"); // In the order of loading.
  auto names = [&](llvm::StringRef name) {
    return llvm::count_if(rules->packs, [&](const Pack &pack) {
      return llvm::any_of(pack.calls, [&](const DependencyCall &call) { return call.id == name; });
    });
  };
  EXPECT_EQ(names("curl_easy_perform"), 1);
  EXPECT_EQ(names("curl_multi_poll"), 0);

  Scratch wrong("pack: {name: house, disables: [curl/curl_easy_preform, hiredsi/x]}\n");
  std::string error = llvm::toString(loadRules({wrong.path()}).takeError());
  EXPECT_THAT(error, HasSubstr(":1:32: there is no row of pack 'curl' called 'curl_easy_preform', did you mean 'curl_easy_perform'?"));
  EXPECT_THAT(error, HasSubstr("there is no pack 'hiredsi', did you mean 'hiredis'?"));
}

TEST(RulesLoad, TwoFilesOfOnePackAreAMistake) {
  Scratch one("pack: {name: house}\n"), two("pack: {name: house}\n");
  EXPECT_EQ(llvm::toString(loadRules({one.path(), two.path()}).takeError()),
            two.path() + ":1:1: pack 'house' was read from " + one.path() + " already");
}

TEST(RulesLoad, ReplacesRowsOfItsOwnSectionOnly) {
  Scratch file("pack: {name: house}\n"
               "retries:\n- {function: pqxx::perform, replaces: pqxx/pqxx::perform, work: arg0, count: 2}\n");
  llvm::Expected<RuleSet> rules = loadRules({file.path()});
  ASSERT_TRUE(bool(rules)) << llvm::toString(rules.takeError());
  Scratch wrong("pack: {name: house}\n"
                "pauses:\n- {function: pqxx::perform, replaces: pqxx/pqxx::perform}\n");
  EXPECT_THAT(llvm::toString(loadRules({wrong.path()}).takeError()),
              HasSubstr("there is no row of pack 'pqxx' in 'pauses' called 'pqxx::perform'"));
}

TEST(RulesLoad, NamesAFileThatCannotBeRead) {
  for (const char *path : {"/no/such/file.yaml", "/", "/dev/zero"}) {
    llvm::Expected<RuleSet> rules = loadRules({path});
    ASSERT_FALSE(bool(rules));
    EXPECT_THAT(llvm::toString(rules.takeError()), StartsWith(path));
  }
}

TEST(RulesLoad, ReadsPractices) {
  llvm::Expected<std::vector<Practice>> practices = parsePractices(
      "schema: opex-tidy/practices/1\npractices:\n- {id: A1, text: t, answered-by: attested}\n", "p.yaml");
  ASSERT_TRUE(bool(practices)) << llvm::toString(practices.takeError());
  ASSERT_THAT(*practices, SizeIs(1));
  EXPECT_EQ((*practices)[0].answeredBy, "attested");
  practices = parsePractices("practices: []", "p.yaml");
  ASSERT_FALSE(bool(practices));
  EXPECT_EQ(llvm::toString(practices.takeError()), "p.yaml:1:1: expected 'schema: opex-tidy/practices/1'");
}

TEST(RulesWords, SplitsNames) {
  EXPECT_THAT(wordsOf("getHTTPReply_v2"), ElementsAre("get", "http", "reply", "v2"));
  EXPECT_THAT(wordsOf("a::PQexec"), ElementsAre("a", "p", "qexec"));
  EXPECT_THAT(wordsOf("curl_easy_perform"), ElementsAre("curl", "easy", "perform"));
  EXPECT_THAT(wordsOf("__"), IsEmpty());
}

TEST(RulesWords, Load) {
  llvm::Expected<Words> words = loadWords();
  ASSERT_TRUE(bool(words)) << llvm::toString(words.takeError());
  EXPECT_THAT(words->verbs, testing::Contains("connect"));
  // Whatever fits nowhere else is in the last group.
  ASSERT_FALSE(words->groups.empty());
  EXPECT_THAT(words->groups.back().words, IsEmpty());
  for (const WordGroup &group : words->groups)
    EXPECT_EQ(group.section == "calls", !group.kind.empty()) << group.section;
}

TEST(RulesWords, MistakesHavePositions) {
  llvm::Expected<Words> words = parseWords("schema: opex-tidy/words/1\nverbs: [a]\ngroups:\n- {section: cals}\n", "w.yaml");
  ASSERT_FALSE(bool(words));
  std::string text = llvm::toString(words.takeError());
  EXPECT_THAT(text, HasSubstr("w.yaml:4:13: unknown section 'cals', did you mean 'calls'?"));
  EXPECT_THAT(text, HasSubstr("needs the key 'clients'"));
}
