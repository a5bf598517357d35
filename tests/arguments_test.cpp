// What of a compile command reaches the parser: all that decides how the code reads, nothing that writes, loads or runs.
#include "frontend/arguments.h"
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

/// Kept.
const std::vector<std::string> kDecidesTheReading = {
    "-D", "A=1", "-D", "B", "-U", "C", "-I", "inc", "-isystem", "/opt/x", "-iquote", "q", "-idirafter", "late",
    "-include", "pre.h", "-std=gnu++20", "-x", "c++", "-nostdinc++", "-stdlib=libc++", "--sysroot=/sys",
    "--target=aarch64-linux-gnu", "-fno-exceptions", "-fno-rtti", "-fchar8_t", "-fshort-enums", "-fPIC",
    "-funsigned-char", "-O2", "-pthread", "-mavx2", "-march=x86-64-v3", "-ftemplate-depth=2000",
    "-fcf-protection=full", "-ffast-math", "-m32"};

/// Dropped without a word, as the analysis writes nothing of this.
const std::vector<std::string> kWrites = {
    "-c", "-o", "a.o", "-oa.o", "--output=a.o", "-MD", "-MMD", "-MF", "a.d", "-MFa.d", "-MT", "x", "-MQ", "x", "-MP",
    "-MG", "-MJ", "x.json", "-Wp,-MD,a.d", "-Wp,-MMD,a.d", "--coverage", "-fprofile-arcs", "-ftest-coverage",
    "-fprofile-instr-generate=x", "-ftime-trace", "-ftime-trace=x.json", "-save-temps", "-save-temps=obj",
    "--serialize-diagnostics", "x.dia", "-serialize-diagnostics", "x.dia", "-fsave-optimization-record",
    "-foptimization-record-file=x", "-gen-cdb-fragment-path", "d", "-fdiagnostics-format=sarif", "-emit-ast",
    "-emit-llvm", "-S", "-E", "-fcrash-diagnostics-dir=x", "-fmodules-cache-path=x", "-dumpdir", "x", "-aux-info",
    "x", "-fdump-tree-all", "-fstack-usage", "-fcallgraph-info", "-gsplit-dwarf", "-dD", "-H",
    "--write-dependencies", "-fproc-stat-report=x", "-print-stats", "-index-store-path", "x"};

/// Each would load or run something of another's choice; the user is told that it is not taken.
const std::vector<std::vector<std::string>> kLoadsOrRuns = {
    {"-fplugin=/tmp/evil.so"}, {"-fplugin-arg-evil-x=1"}, {"-fpass-plugin=evil.so"},
    {"-Xclang", "-load", "-Xclang", "evil.so"}, {"-Xclang", "-plugin", "-Xclang", "evil"},
    {"-Xclang", "-add-plugin", "-Xclang", "evil"}, {"-Xclang", "-plugin-arg-evil", "-Xclang", "x"}, {"-B/tmp/bin"},
    {"-B", "/tmp/bin"}, {"--config=evil.cfg"}, {"--config", "evil.cfg"}, {"-specs=evil"}, {"--specs=evil"},
    {"-wrapper", "gdb,--args"}, {"-ivfsoverlay", "evil.yaml"}, {"-fmodule-file=evil.pcm"},
    {"-fprebuilt-module-path=evil"}, {"--config-user-dir=evil"}};

/// For the compiler's back end, for the linker, or for another input than source.
const std::vector<std::string> kReachesNoParser = {
    "-mllvm", "-debug", "-Xclang", "-emit-pch", "-Xlinker", "x", "-Wl,-x", "-Wa,-x", "-T", "x", "-fuse-ld=/tmp/evil",
    "--ld-path=/tmp/evil", "-fmodules", "-resource-dir", "/tmp/evil", "-resource-dir=/tmp/evil",
    "-working-directory", "/tmp", "-cc1", "-x", "ir", "-x", "pcm", "--analyze", "-fembed-offload-object=x",
    "-fsanitize-ignorelist=x", "-fprofile-use=x"};

/// Clang does not know them, or they change nothing that is read.
const std::vector<std::string> kOnlyOfGcc = {
    "-fno-var-tracking-assignments", "-fanalyzer", "-Wno-maybe-uninitialized", "-Werror", "-Werror=format", "-Wall",
    "-fconserve-stack", "-flto=auto", "-fno-fat-lto-objects", "-fmacro-prefix-map=/a=b", "-ffile-prefix-map=/a=b",
    "-fno-canonical-system-headers", "-mno-such-thing", "-fcondition-coverage", "-fimplicit-constexpr-x",
    "-fconcepts-diagnostics-depth=3", "--param=ssp-buffer-size=4", "--param", "x=1", "-fstrict-flex-x",
    "-fno-ipa-sra", "-frandom-seed=1", "-g3", "-ggdb", "-pipe", "-mtune=haswell", "-fopenmp", "-fsanitize=address",
    "-pedantic-errors", "-fmodules-ts", "-fno-whole-program"};

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

TEST(Arguments, KeepWhatDecidesTheReading) { EXPECT_EQ(kept(kDecidesTheReading), kDecidesTheReading); }

TEST(Arguments, DropWhatWrites) {
  std::vector<std::string> notices;
  EXPECT_THAT(kept(kWrites, &notices), IsEmpty());
  EXPECT_THAT(notices, IsEmpty());
}

TEST(Arguments, RefuseWhatLoadsOrRuns) {
  for (const std::vector<std::string> &flags : kLoadsOrRuns) {
    std::vector<std::string> notices;
    EXPECT_THAT(kept(flags, &notices), IsEmpty()) << flags[0];
    EXPECT_THAT(notices, ElementsAre(HasSubstr("is ignored: it would load or run something"))) << flags[0];
    for (const std::string &notice : notices) {
      EXPECT_THAT(notice, Not(HasSubstr("evil."))) << "values are not repeated";
      EXPECT_THAT(notice, Not(HasSubstr("/tmp")));
    }
  }
}

TEST(Arguments, DropWhatReachesNoParser) { EXPECT_THAT(kept(kReachesNoParser), IsEmpty()); }

TEST(Arguments, DropWhatOnlyGccKnows) { EXPECT_THAT(kept(kOnlyOfGcc), IsEmpty()); }

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

TEST(SplitCommandLine, LikeAShell) {
  EXPECT_THAT(splitCommandLine("  a\tb\n c "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(splitCommandLine("'-DX=\\\"v\\\"' -DY=\\\"v\\\""), ElementsAre("-DX=\\\"v\\\"", "-DY=\"v\""));
  EXPECT_THAT(splitCommandLine("\"a\\b\\\"c\" '' x\"y\"'z'"), ElementsAre("a\\b\"c", "", "xyz"));
  EXPECT_THAT(splitCommandLine("$(rm x) `y` ; z"), ElementsAre("$(rm", "x)", "`y`", ";", "z"));
  EXPECT_THAT(splitCommandLine("'open"), ElementsAre("open"));
  EXPECT_THAT(splitCommandLine("end\\"), ElementsAre("end\\"));
}
