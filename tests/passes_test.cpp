// How passes are run, and the table of them in docs/architecture.md. OPEX_BLESS=1 rewrites the table.
#include "analysis/pass_list.h"
#include "analysis/passes/analysis.h"
#include "rules/rules.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include "gmock/gmock.h"

#include <filesystem>

namespace opex {
namespace {

struct First {
  using Result = int;
  using Needs = Inputs<>;
  static int run(const Needs &) { return 1; }
  static constexpr llvm::StringLiteral kName = "first";
};

struct Second {
  using Result = int;
  using Needs = Inputs<First>;
  static int run(const Needs &in) { return in.get<First>() + 1; }
  static constexpr llvm::StringLiteral kName = "second";
};

TEST(Passes, runOnceAndAfterWhatTheyNeed) {
  const Program program;
  const rules::RuleSet rules;
  std::vector<std::string> ended;
  const Analysis analysis(program, rules, [&](llvm::StringRef pass) { ended.push_back(pass.str()); });
  EXPECT_EQ(analysis.get<Second>(), 2);
  const Inputs<First, Second> both(analysis);
  const Inputs<Second> narrower = both;
  EXPECT_EQ(&narrower.get<Second>(), &analysis.get<Second>());
  EXPECT_THAT(ended, testing::ElementsAre("first", "second"));
}

std::string readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : std::string();
}

TEST(PassList, namesEveryPass) {
  std::vector<std::string> headers, listed;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(OPEX_SOURCE_DIR "/analysis")) {
    const std::string path = entry.path().string();
    if (entry.path().extension() != ".h" || path.ends_with("passes/analysis.h"))
      continue;
    const std::string text = readFile(path);
    for (size_t at = 0; (at = text.find("static constexpr llvm::StringLiteral kName", at)) != std::string::npos; ++at)
      headers.push_back(std::filesystem::relative(path, OPEX_SOURCE_DIR).string());
  }
  for (const PassInfo &pass : allPasses())
    listed.push_back(pass.header.str());
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(headers));
}

TEST(PassList, tableIsCurrent) {
  std::string table = "| pass | what can be asked of it | needs |\n|---|---|---|\n";
  for (const PassInfo &pass : allPasses()) {
    std::string needs;
    for (llvm::StringRef need : pass.needs)
      needs += (needs.empty() ? "`" : ", `") + need.str() + "`";
    table += "| `" + pass.name.str() + "` (`" + pass.header.drop_front(sizeof("analysis/") - 1).str() + "`) | " +
             pass.answers.str() + " | " + needs + " |\n";
  }
  const std::string path = OPEX_SOURCE_DIR "/docs/architecture.md", begin = "<!-- passes -->\n", end = "<!-- end of passes -->";
  std::string page = readFile(path);
  const size_t from = page.find(begin), to = page.find(end);
  ASSERT_TRUE(from != std::string::npos && to != std::string::npos);
  const size_t start = from + begin.size();
  if (llvm::sys::Process::GetEnv("OPEX_BLESS")) {
    page.replace(start, to - start, table);
    std::error_code problem;
    llvm::raw_fd_ostream(path, problem) << page;
    ASSERT_FALSE(problem);
    return;
  }
  EXPECT_EQ(page.substr(start, to - start), table) << "tools/dev bless rewrites it; look at the difference";
}

} // namespace
} // namespace opex
