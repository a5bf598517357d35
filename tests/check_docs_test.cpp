// The documentation of checks is run: every Example must fire its check, every Instead must not.
// OPEX_BLESS=1 rewrites docs/checks.md.
#include "report/check_docs.h"
#include "tests/check_run.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"

namespace opex::test {
namespace {

class CheckDocs : public testing::TestWithParam<const Check *> {};

/// What stands between ```cpp and ```; the test fails unless there is exactly one such block.
std::string codeIn(llvm::StringRef section) {
  auto [before, rest] = section.split("```cpp\n");
  auto [code, after] = rest.split("```");
  EXPECT_FALSE(code.empty()) << "no ```cpp block in: " << section.str();
  EXPECT_FALSE(after.contains("```cpp")) << "more than one ```cpp block in: " << section.str();
  return code.str();
}

/// With the pack that the help shows, if it shows one.
std::vector<Finding> findingsIn(const std::string &code, llvm::StringRef help) {
  std::vector<Source> sources = {{"example.cpp", code}};
  if (auto [before, rest] = help.split("```yaml\n"); !rest.empty())
    sources.push_back({"house.yaml", rest.split("```").first.str()});
  return runAllChecks(Analysed(parseSources(sources, {}), rulesWith(sources)));
}

std::string messages(const std::vector<Finding> &findings) {
  std::string text;
  for (const Finding &finding : findings)
    text += finding.check + ": " + finding.message + "\n";
  return text;
}

TEST_P(CheckDocs, hasTheFixedHeadingsInOrder) {
  std::vector<std::string> headings;
  for (llvm::StringRef line : llvm::split(GetParam()->info.help, '\n'))
    if (line.consume_front("## "))
      headings.push_back(line.trim().str());
  EXPECT_EQ(headings, (std::vector<std::string>{"What it finds", "Why it hurts in production", "Example",
                                                "Instead", "Limits"}));
  for (const std::string &heading : headings)
    EXPECT_FALSE(helpSection(GetParam()->info.help, heading).trim().empty()) << heading;
}

TEST_P(CheckDocs, exampleFiresThisCheckOnly) {
  std::vector<Finding> findings = findingsIn(codeIn(helpSection(GetParam()->info.help, "Example")), GetParam()->info.help);
  EXPECT_FALSE(findings.empty());
  EXPECT_TRUE(llvm::all_of(findings, [&](const Finding &f) { return f.check == GetParam()->info.id; }))
      << messages(findings);
}

TEST_P(CheckDocs, insteadIsSilent) {
  EXPECT_EQ(messages(findingsIn(codeIn(helpSection(GetParam()->info.help, "Instead")), GetParam()->info.help)), "");
}

TEST_P(CheckDocs, followsTheConventions) {
  const CheckInfo &info = GetParam()->info;
  EXPECT_TRUE(info.summary.ends_with("."));
  EXPECT_FALSE(info.practices.empty());
  for (llvm::StringRef practice : info.practices)
    EXPECT_TRUE(llvm::any_of(builtInRules().practices, [&](const rules::Practice &p) {
      return p.id == practice;
    })) << practice.str();
  for (unsigned weakness : info.cwe)
    EXPECT_FALSE(cweName(weakness).empty()) << weakness;
  for (const OptionInfo &option : GetParam()->options()) {
    EXPECT_EQ(llvm::StringRef(option.name).lower(), option.name);
    EXPECT_FALSE(llvm::StringRef(option.name).contains('_'));
    EXPECT_TRUE(llvm::StringRef(option.summary).ends_with(".")) << option.summary;
  }
}

INSTANTIATE_TEST_SUITE_P(All, CheckDocs, testing::ValuesIn(allChecks().begin(), allChecks().end()),
                         [](const auto &info) {
                           std::string name = info.param->info.id.str();
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ChecksPage, isCurrent) {
  const std::string path = OPEX_SOURCE_DIR "/docs/checks.md";
  const std::string page = renderChecksPage(allChecks(), builtInRules().practices);
  if (llvm::sys::Process::GetEnv("OPEX_BLESS")) {
    std::error_code problem;
    llvm::raw_fd_ostream(path, problem) << page;
    ASSERT_FALSE(problem);
  }
  auto buffer = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(bool(buffer)) << path;
  EXPECT_EQ((*buffer)->getBuffer().str(), page)
      << "run the test with OPEX_BLESS=1 and look at the difference";
}

} // namespace
} // namespace opex::test
