#include "frontend/diagnostics.h"
#include "frontend/parse.h"
#include "model/facts_io.h"
#include "model/facts_visit.h"
#include "tests/temp_dir.h"

#include <gmock/gmock.h>

#include <sys/stat.h>

using namespace opex;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

class ParseTest : public testing::Test {
protected:
  ParseTest() { options.scope.root = dir.path(); }

  CompileCommand command(llvm::StringRef file, std::vector<std::string> flags = {}) {
    return makeCommand(dir / file, dir.path(), flags, dir.path());
  }

  /// Parses `code` as a.cpp, in a process of its own.
  TuFacts parse(llvm::StringRef code, std::vector<std::string> flags = {}) {
    dir.write("a.cpp", code);
    return std::move(parseAll({command("a.cpp", std::move(flags))}, options, 1, nullptr)[0]);
  }

  test::TempDir dir;
  ParseOptions options;
};

std::vector<std::string> functions(const TuFacts &facts) {
  std::vector<std::string> names;
  for (const Function &function : facts.functions)
    names.push_back(function.name.str());
  return names;
}

std::string notices(const TuFacts &facts) {
  std::string text;
  for (const ParseNotice &notice : facts.notices)
    text += notice.path.str() + ":" + std::to_string(notice.line) + ":" + std::to_string(notice.column) +
            (notice.isError ? ": error: " : ": ") + notice.message.str() +
            (notice.inSystem ? " [system]" : "") + "\n";
  return text;
}

/// "name" or "name as declared".
std::vector<std::string> foundNames(const TuFacts &facts) {
  std::vector<std::string> names;
  for (const FoundName &found : facts.foundNames)
    names.push_back(found.name.str() + (found.declaredAs.empty() ? "" : " as " + found.declaredAs.str()));
  return names;
}

} // namespace

TEST_F(ParseTest, GoodFile) {
  const TuFacts facts =
      parse("#include <string>\nint f(const std::string &s) { return s.size() > 3; }\n", {"-std=c++20"});
  EXPECT_EQ(facts.status, TuStatus::Complete);
  EXPECT_EQ(notices(facts), "");
  EXPECT_EQ(facts.mainFile, "a.cpp");
  EXPECT_EQ(facts.command, command("a.cpp", {"-std=c++20"}).hash);
  EXPECT_THAT(functions(facts), ElementsAre("f"));
}

TEST_F(ParseTest, InProcessAndInChildAreTheSame) {
  dir.write(
      "a.cpp",
      "#include <vector>\nint f() { std::vector<int> v{1, 2}; return v.at(1); }\nint g() { return f(); }\n");
  EXPECT_EQ(encodeFacts(parseTu(command("a.cpp"), options)),
            encodeFacts(parseAll({command("a.cpp")}, options, 1, nullptr)[0]));
}

TEST_F(ParseTest, CFile) {
  dir.write("a.c", "#include <stdlib.h>\nint class(void) { int *new = malloc(4); free(new); return 0; }\n");
  const TuFacts facts = parseTu(command("a.c"), options);
  EXPECT_EQ(facts.status, TuStatus::Complete) << notices(facts);
  EXPECT_THAT(functions(facts), ElementsAre("class"));
}

TEST_F(ParseTest, SyntaxErrorKeepsOtherFunctions) {
  const TuFacts facts = parse("int f() { return 1; }\nint g() { return undeclared; }\nint h() { return 1 +; "
                              "}\nint i() { return 2; }\n");
  EXPECT_EQ(facts.status, TuStatus::Partial);
  EXPECT_THAT(notices(facts), HasSubstr("a.cpp:2:18: error: use of undeclared identifier 'undeclared'\n"));
  EXPECT_THAT(functions(facts), Contains("f"));
  EXPECT_THAT(functions(facts), Contains("i"));
}

TEST_F(ParseTest, MissingIncludeKeepsTheRest) {
  const TuFacts facts = parse("#include \"gone.h\"\nnamespace n { int f() { return 1; } }\n"
                              "template <class T> int t(T v) { return v; }\nint g() { return t(n::f()); }\n");
  EXPECT_EQ(facts.status, TuStatus::Partial);
  EXPECT_EQ(notices(facts), "a.cpp:1:10: error: 'gone.h' file not found\n");
  EXPECT_THAT(functions(facts), Contains("n::f"));
  EXPECT_THAT(functions(facts), Contains("g"));
}

TEST_F(ParseTest, ErrorsAreNotLimitedToTwenty) {
  std::string code;
  for (int i = 0; i < 40; ++i)
    code += "int f" + std::to_string(i) + "() { return undeclared_" + std::to_string(i) + "; }\n";
  code += "int last() { return 0; }\n";
  const TuFacts facts = parse(code);
  EXPECT_THAT(notices(facts), HasSubstr("'undeclared_39'"));
  EXPECT_THAT(functions(facts), Contains("last"));
}

TEST_F(ParseTest, FloodOfErrorsIsCut) {
  std::string code;
  for (int i = 0; i < 3000; ++i)
    code += "int f" + std::to_string(i) + "() { return x; }\n";
  const TuFacts facts = parse(code);
  EXPECT_EQ(facts.status, TuStatus::Partial);
  EXPECT_EQ(facts.notices.size(), 51u);
  EXPECT_THAT(notices(facts), HasSubstr("more errors than are listed"));
}

TEST_F(ParseTest, WarningsAreNoErrors) {
  const TuFacts facts = parse(
      "#pragma GCC diagnostic error \"-Wreturn-type\"\nint f() {}\n"
      "#pragma clang diagnostic error \"-Weverything\"\nint g(int x) { return 3.5; }\nint h{(char)300};\n",
      {"-Wall", "-Werror", "-pedantic-errors"});
  EXPECT_EQ(facts.status, TuStatus::Complete) << notices(facts);
}

TEST_F(ParseTest, ErrorInSystemHeaderIsANotice) {
  dir.write(
      "system/bad.h",
      "#pragma once\nint broken = secretName;\ntemplate <class T> struct Box { T get() { return T(); } };\n");
  options.scope.exclude = {dir / "system"};
  const TuFacts facts =
      parse("#include <bad.h>\nint f() { return Box<int>().get(); }\n", {"-isystem", dir / "system"});
  EXPECT_EQ(facts.status, TuStatus::Complete);
  EXPECT_EQ(notices(facts), "system/bad.h:2:14: error: use of undeclared identifier … [system]\n")
      << "quotes nothing";
  EXPECT_THAT(functions(facts), ElementsAre("f"));
}

TEST_F(ParseTest, ErrorInSystemHeaderThatCostsABody) {
  dir.write("system/bad.h", "Unknown make();\nstruct Bad { Missing field; };\n");
  options.scope.exclude = {dir / "system"};
  const TuFacts facts =
      parse("#include <bad.h>\nint f() { Bad b; return b.field.size(); }\n", {"-isystem", dir / "system"});
  EXPECT_EQ(facts.status, TuStatus::Partial) << notices(facts);
}

TEST_F(ParseTest, BoostEnumErrorCostsNothing) {
  if (!llvm::sys::fs::exists("/usr/include/boost/mpl/aux_/integral_wrapper.hpp"))
    GTEST_SKIP() << "no Boost here";
  const char *code = "#include <boost/numeric/conversion/cast.hpp>\n"
                     "int f(long l) { return boost::numeric_cast<int>(l); }\n";
  for (const bool full : {false, true}) {
    options.fullBodies = full;
    const TuFacts facts = parse(code);
    EXPECT_EQ(facts.status, TuStatus::Complete) << notices(facts);
    EXPECT_THAT(functions(facts), ElementsAre("f"));
    for (const ParseNotice &notice : facts.notices) {
      EXPECT_EQ(notice.path, "boost/mpl/aux_/integral_wrapper.hpp");
      EXPECT_TRUE(notice.inSystem && notice.isError);
    }
    if (full && llvm::sys::fs::exists("/usr/include/boost/version.hpp")) {
      dir.write("version.cpp", "#include <boost/version.hpp>\nstatic_assert(BOOST_VERSION >= 108100);\n");
      const bool isFixed = parseTu(command("version.cpp"), options).status == TuStatus::Complete;
      EXPECT_EQ(facts.notices.empty(), isFixed);
    }
  }
}

TEST_F(ParseTest, TextFromOutsideIsNotQuoted) {
  const test::TempDir outside;
  outside.write("passwd", "root_x_0_0\n#error hunter2\nstatic_assert(false, \"hunter3\");\n");
  const TuFacts facts = parse("#include \"" + (outside / "passwd") + "\"\nint f() { return 1; }\n");
  EXPECT_THAT(notices(facts), Not(HasSubstr("root_x")));
  EXPECT_THAT(notices(facts), Not(HasSubstr("hunter")));
  EXPECT_THAT(notices(facts), Not(HasSubstr(outside.path())));
  EXPECT_THAT(notices(facts), HasSubstr("passwd:1:1: error: unknown type name …"));
}

TEST_F(ParseTest, UnreadableSources) {
  const TuFacts gone = parseTu(command("gone.cpp"), options);
  EXPECT_EQ(gone.status, TuStatus::Failed);
  EXPECT_EQ(gone.mainFile, "gone.cpp");
  EXPECT_THAT(notices(gone), HasSubstr("the file cannot be read: No such file or directory"));
  dir.write("a.cpp", "");
  CompileCommand lost = command("a.cpp");
  lost.directory = dir / "nowhere";
  EXPECT_THAT(notices(parseTu(lost, options)), HasSubstr("directory of its compile command does not exist"));
}

TEST_F(ParseTest, MissingForcedInclude) {
  const TuFacts facts = parse("int f() { return 1; }\n", {"-include", "gone.h", "-DX=1"});
  EXPECT_EQ(facts.status, TuStatus::Partial);
  EXPECT_EQ(notices(facts), "a.cpp:0:0: error: compile command: 'gone.h' file not found\n");
  EXPECT_THAT(functions(facts), ElementsAre("f"));
}

TEST_F(ParseTest, TheClockLeavesNoTrace) {
  const TuFacts facts = parse("const char *f() { return __DATE__ \" \" __TIME__; }\n");
  std::string text;
  llvm::raw_string_ostream out(text);
  dumpFacts(facts, out);
  EXPECT_THAT(text, HasSubstr("Jan  1 1970 00:00:00"));
}

TEST_F(ParseTest, ArgumentsThatClangDoesNotTake) {
  const TuFacts facts = parse("int f() { return __AVX2__; }\n", {"-march=of-tomorrow", "-mrecord-mcount"});
  EXPECT_EQ(facts.status, TuStatus::Partial); // Parsed without -m options, so the macro is not there.
  EXPECT_THAT(notices(facts), HasSubstr("parsed without them"));
  const TuFacts failed = parse("int f();\n", {"--target=unheard-of"});
  EXPECT_EQ(failed.status, TuStatus::Failed);
  EXPECT_THAT(notices(failed), HasSubstr("Clang does not understand the compile command"));
  EXPECT_THAT(notices(failed), HasSubstr("unheard-of"));
}

TEST_F(ParseTest, CrashesAreContained) {
  dir.write("crash.cpp", "int f();\n#pragma clang __debug crash\n");
  dir.write("fatal.cpp", "int f();\n#pragma clang __debug llvm_fatal_error\n");
  dir.write("good.cpp", "int f() { return 1; }\n");
  const std::vector<CompileCommand> commands = {command("crash.cpp"), command("good.cpp"),
                                                command("fatal.cpp"), command("good.cpp")};
  size_t done = 0;
  const std::vector<TuFacts> all = parseAll(commands, options, 2, [&](const TuFacts &) { ++done; });
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

TEST_F(ParseTest, ResponseFilesAndRelativePaths) {
  dir.write("build/flags.rsp", "-I../include -DVALUE=7");
  dir.write("include/value.h", "inline int value() { return VALUE; }");
  dir.write("src/a.cpp", "#include \"value.h\"\nint f() { return value(); }\n");
  dir.write("build/compile_commands.json",
            "[{\"directory\": \".\", \"file\": \"../src/a.cpp\", \"command\": "
            "\"ccache g++ @flags.rsp -fno-var-tracking-assignments -c ../src/a.cpp\"}]");
  const CompileDb db = llvm::cantFail(loadCompileDb(dir / "build", dir.path()));
  const TuFacts facts = std::move(parseAll(db.commands, options, 1, nullptr)[0]);
  EXPECT_EQ(facts.status, TuStatus::Complete) << notices(facts);
  EXPECT_EQ(facts.mainFile, "src/a.cpp");
  EXPECT_THAT(functions(facts), testing::UnorderedElementsAre("f", "value"));
}

TEST_F(ParseTest, ExtraArguments) {
  options.extraArgsBefore = {"-DA=1"};
  options.extraArgs = {"-DB=2"};
  const TuFacts facts = parse("static_assert(A == 3 && B == 2, \"\");\n", {"-UA", "-DA=3"});
  EXPECT_EQ(facts.status, TuStatus::Complete) << notices(facts);
}

TEST_F(ParseTest, SameResultsForAnyNumberOfJobs) {
  std::vector<CompileCommand> commands;
  dir.write("common.h", "#include <map>\n#include <string>\nstruct Cache { std::map<std::string, int> m; int "
                        "get(const std::string &k) "
                        "{ auto i = m.find(k); return i == m.end() ? -1 : i->second; } };\n");
  for (int i = 0; i < 4; ++i) {
    const std::string name = "f" + std::to_string(i) + ".cpp";
    dir.write(name, "#include \"common.h\"\nint g" + std::to_string(i) + "(Cache &c) { return c.get(\"" +
                        name + "\"); }\n");
    commands.push_back(command(name));
  }
  auto bytes = [&](unsigned jobs) {
    std::vector<std::string> all;
    for (const TuFacts &facts : parseAll(commands, options, jobs, nullptr))
      all.push_back(encodeFacts(facts));
    return all;
  };
  EXPECT_EQ(bytes(1), bytes(4));
}

TEST_F(ParseTest, ForeignBodiesAreSkippedUnlessWanted) {
  const llvm::StringRef code = "#include <algorithm>\n#include <vector>\nvoid f(std::vector<int> &v) { "
                               "std::sort(v.begin(), v.end()); }\n";
  const TuFacts quick = parse(code);
  options.fullBodies = true;
  const TuFacts full = parse(code);
  EXPECT_THAT(functions(quick), ElementsAre("f"));
  EXPECT_THAT(functions(full), ElementsAre("f"));
}

TEST(FormatWithoutArguments, KeepsTheSentence) {
  EXPECT_EQ(formatWithoutArguments("use of undeclared identifier %0"), "use of undeclared identifier …");
  EXPECT_EQ(formatWithoutArguments("%select{no|%1}0 matching %q2 for %diff{$ to {$}|x}1,2 at 100%%"),
            "… matching … for … at 100%");
  EXPECT_EQ(formatWithoutArguments("a %enum_select<Kind>{%A{x}|%B{y}}0 b %"), "a … b …");
  EXPECT_EQ(formatWithoutArguments("plain"), "plain");
}

TEST_F(ParseTest, FindsNamesThatNoBodyMentions) {
  options.lookFor.names = {"lib::call",       "lib::Client::get",   "lib::Client::Client", "lib::Client::limit",
                           "lib::Options",    "lib::Options::ms",   "lib::Queue::push",    "lib::Plain::Plain",
                           "lib::Sub::get",   "lib::Fn::operator()", "Handle",             "Handle::x",
                           "lib::Other::get", "lib::gone",          "gone::call",          "lib::Sub::Sub",
                           "lib::detail::d2::Queue::push", "lib::Client::operator<<", "lib::Client::~Client"};
  const TuFacts facts = parse(R"(
namespace lib {
inline namespace v1 { int call(int); int call(double); }
struct Client { explicit Client(int); ~Client(); int get(); int limit; Client &operator<<(int); };
struct Plain { int a; };
struct Options { union { int ms; int us; }; };
namespace detail { namespace d2 { template <class T> struct Queue { void push(T); }; } }
using detail::d2::Queue;
template <class T> struct Base { void get(); };
template <class T> struct Sub : Base<T> {};
template <class T> struct Fn;
template <class R, class A> struct Fn<R(A)> { R operator()(A); };
using Other = Client;
}
typedef struct handle { int x; } Handle;
)");
  EXPECT_EQ(notices(facts), "");
  EXPECT_THAT(foundNames(facts),
              ElementsAre("Handle", "Handle::x as handle::x", "lib::Client::Client", "lib::Client::get",
                          "lib::Client::limit", "lib::Client::operator<<", "lib::Client::~Client",
                          "lib::Fn::operator()", "lib::Options", "lib::Options::ms",
                          "lib::Other::get as lib::Client::get", "lib::Plain::Plain",
                          "lib::Queue::push as lib::detail::d2::Queue::push",
                          "lib::Sub::Sub", "lib::Sub::get as lib::Base::get", "lib::call",
                          "lib::detail::d2::Queue::push"));
  // What can be called is declared, so that rows can be matched: both overloads.
  EXPECT_EQ(llvm::count_if(facts.declarations, [](const Declaration &d) { return d.name == "lib::call"; }), 2);
}

TEST_F(ParseTest, FindsNamesInC) {
  options.lookFor.names = {"connect_to", "options::timeout", "options_t::timeout", "gone"};
  dir.write("a.c", "typedef struct options { int timeout; } options_t;\nint connect_to(options_t *);\n");
  EXPECT_THAT(foundNames(parseTu(command("a.c"), options)),
              ElementsAre("connect_to", "options::timeout", "options_t::timeout as options::timeout"));
}

TEST_F(ParseTest, FindsMacrosAndHeaders) {
  dir.write("lib/lib.h", "#define LIB_VERSION LIB_NUMBER\n#define LIB_NUMBER (7 << 8)\n#define LIB_LOG(x) x\n");
  options.lookFor.macros = {"LIB_VERSION", "LIB_LOG", "LIB_GONE"};
  options.lookFor.isHeader = [](llvm::StringRef header) { return header.starts_with("lib/"); };
  const TuFacts facts = parse("#include <lib/lib.h>\n#include <string.h>\n", {"-isystem", dir.path()});
  ASSERT_EQ(facts.foundMacros.size(), 2u);
  EXPECT_EQ(facts.foundMacros[0].name, "LIB_LOG");
  EXPECT_EQ(facts.foundMacros[0].value, "");
  EXPECT_EQ(facts.foundMacros[1].name, "LIB_VERSION");
  EXPECT_EQ(facts.foundMacros[1].value, "(7 << 8)");
  ASSERT_EQ(facts.foundHeaders.size(), 1u);
  EXPECT_EQ(facts.foundHeaders[0], "lib/lib.h");
}
