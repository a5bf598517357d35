// How blocks end: a piece of C++ each, and what exitsOf says of the whole function; which code leaves the loop around
// it for good, and which functions never come back.
#include "analysis/body/exits.h"
#include "analysis/calls/no_return.h"
#include "tests/check_run.h"

#include "gmock/gmock.h"

namespace opex {
namespace {

const char *const kDeclarations = R"cpp(
#include <coroutine>
#include <cstdlib>
#include <initializer_list>
bool a(); bool b(); void work();
[[noreturn]] void die();
struct Error {};
struct Task {
  struct promise_type {
    Task get_return_object(); std::suspend_never initial_suspend(); std::suspend_never final_suspend() noexcept;
    void return_void(); void unhandled_exception();
  };
};
)cpp";

struct Case {
  const char *code, *expected;
};

std::string describe(const Exits &exits) {
  std::string text;
  auto add = [&](bool is, const char *name) {
    if (is)
      text += (text.empty() ? "" : " ") + std::string(name);
  };
  add(exits.fallsThrough, "falls");
  add(exits.breaks, "breaks");
  add(exits.continues, "continues");
  add(exits.jumps, "jumps");
  add(exits.returns, "returns");
  add(exits.throws, "throws");
  add(exits.stops, "stops");
  return text;
}

const Case kCases[] = {
  Case{"work();", "falls"},
  Case{"return 1;", "returns"},
  Case{"if (a()) return 1;", "falls returns"},
  Case{"if (a()) return 1; else throw Error();", "returns throws"},
  Case{"if (a()) { if (b()) return 1; return 2; } else { die(); }", "returns stops"},
  Case{"if (a()) return 1; die();", "returns stops"},
  Case{"die(); return 1;", "stops"},
  Case{"a() || (die(), true);", "falls stops"},
  Case{"{ { return 1; } } work();", "returns"},
  // Switches.
  Case{"switch (n) { case 1: return 1; default: throw Error(); }", "returns throws"},
  Case{"switch (n) { case 1: return 1; }", "falls returns"},
  Case{"switch (n) { case 1: break; default: return 1; }", "falls returns"},
  Case{"switch (n) { case 1: work(); default: return 1; }", "returns"},
  Case{"switch (n) { case 1: return 1; default: work(); }", "falls returns"},
  Case{"switch (n) { case 1: return 1; default: ; }", "falls returns"},
  Case{"switch (n) { case 1: for (;;) { if (a()) break; } return 1; default: die(); }", "returns stops"},
  // Loops.
  Case{"for (;;) work();", ""},
  Case{"while (true) { if (a()) return 1; }", "returns"},
  Case{"for (;;) { if (a()) break; }", "falls"},
  Case{"for (;;) { switch (n) { case 1: break; } }", ""},
  Case{"while (a()) return 1;", "falls returns"},
  Case{"do { return 1; } while (a());", "returns"},
  Case{"do { if (a()) continue; return 1; } while (b());", "falls returns"},
  Case{"do { if (a()) break; return 1; } while (true);", "falls returns"},
  Case{"do { throw Error(); } while (false);", "throws"},
  Case{"for (int i : {1, 2}) return i;", "falls returns"},
  Case{"for (;;) { for (;;) { if (a()) break; } if (b()) return 1; }", "returns"},
  // Handlers.
  Case{"try { work(); return 1; } catch (const Error &) { return 2; }", "returns"},
  Case{"try { return 1; } catch (...) { }", "falls returns"},
  Case{"try { work(); } catch (...) { throw; }", "falls throws"},
  Case{"try { throw Error(); } catch (...) { return 1; }", "returns"},
  Case{"try { throw Error(); } catch (const Error &) { return 1; }", "returns throws"},
  // Jumps.
  Case{"if (a()) goto out; return 1; out: throw Error();", "jumps returns throws"},
  Case{"return 1; unused: work();", "returns"},
  Case{"if (a()) goto in; return 1; { in: work(); }", "falls jumps returns"},
  Case{"again: if (a()) return 1; goto again;", "jumps returns"},
};

TEST(ExitsOf, SaysHowTheFunctionEnds) {
  std::string source = kDeclarations;
  for (size_t i = 0; i < std::size(kCases); ++i)
    source += "int probe" + std::to_string(i) + "(int n) {\n" + kCases[i].code + "\n}\n";
  const Program program = link(test::parseSources({{"probe.cpp", source}}, {"-w"}));
  ASSERT_EQ(program.functions.size(), std::size(kCases));
  for (const LinkedFunction &function : program.functions) {
    const Case &of = kCases[std::stoul(function.body->name.drop_front(strlen("probe")).str())];
    EXPECT_EQ(describe(exitsOf(*function.body, Index<Block>(0))), of.expected) << of.code;
  }
}

/// Of the code in `for (;;) { … }`: whether each path leaves that loop.
bool leavesLoop(const std::string &code) {
  Program program = link(test::parseSources({{"a.cpp", kDeclarations + ("int f(int n) { for (;;) { " + code + " } }")}}, {"-w"}));
  const Function &body = *program.functions[0].body;
  const Loop &outer = *llvm::find_if(body.loops, [](const Loop &loop) { return loop.block.value == 0; });
  return alwaysLeavesLoop(body, outer.body, outer);
}

TEST(AlwaysLeavesLoop, TellsWhoseBreakItIs) {
  EXPECT_TRUE(leavesLoop("work(); break;"));
  EXPECT_TRUE(leavesLoop("if (a()) return 1; break;"));
  EXPECT_TRUE(leavesLoop("switch (n) { case 1: break; } throw Error();"));
  EXPECT_TRUE(leavesLoop("for (;;) { if (a()) break; } die();"));
  EXPECT_FALSE(leavesLoop("if (a()) continue; break;"));
  EXPECT_FALSE(leavesLoop("switch (n) { case 1: break; default: return 1; }"));
  EXPECT_FALSE(leavesLoop("work();"));
}

/// Names of the functions that never come back.
std::vector<std::string> noReturn(const std::string &code) {
  const test::Analysed analysed(test::parseSources({{"a.cpp", kDeclarations + code}}, {"-w"}), test::builtInRules());
  std::vector<std::string> names;
  for (const LinkedFunction &caller : analysed.program.functions)
    if (caller.body->name == "all")
      for (uint32_t i = 0; i < caller.body->calls.size(); ++i)
        if (analysed.analysis.get<NoReturn>().at(caller, Index<Call>(i)))
          names.push_back(caller.body->calls[i].name.str());
  return names;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NoReturn, EndOnAllPaths) {
  EXPECT_THAT(noReturn("void f(int n) { if (n != 77) return; std::abort(); } void all() { f(1); }"), IsEmpty());
  EXPECT_THAT(noReturn("void f(int n) { switch (n) { case 1: throw Error(); } } void all() { f(1); }"), IsEmpty());
  EXPECT_THAT(noReturn("void f() { try { throw Error(); } catch (...) {} } void all() { f(); }"), IsEmpty());
  EXPECT_THAT(noReturn("void f(int n) { if (n) throw Error(); std::abort(); } void all() { f(1); }"), ElementsAre("f"));
  EXPECT_THAT(noReturn("void f() { for (;;) work(); } void all() { f(); }"), ElementsAre("f"));
  EXPECT_THAT(noReturn("void f() { std::abort(); work(); } void all() { f(); }"), ElementsAre("f"));
  EXPECT_THAT(noReturn("Task f() { work(); for (;;) co_await std::suspend_always(); } void all() { f(); }"), IsEmpty());
}

TEST(NoReturn, FollowCalls) {
  EXPECT_THAT(noReturn("void f(); void g() { f(); } void h() { g(); } void all() { f(); h(); } void f() { throw Error(); }"),
              ElementsAre("f", "h"));
  EXPECT_THAT(noReturn("void f(int n); void g(int n) { f(n); } void f(int n) { if (n) g(n - 1); } void all() { f(1); g(1); }"),
              IsEmpty());
  EXPECT_THAT(noReturn("void f(int n); void g(int n) { if (n) f(n); std::abort(); } void f(int n) { g(n - 1); } void all() { f(1); }"),
              ElementsAre("f"));
  EXPECT_THAT(noReturn("struct A { virtual void f() { throw Error(); } }; struct B : A { void f() override {} };"
                       "void all(A &a) { a.f(); }"),
              IsEmpty());
}

} // namespace
} // namespace opex
