// Rules as they are for the versions of the libraries that a program is built with.
#include "analysis/apis/versions.h"
#include "rules/load.h"

#include <gmock/gmock.h>

using namespace opex;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

namespace {

rules::RuleSet demoRules() {
  rules::RuleSet rules;
  llvm::Expected<rules::Pack> pack =
      rules::parsePack("pack: {name: demo, version: 1.5, version-macros: [DEMO_MAJOR, DEMO_MINOR]}\n"
                       "subjects:\n"
                       "- {id: client, types: [demo::Client], settings: {read: {default: 5 s, default-in: {\">=2\": none}}}}\n"
                       "aborts:\n"
                       "- {function: demo::old, versions: \"<2\"}\n"
                       "- {function: demo::young, versions: \">=2.1\"}\n"
                       "- {function: demo::any}\n",
                       "demo.yaml");
  if (pack)
    rules.packs.push_back(std::move(*pack));
  else
    ADD_FAILURE() << llvm::toString(pack.takeError());
  return rules;
}

/// A program with one unit that saw these macros.
Program programWith(std::vector<FoundMacro> macros) {
  Program program;
  program.units.emplace_back().foundMacros = std::move(macros);
  return program;
}

std::vector<std::string> abortsOf(const rules::RuleSet &rules) {
  std::vector<std::string> ids;
  for (const rules::Abort &row : rules.packs[0].aborts)
    ids.push_back(row.id);
  return ids;
}

} // namespace

TEST(Versions, ComeFromTheMacrosOfTheHeaders) {
  rules::RuleSet rules = rulesFor(programWith({{"DEMO_MAJOR", "2"}, {"DEMO_MINOR", "3"}}), demoRules());
  EXPECT_THAT(abortsOf(rules), ElementsAre("demo::young", "demo::any"));
  EXPECT_EQ(rules.packs[0].subjects[0].settings[0].defaultNs, std::nullopt);
}

TEST(Versions, AreThoseOfThePackWhereNoMacroIsSeen) {
  rules::RuleSet rules = rulesFor(programWith({}), demoRules());
  EXPECT_THAT(abortsOf(rules), ElementsAre("demo::old", "demo::any"));
  EXPECT_THAT(rules.packs[0].subjects[0].settings[0].defaultNs, Optional(5'000'000'000));
}
