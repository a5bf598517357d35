#include "frontend/compile_db.h"
#include "frontend/json_place.h"
#include "tests/temp_dir.h"

#include <gmock/gmock.h>

using namespace opex;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
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

TEST(JsonPlace, FollowsSteps) {
  const llvm::StringRef text = "[ {\"a\\\"]\": [1, \"}\", {}],\n  \"b\" : {\"c\": -2.5}}, [] ]";
  EXPECT_EQ(jsonPlace(text, {}), "1:1");
  EXPECT_EQ(jsonPlace(text, {size_t(0)}), "1:3");
  EXPECT_EQ(jsonPlace(text, {size_t(0), llvm::StringRef("a\\\"]"), size_t(2)}), "1:21");
  EXPECT_EQ(jsonPlace(text, {size_t(0), llvm::StringRef("b"), llvm::StringRef("c")}), "2:15");
  EXPECT_EQ(jsonPlace(text, {size_t(1)}), "2:23");
  EXPECT_EQ(jsonPlace(text, {size_t(0), llvm::StringRef("none")}), "1:3");
}
