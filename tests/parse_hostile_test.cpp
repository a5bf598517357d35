// Sources and commands that would harm: whatever a unit does to its parser, the run goes on, and nothing leaves the
// analysis but facts.
#include "tests/parse_fixture.h"

#include <sys/stat.h>

namespace opex::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(ParseTest, TextFromOutsideIsNotQuoted) {
  const test::TempDir outside;
  outside.write("passwd", "root_x_0_0\n#error hunter2\nstatic_assert(false, \"hunter3\");\n");
  const TuFacts facts = parse("#include \"" + (outside / "passwd") + "\"\nint f() { return 1; }\n");
  EXPECT_THAT(notices(facts), Not(HasSubstr("root_x")));
  EXPECT_THAT(notices(facts), Not(HasSubstr("hunter")));
  EXPECT_THAT(notices(facts), Not(HasSubstr(outside.path())));
  EXPECT_THAT(notices(facts), HasSubstr("passwd:1:1: error: unknown type name …"));
}

TEST_F(ParseTest, CrashesAreContained) {
  dir.write("crash.cpp", "int f();\n#pragma clang __debug crash\n");
  dir.write("fatal.cpp", "int f();\n#pragma clang __debug llvm_fatal_error\n");
  dir.write("good.cpp", "int f() { return 1; }\n");
  const std::vector<CompileCommand> commands = {command("crash.cpp"), command("good.cpp"),
                                                command("fatal.cpp"), command("good.cpp")};
  size_t done = 0;
  const std::vector<TuFacts> all = parseAll(commands, options, 2, [&](size_t, const TuFacts &, const ParseRecord *) { ++done; });
  EXPECT_EQ(done, 4u);
  EXPECT_THAT(notices(all[0]),
              HasSubstr("crash.cpp:0:0: the parser crashed on this file (Illegal instruction)"));
  for (size_t i : {0, 2}) {
    EXPECT_EQ(all[i].status, TuStatus::Failed) << i;
    EXPECT_THAT(notices(all[i]), testing::AnyOf(HasSubstr("crashed on this file"), HasSubstr("ended early")))
        << i;
  }
  EXPECT_EQ(all[1].status, TuStatus::Complete);
  EXPECT_THAT(functions(all[3]), ElementsAre("f"));
}

TEST_F(ParseTest, StackOverflowIsContained) {
  std::string deep = "int f(int x) { return ";
  for (int i = 0; i < 1000000; ++i)
    deep += "-~";
  dir.write("deep.cpp", deep + "x; }\n");
  dir.write("good.cpp", "int f() { return 1; }\n");
  const std::vector<TuFacts> all = parseAll({command("deep.cpp"), command("good.cpp")}, options, 2, nullptr);
  EXPECT_EQ(all[0].status, TuStatus::Failed);
  EXPECT_THAT(notices(all[0]), HasSubstr("crashed on this file (Segmentation fault)"));
  EXPECT_EQ(all[1].status, TuStatus::Complete);
}

TEST_F(ParseTest, CrashInProcessIsContained) {
  dir.write("crash.cpp", "int f();\n#pragma clang __debug crash\n");
  dir.write("good.cpp", "int f() { return 1; }\n");
  EXPECT_EQ(parseTu(command("crash.cpp"), options).status, TuStatus::Failed);
  EXPECT_EQ(parseTu(command("good.cpp"), options).status, TuStatus::Complete);
}

TEST_F(ParseTest, EndlessWorkIsStopped) {
  options.timeoutSeconds = 1;
  ASSERT_EQ(mkfifo((dir / "fifo.h").c_str(), 0600), 0);
  dir.write("waits.cpp", "#include \"fifo.h\"\n");
  dir.write("loops.cpp", "#pragma clang __debug overflow_stack\n"); // Compiled to an endless loop.
  dir.write("works.cpp",
            "constexpr long spin() { long r = 0; for (long i = 0; i < 4000000000; ++i) r ^= i; return r; }\n"
            "constexpr long value = spin();\n");
  dir.write("good.cpp", "int f() { return 1; }\n");
  const std::vector<TuFacts> all =
      parseAll({command("waits.cpp"), command("works.cpp", {"-fconstexpr-steps=4000000000"}),
                command("good.cpp"), command("loops.cpp")},
               options, 4, nullptr);
  for (size_t i : {0, 1, 3}) {
    EXPECT_EQ(all[i].status, TuStatus::Failed) << i;
    EXPECT_THAT(notices(all[i]), HasSubstr(" 1 s ")) << i;
  }
  EXPECT_EQ(all[2].status, TuStatus::Complete);
}

TEST_F(ParseTest, MemoryIsLimited) {
#if !__has_feature(address_sanitizer)
  options.memoryMiB = 480;
  std::string bomb = "#define A0 static_assert(1+1+1+1+1+1+1+1+1+1+1+1);\n";
  for (int i = 1; i < 12; ++i) {
    const std::string inner = "A" + std::to_string(i - 1) + " ";
    bomb += "#define A" + std::to_string(i) + " " + inner + inner + inner + inner + inner + inner + "\n";
  }
  const TuFacts facts = parse(bomb + "A11\n");
  EXPECT_EQ(facts.status, TuStatus::Failed);
  EXPECT_EQ(notices(facts), "a.cpp:0:0: the parser needs more than 480 MiB of memory on this file\n");
#endif
}

TEST_F(ParseTest, HostileFlagsLoadAndWriteNothing) {
  const test::TempDir outside;
  auto at = [&](const char *name) { return outside / name; };
  const TuFacts facts = parse("int f() { return 1; }\n", {"-fplugin=" + at("evil.so"),
                                                          "-Xclang",
                                                          "-load",
                                                          "-Xclang",
                                                          at("evil.so"),
                                                          "-o",
                                                          at("a.o"),
                                                          "-MD",
                                                          "-MF",
                                                          at("a.d"),
                                                          "-MJ",
                                                          at("a.json"),
                                                          "-save-temps",
                                                          "--coverage",
                                                          "-ftime-trace=" + at("trace.json"),
                                                          "--serialize-diagnostics",
                                                          at("a.dia"),
                                                          "-fmodules",
                                                          "-fmodules-cache-path=" + at("modules"),
                                                          "-specs=" + at("specs"),
                                                          "-B" + outside.path(),
                                                          "--config=" + at("c.cfg"),
                                                          "-fsave-optimization-record=yaml",
                                                          "-gsplit-dwarf",
                                                          "-emit-ast"});
  EXPECT_EQ(facts.status, TuStatus::Complete) << notices(facts);
  std::error_code problem;
  EXPECT_EQ(llvm::sys::fs::directory_iterator(outside.path(), problem), llvm::sys::fs::directory_iterator());
  size_t files = 0;
  for (llvm::sys::fs::directory_iterator at(dir.path(), problem), end; at != end && !problem;
       at.increment(problem))
    ++files;
  EXPECT_EQ(files, 1u) << "something was written beside a.cpp";
}

} // namespace
} // namespace opex::test
