// The data that a call comes to: not where the way comes round, not in the order of asking, and however long chains are.
#include "analysis/calls/data_access.h"
#include "tests/check_run.h"

#include "gmock/gmock.h"

namespace opex {
namespace {

const char *const kStore = R"cpp(
#include <map>
#include <string>
struct Store { std::map<std::string, int> values; int find(const std::string &key) { return values.find(key)->second; } };
Store store;
)cpp";

/// For each of the calls `probe1()`, `probe2()`, … of functions of these names, asked in the order given: how many leaves
/// it comes to, and over how many calls.
std::vector<std::string> leavesOf(const test::Analysed &analysed, const std::vector<std::string> &names) {
  const Program &program = analysed.program;
  Touches touches(Touches::Needs(analysed.analysis));
  std::vector<std::string> result;
  for (const std::string &name : names)
    for (const LinkedFunction &function : program.functions)
      for (uint32_t i = 0; i < function.body->calls.size() && function.body->name == "main"; ++i)
        if (function.body->calls[i].name == name) {
          std::string text = name + ":";
          for (const Touch &touch : touches.of({function.position, Index<Call>(i)}))
            text += " " + std::to_string(touch.path.size());
          result.push_back(text);
        }
  std::sort(result.begin(), result.end());
  return result;
}

TEST(DataAccess, DoesNotDependOnWhoAskedFirst) {
  const test::Analysed program(test::parseSources({{"circle.cpp", std::string(kStore) + R"cpp(
int second(const std::string &key, int n);
int first(const std::string &key, int n) { return n > 0 ? second(key, n - 1) : store.find(key); }
int second(const std::string &key, int n) { return first(key, n); }
int main(int n, char **) { return first("a" + std::to_string(n), n) + second("b" + std::to_string(n), n); }
)cpp"}}, {}));
  const std::vector<std::string> leaves = leavesOf(program, {"first", "second"});
  EXPECT_EQ(leaves, leavesOf(program, {"second", "first"}));
  EXPECT_THAT(leaves, testing::ElementsAre("first: 2", "second: 3"));
}

TEST(DataAccess, OfLongChainsNeedsNoStack) {
  constexpr unsigned kLength = 20'176;
  std::string text = std::string(kStore) + "int f0(const std::string &key) { return store.find(key); }\n";
  for (unsigned i = 1; i < kLength; ++i)
    text += "int f" + std::to_string(i) + "(const std::string &key) { return f" + std::to_string(i - 1) + "(key); }\n";
  const std::string last = "f" + std::to_string(kLength - 1);
  text += "int main(int n, char **) { std::string key = std::to_string(n); return f3(key) + " + last + "(key); }\n";
  const test::Analysed program(test::parseSources({{"chain.cpp", text}}, {}));
  EXPECT_THAT(leavesOf(program, {"f3", last}), testing::ElementsAre(last + ":", "f3: 5"));
}

} // namespace
} // namespace opex
