// Which parameters functions run: calls, and hand on to who does.
#include "analysis/calls/run_parameters.h"
#include "tests/check_run.h"

#include <gmock/gmock.h>

namespace opex::test {
namespace {

/// By the function's name.
std::map<std::string, std::vector<uint32_t>> runIn(const std::string &code) {
  const std::vector<Source> sources = {{"code.cpp", "#include <functional>\nusing Work = std::function<bool()>;\n" + code}};
  const Analysed analysed(parseSources(sources, {}), builtInRules());
  std::map<std::string, std::vector<uint32_t>> run;
  for (const LinkedFunction &function : analysed.program.functions)
    if (llvm::ArrayRef<uint32_t> parameters = analysed.analysis.get<RunParameters>().of(function.position); !parameters.empty())
      run[function.body->name.str()] = parameters.vec();
  return run;
}

using testing::ElementsAre;
using testing::Pair;

TEST(RunParameters, areCalled) {
  EXPECT_THAT(runIn("bool one(int, const Work &work) { return work(); }\nbool two(bool (*work)(), Work other) { return work() || other(); }"),
              ElementsAre(Pair("one", ElementsAre(1)), Pair("two", ElementsAre(0, 1))));
}

TEST(RunParameters, areHandedOnToWhoCallsThem) {
  const std::string chain = "bool first(Work w);\nbool last(Work w) { return w(); }\nbool middle(int, Work w) { return last(w); }\n"
                            "bool first(Work w) { return middle(1, w); }\nbool keep(Work w) { Work mine = w; return false; }\n";
  EXPECT_THAT(runIn(chain), ElementsAre(Pair("first", ElementsAre(0)), Pair("last", ElementsAre(0)), Pair("middle", ElementsAre(1))));
}

TEST(RunParameters, areHandedRoundACircle) {
  EXPECT_THAT(runIn("bool later(int n, Work a, Work b);\nbool now(int n, Work a, Work b) { return n ? later(n, b, a) : a(); }\n"
                    "bool later(int n, Work a, Work b) { return now(n - 1, a, b); }\n"),
              ElementsAre(Pair("later", ElementsAre(1, 2)), Pair("now", ElementsAre(1, 2))));
}

} // namespace
} // namespace opex::test
