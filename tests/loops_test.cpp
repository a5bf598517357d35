// What decides how often a loop goes round: a line of C++ each, and what roundsOf says of its first loop; the arithmetic
// of trip counts.
#include "analysis/body/counters.h"
#include "analysis/body/loops.h"
#include "tests/check_run.h"

namespace opex {
namespace {

const char *const kDeclarations = R"cpp(
#include <atomic>
#include <cstdio>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
struct Item { Item *next; };
struct Shared { int *tries; };
extern Shared shared;
extern std::unique_ptr<Shared> smart;
bool work();
int limit();
struct Client { int retries_; static constexpr int kTries = 4; void run(); };
extern std::vector<int> v;
[[noreturn]] void die();
void fail() { throw std::runtime_error("failed"); }
Item *first(); Item *pop();
)cpp";

struct Case {
  const char *body, *expected;
};

std::string describe(const Rounds &rounds) {
  const char *const names[] = {"once", "constant", "symbol", "data", "condition", "endless"};
  std::string text = names[rounds.kind];
  if (rounds.kind == Rounds::Constant)
    text += " " + std::to_string(rounds.count);
  if (!rounds.text.empty())
    text += " " + rounds.text;
  return rounds.offset == 0 ? text : text + (rounds.offset > 0 ? " +" : " ") + std::to_string(rounds.offset);
}

const Case kCases[] = {
  Case{"for (int i = 0; i < 3; ++i) work();", "constant 3"},
  Case{"for (int i = 1; i <= 5; i++) work();", "constant 5"},
  Case{"for (int i = 10; i > 0; i -= 2) work();", "constant 5"},
  Case{"for (int i = 0; i != 4; ++i) work();", "constant 4"},
  Case{"for (int i = 0; 7 > i; ++i) work();", "constant 7"},
  Case{"for (int i = 0; i < Client::kTries; ++i) work();", "constant 4"},
  Case{"int left = 3; while (left-- > 0) work();", "constant 3"},
  Case{"int left = 3; while (--left) work();", "constant 2"},
  Case{"int tries = 0; do { work(); } while (++tries < 5);", "constant 5"},
  Case{"int tries = 0; while (true) { work(); if (++tries == 3) break; }", "constant 3"},
  Case{"for (int attempt = 1;; ++attempt) { if (work()) return; if (attempt == 3) fail(); }", "constant 3"},
  Case{"for (int attempt = 1;; ++attempt) { if (work()) return; if (attempt >= max) die(); }", "symbol max"},
  Case{"int tries = 0; while (!work() && tries < 4) ++tries;", "constant 4"},
  Case{"std::atomic<int> tries{0}; while (true) { work(); if (++tries > 3) throw 1; }", "constant 4"},
  Case{"int tries = max ? 2 : 5; for (int i = 0; i < tries; ++i) work();", "constant 5"},
  Case{"for (int i = 0; i < max; ++i) work();", "symbol max"},
  Case{"for (int i = 0; i < limit(); ++i) work();", "symbol limit()"},
  Case{"while (n--) work();", "symbol n"},
  Case{"while (--n) work();", "symbol n -1"},
  Case{"do { work(); } while (--n);", "symbol n"},
  Case{"do { work(); } while (n-- > 0);", "symbol n +1"},
  Case{"while (true) { work(); if (limit() < ++*shared.tries) break; }", "symbol limit() +1"},
  Case{"while (true) { work(); ++*smart->tries; if (limit() < *smart->tries) break; }", "symbol limit() +1"},
  Case{"int tries = 0; do { switch (tries) { case 0: work(); break; case 2: return; } ++tries; } while (!work());", "constant 3"},
  Case{"for (int n = 1;; ++n) switch (n) { case 1: case 2: continue; default: throw n; }", "constant 3"},
  Case{"for (int n = 0;; ++n) switch (n) { case 1: work(); default: break; }", "endless"},
  Case{"for (int n = 1;; ++n) if (n == 3) { if (work()) return; else die(); }", "constant 3"},
  Case{"for (int n = 1;; ++n) if (n == 3) { if (work()) continue; return; }", "endless"},
  Case{"for (int n = 1;; ++n) if (n == 3) { for (;;) { if (work()) break; } }", "endless"},
  Case{"for (int n = 1;; ++n) if (n == 3) { switch (max) { case 1: break; } return; }", "constant 3"},
  Case{"int m = limit(); while (true) { switch (m) { case 2: return; } ++m; }", "endless"},
  Case{"for (int x : {1, 2, 3}) work();", "constant 3"},
  Case{"const char *names[] = {\"a\", \"b\"}; for (const char *name : names) work();", "constant 2"},
  Case{"for (int x : v) work();", "data"},
  Case{"for (size_t i = 0; i < v.size(); ++i) work();", "data"},
  Case{"for (size_t i = 0, e = v.size(); i < e; ++i) work();", "data"},
  Case{"for (auto it = v.begin(); it != v.end(); ++it) work();", "data"},
  Case{"while (!v.empty()) v.pop_back();", "data"},
  Case{"for (Item *i = first(); i; i = i->next) work();", "data"},
  Case{"while (Item *i = pop()) work();", "data"},
  Case{"Item *i; while ((i = pop()) != nullptr) work();", "data"},
  Case{"for (; *s; ++s) work();", "data"},
  Case{"std::ifstream in(s); std::string line; while (std::getline(in, line)) std::puts(line.c_str());", "data"},
  Case{"DIR *d = opendir(s); while (dirent *e = readdir(d)) std::puts(e->d_name);", "data"},
  Case{"while (!work()) ;", "condition"},
  Case{"bool done = false; while (!done) done = work();", "condition"},
  Case{"for (;;) if (work()) return;", "endless"},
  Case{"while (true) { if (work()) break; }", "endless"},
  Case{"do { work(); } while (false);", "once"}};

TEST(RoundsOf, SaysWhatEndsTheLoop) {
  std::string source = kDeclarations;
  for (size_t i = 0; i < std::size(kCases); ++i)
    source += "void probe" + std::to_string(i) + "(int n, int max, const char *s) {\n" + kCases[i].body + "\n}\n";
  const Program program = link(test::parseSources({{"probe.cpp", source}}, {}));
  std::map<std::string, const LinkedFunction *> byName;
  for (const LinkedFunction &function : program.functions)
    byName.emplace(function.body->name.str(), &function);
  for (size_t i = 0; i < std::size(kCases); ++i) {
    const LinkedFunction *function = byName["probe" + std::to_string(i)];
    ASSERT_TRUE(function && !function->body->loops.empty()) << kCases[i].body;
    EXPECT_EQ(describe(roundsOf(program, *function, Index<Loop>(0))), kCases[i].expected) << kCases[i].body;
  }
}

TEST(TripCount, IsWhatStartStepAndTestMakeOfIt) {
  auto count = [](TripTest test) {
    TripCount trips = tripCount(test);
    const char *const names[] = {"endless", "known", "start", "limit"};
    return std::string(names[trips.kind]) + " " + std::to_string(trips.count);
  };
  EXPECT_EQ(count({Compare::Less, 4, 0, 12}), "known 3");
  EXPECT_EQ(count({Compare::Less, 4, 0, 13}), "known 4");
  EXPECT_EQ(count({.op = Compare::Less, .step = 4, .start = 0, .limit = 12, .isTestedLast = true}), "known 4");
  EXPECT_EQ(count({.op = Compare::LessEqual, .step = 1, .start = 1, .limit = 3, .ahead = 1}), "known 2");
  EXPECT_EQ(count({Compare::Greater, -2, 9, 0}), "known 5");
  EXPECT_EQ(count({Compare::NotEqual, 3, 0, 10}), "endless 0");
  EXPECT_EQ(count({Compare::NotEqual, 3, 0, 9}), "known 3");
  EXPECT_EQ(count({Compare::Less, -1, 0, 3}), "endless 0");
  EXPECT_EQ(count({Compare::Less, 1, std::nullopt, 3}), "known 3");
  EXPECT_EQ(count({Compare::LessEqual, 1, 0, std::nullopt}), "limit 1");
  EXPECT_EQ(count({Compare::LessEqual, 2, 0, std::nullopt}), "limit 0");
  EXPECT_EQ(count({.op = Compare::Greater, .step = -1, .limit = 0, .isTestedLast = true}), "start 1");
  EXPECT_EQ(count({Compare::Equal, 1, 0, std::nullopt}), "endless 0");
}

} // namespace
} // namespace opex
