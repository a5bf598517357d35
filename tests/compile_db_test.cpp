#include "frontend/arguments.h"
#include "frontend/compile_db.h"
#include "frontend/json_place.h"
#include "tests/temp_dir.h"

#include "llvm/ADT/STLExtras.h"

#include <gmock/gmock.h>

using namespace opex;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

namespace {

class CompileDbTest : public testing::Test {
protected:
  /// Loads `text` as the database of <dir>/build, with <dir> as source root.
  CompileDb load(llvm::StringRef text) {
    dir.write("build/compile_commands.json", text);
    llvm::Expected<CompileDb> db = loadCompileDb(dir / "build", dir.path());
    if (db)
      return std::move(*db);
    ADD_FAILURE() << llvm::toString(db.takeError());
    return {};
  }

  /// The error message, without the database's path.
  std::string errorOf(llvm::StringRef text) {
    const std::string file = dir.write("build/compile_commands.json", text);
    llvm::Expected<CompileDb> db = loadCompileDb(dir / "build", dir.path());
    if (db)
      return "";
    std::string message = llvm::toString(db.takeError());
    EXPECT_THAT(message, StartsWith(file));
    return message.substr(file.size());
  }

  std::string entry(llvm::StringRef file, llvm::StringRef command) {
    return "{\"directory\": \"" + dir / "build" + "\", \"file\": \"" + file.str() + "\", \"command\": \"" +
           command.str() + "\"}";
  }

  test::TempDir dir;
};

/// What is left of `flags`, without what is always there.
std::vector<std::string> kept(std::vector<std::string> flags, std::vector<std::string> *notices = nullptr) {
  CompileCommand command;
  command.directory = "/nowhere";
  command.file = "/nowhere/a.cpp";
  command.arguments = {"g++"};
  command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
  AdjustedArguments adjusted = adjustArguments(command);
  if (notices)
    *notices = adjusted.notices;
  const std::vector<std::string> &all = adjusted.arguments;
  EXPECT_EQ(all.back(), "/nowhere/a.cpp");
  return {all.begin() + 3, all.end() - 4};
}

std::vector<std::string> adjusted(std::vector<std::string> arguments) {
  CompileCommand command;
  command.directory = "/nowhere";
  command.file = "/nowhere/a.cpp";
  command.arguments = std::move(arguments);
  return adjustArguments(command).arguments;
}

} // namespace

TEST_F(CompileDbTest, CommandsAndArguments) {
  const CompileDb db =
      load("[" + entry("../src/b.cpp", "g++ -DNAME=\\\\\\\"x\\\\\\\" '-DY=1 2' -c ../src/b.cpp") +
           ", {\"directory\": \"sub\", \"file\": \"a.cpp\","
           " \"arguments\": [\"g++\", \"-I../inc\", \"a.cpp\"], \"output\": \"a.o\"}]");
  ASSERT_EQ(db.commands.size(), 2u);
  EXPECT_EQ(db.path, dir / "build/compile_commands.json");
  EXPECT_EQ(db.commands[0].file, dir / "build/sub/a.cpp");
  EXPECT_EQ(db.commands[0].directory, dir / "build/sub");
  EXPECT_THAT(db.commands[0].arguments, ElementsAre("g++", "-I../inc", "a.cpp"));
  EXPECT_EQ(db.commands[1].file, dir / "src/b.cpp");
  EXPECT_THAT(db.commands[1].arguments, ElementsAre("g++", "-DNAME=\"x\"", "-DY=1 2", "-c", "../src/b.cpp"));
  EXPECT_THAT(db.notices, IsEmpty());
}

TEST_F(CompileDbTest, TheFileItselfMayBeNamed) {
  const std::string file = dir.write("other.json", "[" + entry("/x/a.cc", "c++ a.cc") + "]");
  llvm::Expected<CompileDb> db = loadCompileDb(file, dir.path());
  ASSERT_TRUE(static_cast<bool>(db)) << llvm::toString(db.takeError());
  EXPECT_EQ(db->commands.size(), 1u);
}

TEST_F(CompileDbTest, OrderDoesNotDependOnTheDatabase) {
  const std::string a = entry("/x/a.cc", "c++ -DA a.cc"), b = entry("/x/a.cc", "c++ -DB a.cc"),
                    c = entry("/w/z.cc", "c++ z.cc");
  const CompileDb one = load("[" + a + "," + b + "," + c + "]"),
                  two = load("[" + b + "," + c + "," + a + "]");
  ASSERT_EQ(one.commands.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(one.commands[i].arguments, two.commands[i].arguments);
    EXPECT_EQ(one.commands[i].hash, two.commands[i].hash);
  }
  EXPECT_EQ(one.commands[0].file, "/w/z.cc");
  EXPECT_NE(one.commands[1].hash, one.commands[2].hash);
}

TEST_F(CompileDbTest, EntriesThatDifferInOutputsOnlyAreOne) {
  const CompileDb db = load("[" + entry("/x/a.cc", "c++ -DA -o 1.o -MD -MF 1.d -Wall a.cc") + "," +
                            entry("/x/a.cc", "c++ -DA -o 2.o -g a.cc") + "]");
  EXPECT_EQ(db.commands.size(), 1u);
}

TEST_F(CompileDbTest, HashIsTheSameInAnotherPlace) {
  auto hashIn = [&](llvm::StringRef place) {
    const std::string root = dir / place;
    dir.write((place + "/build/compile_commands.json").str(),
              "[{\"directory\": \"" + root + "/build\", \"file\": \"" + root +
                  "/a.cc\", \"command\": \"c++ -I" + root + "/inc -I" + root +
                  "/build/gen -isystem /opt/x a.cc\"}]");
    return llvm::cantFail(loadCompileDb(root + "/build", root)).commands[0].hash;
  };
  EXPECT_EQ(hashIn("here"), hashIn("there/deeper"));
}

TEST_F(CompileDbTest, OtherLanguagesAreLeftOut) {
  const CompileDb db = load("[" + entry("/x/a.S", "gcc a.S") + "," + entry("/x/a.f90", "gfortran a.f90") +
                            "," + entry("/x/a.c", "gcc a.c") + "," + entry("/x/a.rs", "rustc a.rs") + "]");
  ASSERT_EQ(db.commands.size(), 2u); // Of ".rs" Clang knows nothing; parsing will say what it is.
  EXPECT_THAT(db.notices, ElementsAre(HasSubstr("2 commands compile other languages")));
}

TEST_F(CompileDbTest, Errors) {
  EXPECT_THAT(errorOf("[\n  {\"file\": \"a.cc\",,}\n]"), StartsWith(":2:"));
  EXPECT_THAT(errorOf(""), StartsWith(":1:"));
  EXPECT_EQ(errorOf("{}"), ":1:1: a compilation database must be an array of commands");
  EXPECT_EQ(errorOf("[\n 5]"), ":2:2: an entry must be an object");
  EXPECT_EQ(errorOf("[{\"directory\": \"/x\", \"command\": \"c++ a.cc\"}]"), ":1:2: the entry has no 'file'");
  EXPECT_EQ(errorOf("[{\"file\": \"a.cc\", \"command\": \"c++ a.cc\"}]"),
            ":1:2: the entry has no 'directory'");
  EXPECT_EQ(errorOf("[{\"directory\": \"/x\",\n \"file\": 7, \"command\": \"c++ a.cc\"}]"),
            ":2:10: 'file' must be a string that is not empty");
  EXPECT_EQ(errorOf("[{\"directory\": \"/x\", \"file\": \"a.cc\"}]"),
            ":1:2: the entry has neither 'command' nor 'arguments'");
  EXPECT_EQ(errorOf("[{\"directory\": \"/x\", \"file\": \"a.cc\", \"command\": \" \"}]"),
            ":1:49: 'command' is empty");
  EXPECT_EQ(errorOf("[{\"directory\": \"/x\", \"file\": \"a.cc\",\n\"arguments\": [\"c++\", {}]}]"),
            ":2:22: an argument must be a string");
  EXPECT_EQ(errorOf("[{\"directory\": \"/x\", \"file\": \"a.cc\", \"arguments\": \"c++\"}]"),
            ":1:51: 'arguments' must be an array of strings");
}

TEST_F(CompileDbTest, MissingDatabaseSaysHowToGetOne) {
  llvm::Expected<CompileDb> db = loadCompileDb(dir.path(), dir.path());
  ASSERT_FALSE(static_cast<bool>(db));
  const std::string message = llvm::toString(db.takeError());
  for (const char *part :
       {"no compile_commands.json in", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "bear", "Bazel", "Meson"})
    EXPECT_THAT(message, HasSubstr(part));
}

TEST_F(CompileDbTest, IsFoundUpwards) {
  dir.write("p/src/deep/a.cc", "");
  EXPECT_EQ(findCompileDb(dir / "p/src/deep"), std::nullopt);
  dir.write("p/build/compile_commands.json", "[]");
  EXPECT_EQ(findCompileDb(dir / "p/src/deep"), dir / "p/build");
  dir.write("p/src/compile_commands.json", "[]");
  EXPECT_EQ(findCompileDb(dir / "p/src/deep"), dir / "p/src");
}

TEST_F(CompileDbTest, ResponseFiles) {
  dir.write("build/flags.rsp", "-DA \"-DB=x y\"\n@nested.rsp");
  dir.write("build/nested.rsp", "-DC");
  dir.write("src/more.rsp", "-DD");
  const CompileDb db = load("[" + entry("/x/a.cc", "c++ @flags.rsp @../src/more.rsp a.cc") + "]");
  EXPECT_THAT(db.commands[0].arguments, ElementsAre("c++", "-DA", "-DB=x y", "-DC", "-DD", "a.cc"));
  EXPECT_THAT(db.notices, IsEmpty());
}

TEST_F(CompileDbTest, ForeignResponseFilesAreRefused) {
  const test::TempDir outside;
  const std::string secret = outside.write("secret.rsp", "-DSECRET");
  ASSERT_FALSE(llvm::sys::fs::create_link(secret, dir / "link.rsp"));
  dir.write("build/loop.rsp", "@loop.rsp");
  const CompileDb db =
      load("[" + entry("/x/a.cc", "c++ @" + secret + " @../link.rsp @gone @loop.rsp @/dev/zero a.cc") + "]");
  EXPECT_THAT(db.commands[0].arguments, ElementsAre("c++", "a.cc"));
  EXPECT_THAT(db.notices, Contains(HasSubstr("secret.rsp' is ignored: it lies outside")));
  EXPECT_THAT(db.notices, Contains(HasSubstr("link.rsp' is ignored: it lies outside")));
  EXPECT_THAT(db.notices, Contains(HasSubstr("'@gone' is ignored: it does not exist")));
  EXPECT_THAT(db.notices, Contains(HasSubstr("nested too deeply")));
}

TEST_F(CompileDbTest, RefusedOptionsAreCounted) {
  const CompileDb db = load("[" + entry("/x/a.cc", "c++ -fplugin=evil.so a.cc") + "," +
                            entry("/x/b.cc", "c++ -fplugin=evil.so b.cc") + "]");
  EXPECT_THAT(db.notices,
              ElementsAre("option -fplugin of the compile command is ignored: it would load or run "
                          "something (2 commands)"));
}

TEST(SplitCommandLine, LikeAShell) {
  EXPECT_THAT(splitCommandLine("  a\tb\n c "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(splitCommandLine("'-DX=\\\"v\\\"' -DY=\\\"v\\\""), ElementsAre("-DX=\\\"v\\\"", "-DY=\"v\""));
  EXPECT_THAT(splitCommandLine("\"a\\b\\\"c\" '' x\"y\"'z'"), ElementsAre("a\\b\"c", "", "xyz"));
  EXPECT_THAT(splitCommandLine("$(rm x) `y` ; z"), ElementsAre("$(rm", "x)", "`y`", ";", "z"));
  EXPECT_THAT(splitCommandLine("'open"), ElementsAre("open"));
  EXPECT_THAT(splitCommandLine("end\\"), ElementsAre("end\\"));
}

TEST(JsonPlace, FollowsSteps) {
  const llvm::StringRef text = "[ {\"a\\\"]\": [1, \"}\", {}],\n  \"b\" : {\"c\": -2.5}}, [] ]";
  EXPECT_EQ(jsonPlace(text, {}), "1:1");
  EXPECT_EQ(jsonPlace(text, {size_t(0)}), "1:3");
  EXPECT_EQ(jsonPlace(text, {size_t(0), llvm::StringRef("a\\\"]"), size_t(2)}), "1:21");
  EXPECT_EQ(jsonPlace(text, {size_t(0), llvm::StringRef("b"), llvm::StringRef("c")}), "2:15");
  EXPECT_EQ(jsonPlace(text, {size_t(1)}), "2:23");
  EXPECT_EQ(jsonPlace(text, {size_t(0), llvm::StringRef("none")}), "1:3");
}

TEST(Arguments, KeepWhatDecidesTheReading) {
  const std::vector<std::string> flags = {"-D",
                                          "A=1",
                                          "-D",
                                          "B",
                                          "-U",
                                          "C",
                                          "-I",
                                          "inc",
                                          "-isystem",
                                          "/opt/x",
                                          "-iquote",
                                          "q",
                                          "-idirafter",
                                          "late",
                                          "-include",
                                          "pre.h",
                                          "-std=gnu++20",
                                          "-x",
                                          "c++",
                                          "-nostdinc++",
                                          "-stdlib=libc++",
                                          "--sysroot=/sys",
                                          "--target=aarch64-linux-gnu",
                                          "-fno-exceptions",
                                          "-fno-rtti",
                                          "-fchar8_t",
                                          "-fshort-enums",
                                          "-fPIC",
                                          "-funsigned-char",
                                          "-O2",
                                          "-pthread",
                                          "-mavx2",
                                          "-march=x86-64-v3",
                                          "-ftemplate-depth=2000",
                                          "-fcf-protection=full",
                                          "-ffast-math",
                                          "-m32"};
  EXPECT_EQ(kept(flags), flags);
}

TEST(Arguments, DropWhatWrites) {
  std::vector<std::string> notices;
  EXPECT_THAT(kept({"-c",
                    "-o",
                    "a.o",
                    "-oa.o",
                    "--output=a.o",
                    "-MD",
                    "-MMD",
                    "-MF",
                    "a.d",
                    "-MFa.d",
                    "-MT",
                    "x",
                    "-MQ",
                    "x",
                    "-MP",
                    "-MG",
                    "-MJ",
                    "x.json",
                    "-Wp,-MD,a.d",
                    "-Wp,-MMD,a.d",
                    "--coverage",
                    "-fprofile-arcs",
                    "-ftest-coverage",
                    "-fprofile-instr-generate=x",
                    "-ftime-trace",
                    "-ftime-trace=x.json",
                    "-save-temps",
                    "-save-temps=obj",
                    "--serialize-diagnostics",
                    "x.dia",
                    "-serialize-diagnostics",
                    "x.dia",
                    "-fsave-optimization-record",
                    "-foptimization-record-file=x",
                    "-gen-cdb-fragment-path",
                    "d",
                    "-fdiagnostics-format=sarif",
                    "-emit-ast",
                    "-emit-llvm",
                    "-S",
                    "-E",
                    "-fcrash-diagnostics-dir=x",
                    "-fmodules-cache-path=x",
                    "-dumpdir",
                    "x",
                    "-aux-info",
                    "x",
                    "-fdump-tree-all",
                    "-fstack-usage",
                    "-fcallgraph-info",
                    "-gsplit-dwarf",
                    "-dD",
                    "-H",
                    "--write-dependencies",
                    "-fproc-stat-report=x",
                    "-print-stats",
                    "-index-store-path",
                    "x"},
                   &notices),
              IsEmpty());
  EXPECT_THAT(notices, IsEmpty());
}

TEST(Arguments, RefuseWhatLoadsOrRuns) {
  for (const std::vector<std::string> &flags :
       std::vector<std::vector<std::string>>{{"-fplugin=/tmp/evil.so"},
                                             {"-fplugin-arg-evil-x=1"},
                                             {"-fpass-plugin=evil.so"},
                                             {"-Xclang", "-load", "-Xclang", "evil.so"},
                                             {"-Xclang", "-plugin", "-Xclang", "evil"},
                                             {"-Xclang", "-add-plugin", "-Xclang", "evil"},
                                             {"-Xclang", "-plugin-arg-evil", "-Xclang", "x"},
                                             {"-B/tmp/bin"},
                                             {"-B", "/tmp/bin"},
                                             {"--config=evil.cfg"},
                                             {"--config", "evil.cfg"},
                                             {"-specs=evil"},
                                             {"--specs=evil"},
                                             {"-wrapper", "gdb,--args"},
                                             {"-ivfsoverlay", "evil.yaml"},
                                             {"-fmodule-file=evil.pcm"},
                                             {"-fprebuilt-module-path=evil"},
                                             {"--config-user-dir=evil"}}) {
    std::vector<std::string> notices;
    EXPECT_THAT(kept(flags, &notices), IsEmpty()) << flags[0];
    EXPECT_THAT(notices, ElementsAre(HasSubstr("is ignored: it would load or run something"))) << flags[0];
    for (const std::string &notice : notices) {
      EXPECT_THAT(notice, Not(HasSubstr("evil."))) << "values are not repeated";
      EXPECT_THAT(notice, Not(HasSubstr("/tmp")));
    }
  }
  EXPECT_THAT(kept({"-mllvm",
                    "-debug",
                    "-Xclang",
                    "-emit-pch",
                    "-Xlinker",
                    "x",
                    "-Wl,-x",
                    "-Wa,-x",
                    "-T",
                    "x",
                    "-fuse-ld=/tmp/evil",
                    "--ld-path=/tmp/evil",
                    "-fmodules",
                    "-resource-dir",
                    "/tmp/evil",
                    "-resource-dir=/tmp/evil",
                    "-working-directory",
                    "/tmp",
                    "-cc1",
                    "-x",
                    "ir",
                    "-x",
                    "pcm",
                    "--analyze",
                    "-fembed-offload-object=x",
                    "-fsanitize-ignorelist=x",
                    "-fprofile-use=x"}),
              IsEmpty());
}

TEST(Arguments, DropWhatOnlyGccKnows) {
  EXPECT_THAT(kept({"-fno-var-tracking-assignments",
                    "-fanalyzer",
                    "-Wno-maybe-uninitialized",
                    "-Werror",
                    "-Werror=format",
                    "-Wall",
                    "-fconserve-stack",
                    "-flto=auto",
                    "-fno-fat-lto-objects",
                    "-fmacro-prefix-map=/a=b",
                    "-ffile-prefix-map=/a=b",
                    "-fno-canonical-system-headers",
                    "-mno-such-thing",
                    "-fcondition-coverage",
                    "-fimplicit-constexpr-x",
                    "-fconcepts-diagnostics-depth=3",
                    "--param=ssp-buffer-size=4",
                    "--param",
                    "x=1",
                    "-fstrict-flex-x",
                    "-fno-ipa-sra",
                    "-frandom-seed=1",
                    "-g3",
                    "-ggdb",
                    "-pipe",
                    "-mtune=haswell",
                    "-fopenmp",
                    "-fsanitize=address",
                    "-pedantic-errors",
                    "-fmodules-ts",
                    "-fno-whole-program"}),
              IsEmpty());
}

TEST(Arguments, MachineOptionsCanBeLeftOut) {
  CompileCommand command;
  command.file = "/x/a.cc";
  command.arguments = {"g++", "-march=of-tomorrow", "-mavx2", "-m32"};
  ArgumentOptions options;
  options.withoutMachineOptions = true;
  const std::vector<std::string> all = adjustArguments(command, options).arguments;
  EXPECT_THAT(all, Contains("-m32")); // The size of a pointer is not the CPU's affair.
  EXPECT_THAT(all, Not(Contains(StartsWith("-ma"))));
}

TEST(Arguments, PrecompiledHeadersBecomeHeaders) {
  const test::TempDir dir;
  const std::string header = dir.write("pre.h", "");
  EXPECT_THAT(kept({"-include", header + ".gch", "-include", dir / "gone.pch", "-Winvalid-pch"}),
              ElementsAre("-include", header));
  EXPECT_THAT(kept({"-Xclang", "-include-pch", "-Xclang", "x.pch", "-Xclang", "-include", "-Xclang",
                    "cmake_pch.hxx"}),
              ElementsAre("-include", "cmake_pch.hxx"));
  EXPECT_THAT(kept({"-include-pch", "x.pch", "-O1"}), ElementsAre("-O1"));
}

TEST(Arguments, MacrosForThePreprocessor) {
  EXPECT_THAT(kept({"-Wp,-D_FORTIFY_SOURCE=2,-UX", "-Xpreprocessor", "-DY"}),
              ElementsAre("-D_FORTIFY_SOURCE=2", "-UX", "-DY"));
}

TEST(Arguments, Compilers) {
  EXPECT_THAT(adjusted({"/usr/bin/ccache", "distcc", "/usr/bin/g++-12", "-DA"})[0],
              testing::EndsWith("bin/clang++"));
  EXPECT_THAT(adjusted({"env", "CCACHE_DIR=x", "ccache", "gcc", "-DA"})[0], testing::EndsWith("bin/clang"));
  EXPECT_THAT(adjusted({"ccache", "g++", "-O1"}), Contains("-O1"));
  EXPECT_THAT(adjusted({"aarch64-linux-gnu-g++-12", "-DA"}), Contains("--target=aarch64-linux-gnu"));
  EXPECT_THAT(adjusted({"x86_64-linux-gnu-gcc-12.2", "-DA"}), Contains("--target=x86_64-linux-gnu"));
  EXPECT_THAT(adjusted({"my-c++"}), Not(Contains(StartsWith("--target"))));
  EXPECT_THAT(adjusted({"ccache"})[0], testing::EndsWith("bin/clang"));
  EXPECT_FALSE(adjusted({}).empty());
}

TEST(Arguments, ExtraArguments) {
  CompileCommand command;
  command.file = "/x/a.cc";
  command.directory = "/x";
  command.arguments = {"c++", "-O1"};
  const std::vector<std::string> all = adjustArguments(command, {{"-DFIRST"}, {"-DLAST"}}).arguments;
  const auto at = [&](const char *what) { return llvm::find(all, what) - all.begin(); };
  EXPECT_LT(at("-DFIRST"), at("-O1"));
  EXPECT_LT(at("-O1"), at("-DLAST"));
  EXPECT_LT(at("-DLAST"), at("/x/a.cc"));
}

TEST(Arguments, ResourceDirectoryHasClangsHeaders) {
  EXPECT_TRUE(llvm::sys::fs::exists(clangResourceDir() + "/include/stddef.h")) << clangResourceDir();
  EXPECT_EQ(llvm::sys::path::filename(clangResourceDir()), "22");
}
