// What is known of a unit, whole or broken, and what the user is told of it.
#include "frontend/diagnostics.h"
#include "model/completeness.h"
#include "model/facts_io.h"
#include "tests/parse_fixture.h"

namespace opex::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

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

TEST_F(ParseTest, BrokenExpressionIsACallWithoutABody) {
  const TuFacts facts = parse("struct C { void run(int); };\nvoid f(C &c, int n) {\n  c.gone(n);\n  c.run(missing);\n"
                              "  auto all = lost(c);\n  all.size();\n}\n");
  EXPECT_EQ(facts.status, TuStatus::Complete) << notices(facts);
  EXPECT_TRUE(hasHoles(facts));
  EXPECT_EQ(shownStatus(facts), TuStatus::Partial);
  std::string text;
  llvm::raw_string_ostream out(text);
  dumpFacts(facts, out);
  for (const char *call : {"3:5 call gone(c, n) kind=Dependent", "4:5 call run(c) kind=Dependent", "5:14 call lost(c) kind=Dependent"})
    EXPECT_THAT(text, HasSubstr(call));
  for (const char *more : {"int g() { return missing; }", "void g(C &c) { for (int i : c.all()) c.run(i); }",
                           "struct D : Gone {};", "int n = gone(1);", "auto h(C &c) { return c.gone(); }"}) {
    const TuFacts partial = parse("struct C { void run(int); };\n" + std::string(more));
    EXPECT_EQ(partial.status, TuStatus::Partial) << more << " loses what nobody sees";
  }
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

TEST_F(ParseTest, HeaderThatASystemHeaderLacks) {
  dir.write("system/outer.h", "#include <gone.h>\nint outer();\n");
  options.scope.exclude = {dir / "system"};
  const TuFacts facts =
      parse("#include <outer.h>\nint f() { return outer(); }\n", {"-isystem", dir / "system"});
  EXPECT_EQ(facts.status, TuStatus::Partial) << "what it would have declared or chosen is unknown";
  EXPECT_EQ(notices(facts), "system/outer.h:1:10: error: '…' file not found [system]\n");
}

TEST_F(ParseTest, LibraryCodeThatIsUsedAndDidNotCompile) {
  dir.write(
      "system/lib.h",
      "template <class T> struct Call { T t; int run() { return t.go(1); } int rest() { return 0; } };\n"
      "struct Half : Missing { int go(); };\n"
      "struct Whole : Half {};\n"
      "template <class T> int twice(T t) { return Call<T>{t}.run(); }\n");
  options.scope.exclude = {dir / "system"};
  options.fullBodies = true; // Bodies of templates that say nothing to the model are not parsed otherwise.
  const std::string start = "#include <lib.h>\nstruct No {};\n";
  struct Case {
    const char *code, *loss;
  };
  for (const Case &each :
       {Case{"int f() { return Call<No>{}.run(); }\n",
             "a.cpp:3:29: what is used here did not compile: see the error at system/lib.h:1"},
        Case{"int f() { return twice(No{}); }\n",
             "a.cpp:3:18: what is used here did not compile: see the error at system/lib.h:1"},
        Case{"int f() { Whole w; return w.go(); }\n",
             "a.cpp:3:27: what is used here did not compile: see the error at system/lib.h:2"},
        Case{"int f() { return Call<No>{}.rest(); }\n", ""}}) {
    const TuFacts facts = parse(start + each.code, {"-isystem", dir / "system"});
    EXPECT_EQ(facts.status, *each.loss ? TuStatus::Partial : TuStatus::Complete)
        << each.code << notices(facts);
    EXPECT_THAT(notices(facts), HasSubstr(each.loss)) << each.code;
  }
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

} // namespace
TEST_F(ParseTest, AnotherCheckoutGivesTheSameFacts) {
  const llvm::StringRef code = R"(#include <cassert>
#include <source_location>
#include <string>
#include "part.h"
struct { int x; } unnamed;
static struct { int y; int go() { return y; } } table;
template <class T> struct Box { T t; void go(); };
void log(const char *file, const char *text);
template <class T> const char *nameOf() { return __PRETTY_FUNCTION__; }
template <class T> void take(T t) { Box<T> box{t}; box.go(); log(__FILE__, __PRETTY_FUNCTION__); }
void f(int n) {
  auto lambda = [n] { return n; };
  take(lambda);
  take(unnamed);
  struct { std::string text; } local;
  auto holder = [local] { return local.text; };
  auto copy = holder;
  take(copy);
  take(local);
  auto generic = [&](auto each) { return each() + table.go(); };
  generic(lambda);
  assert(n > 0);
  log(__FILE__ ": f", __BASE_FILE__);
  log(std::source_location::current().file_name(), nameOf<decltype(lambda)>());
  lambda.missing();
  unnamed.missing();
}
)";
  std::vector<std::string> all;
  for (llvm::StringRef checkout : {"one", "another", "and/deeper"}) {
    const std::string root = dir / checkout;
    dir.write((checkout + "/a.cpp").str(), code);
    dir.write((checkout + "/part.h").str(), "inline const char *part() { return __FILE__; }\n");
    options.scope.root = root;
    const std::vector<std::string> flags = {"-I" + root, "-std=c++20", "-include", root + "/gone.h"};
    const TuFacts facts = std::move(parseAll({makeCommand(root + "/a.cpp", root, flags, root)}, options, 1, nullptr)[0]);
    EXPECT_EQ(facts.status, TuStatus::Partial);
    all.push_back(encodeFacts(facts));
    EXPECT_EQ(all.back().find(root), std::string::npos);
  }
  EXPECT_EQ(all[0], all[1]);
  EXPECT_EQ(all[0], all[2]);
}

TEST_F(ParseTest, RecordsWhatItAsksOfTheFileSystem) {
  dir.write("early/other.h", "");
  dir.write("late/part.h", "");
  dir.write("a.cpp", "#include \"part.h\"\n#if __has_include(\"gone/deep/x.h\")\n#endif\n");
  std::string questions;
  auto parse = [&] {
    parseAll({command("a.cpp", {"-Iearly", "-Ilate"})}, options, 1,
             [&](size_t, TuFacts &, const ParseRecord *record) { questions = record ? record->questions : "none"; });
  };
  parse();
  std::vector<std::string> asked;
  KnownAnswers known;
  auto note = [&](Question question, llvm::StringRef path) {
    if (path.consume_front(dir.path()))
      asked.push_back(std::to_string(static_cast<int>(question)) + " " + path.str());
    return std::string();
  };
  EXPECT_TRUE(answerAll(questions, dir.path(), note, known).has_value());
  for (const char *wanted : {"1 /a.cpp", "2 /a.cpp", "1 /late/part.h", "0 /early/part.h", "0 /part.h", "0 /gone"})
    EXPECT_THAT(asked, testing::Contains(wanted));
  EXPECT_THAT(asked, testing::Not(testing::Contains("0 /gone/deep/x.h"))) << "the missing folder is asked for";
  ASSERT_FALSE(llvm::sys::fs::create_hard_link(dir / "late/part.h", dir / "part2.h"));
  dir.write("a.cpp", "#include \"part.h\"\n#include \"part2.h\"\n");
  parse();
  EXPECT_EQ(questions, "") << "two names of one file cannot be told from two files later";
}

} // namespace opex::test
