// What extraction reads off real code, against the expectations that testdata/facts/*.cpp carry:
//
//   call();                    // expect-fact: call call()
//   // expect-fact: …          alone on its line: about the next line of code
//   // expect-no-fact: …       no line of the dump for that line holds the text
//   // expect-fact-anywhere: … about facts without a place (types, declarations, expansions, files)
//   // options: -std=c++17     on the first line: compiler options, instead of -std=c++20
#include "frontend/parse.h"

#include "model/facts_check.h"
#include "model/facts_io.h"
#include "model/facts_visit.h"
#include "tests/temp_dir.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gmock/gmock.h>
#include <map>
#include <set>

using namespace opex;

namespace {

const std::string kFolder = OPEX_SOURCE_DIR "/testdata/facts";

std::string readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

TuFacts parse(const std::string &folder, const std::string &file,
              std::vector<std::string> options = {"-std=c++20"}) {
  CompileCommand command;
  command.file = folder + "/" + file;
  command.directory = folder;
  command.arguments = {"clang++"};
  llvm::append_range(command.arguments, options);
  command.arguments.insert(command.arguments.end(), {"-c", command.file});
  ParseOptions parseOptions;
  parseOptions.scope.root = folder;
  return parseTu(command, parseOptions);
}

TuFacts parseText(const test::TempDir &folder, llvm::StringRef text) {
  folder.write("test.cpp", text);
  return parse(folder.path(), "test.cpp");
}

std::vector<std::string> optionsOf(llvm::StringRef text) {
  llvm::StringRef first = text.split('\n').first;
  if (!first.consume_front("// options:"))
    return {"-std=c++20"};
  std::vector<std::string> options;
  for (llvm::StringRef option : llvm::split(first.trim(), ' '))
    options.push_back(option.str());
  return options;
}

/// Lines of a dump by the source line they are about; 0 for those without a place. An expectation cannot
/// meet itself: what the dump quotes of it is cut off.
std::map<unsigned, std::vector<std::string>> dumpByLine(const TuFacts &facts) {
  std::string text;
  llvm::raw_string_ostream out(text);
  dumpFacts(facts, out);
  std::map<unsigned, std::vector<std::string>> result;
  for (llvm::StringRef line : llvm::split(llvm::StringRef(text), '\n')) {
    llvm::StringRef rest = line.ltrim();
    rest = rest.substr(0, rest.find("expect-"));
    unsigned number = 0;
    llvm::StringRef place = rest;
    if (place.consumeInteger(10, number) || !place.starts_with(":"))
      number = 0;
    result[number].push_back(rest.str());
  }
  return result;
}

struct Expectation {
  unsigned line = 0; ///< 0: anywhere.
  unsigned writtenOn = 0;
  bool isForbidden = false;
  std::string text;
};

std::vector<Expectation> expectationsOf(llvm::StringRef text) {
  std::vector<Expectation> result;
  std::vector<size_t> pending;
  unsigned number = 0;
  for (llvm::StringRef line : llvm::split(text, '\n')) {
    ++number;
    auto [code, comment] = line.split("// expect-");
    bool isAlone = code.trim().empty();
    if (!comment.empty()) {
      Expectation expected;
      expected.writtenOn = expected.line = number;
      bool isAnywhere = comment.consume_front("fact-anywhere: ");
      expected.isForbidden = !isAnywhere && comment.consume_front("no-fact: ");
      EXPECT_TRUE(isAnywhere || expected.isForbidden || comment.consume_front("fact: ")) << "line " << number;
      expected.text = comment.trim().str();
      if (isAnywhere)
        expected.line = 0;
      else if (isAlone)
        pending.push_back(result.size());
      result.push_back(expected);
    }
    if (!isAlone && !code.trim().starts_with("//"))
      for (size_t index : std::exchange(pending, {}))
        result[index].line = number;
  }
  EXPECT_TRUE(pending.empty()) << "an expectation at the end is about no line";
  return result;
}

void checkFile(const std::string &name) {
  std::string text = readFile(kFolder + "/" + name);
  TuFacts facts = parse(kFolder, name, optionsOf(text));
  EXPECT_EQ(facts.status, TuStatus::Complete);
  for (const ParseNotice &notice : facts.notices)
    ADD_FAILURE() << notice.line << ": " << notice.message.str();
  EXPECT_EQ(llvm::toString(checkFacts(facts)), "");
  std::map<unsigned, std::vector<std::string>> dump = dumpByLine(facts);
  std::vector<Expectation> expectations = expectationsOf(text);
  EXPECT_FALSE(expectations.empty());
  for (const Expectation &expected : expectations) {
    bool found = llvm::any_of(dump[expected.line], [&](const std::string &line) {
      return llvm::StringRef(line).contains(expected.text);
    });
    if (found == expected.isForbidden)
      ADD_FAILURE() << name << ":" << expected.writtenOn << ": " << (found ? "unwanted" : "missing")
                    << " fact: " << expected.text << "\n  there is:\n    "
                    << llvm::join(dump[expected.line], "\n    ");
  }
}

/// Names of all fields, as "Struct.field", that differ from their default somewhere in `fact`.
class FieldsSeen {
public:
  template <Fact T> void add(const std::string &type, const T &fact) {
    static const T kDefault{};
    visitFieldPairs(fact, kDefault, [&](const char *name, const auto &field, const auto &standard) {
      all.insert(type + "." + name);
      if (!equalFacts(field, standard))
        seen.insert(type + "." + name);
      descend(name, field);
    });
  }

  std::set<std::string> all, seen;

private:
  template <class T> void descend(const std::string &name, const T &field) {
    if constexpr (Fact<T>)
      add(std::is_same_v<T, Site> ? "Site" : name, field);
    else if constexpr (FactList<T>)
      for (const auto &element : field)
        descend(name, element);
  }
};

class FactsTest : public testing::TestWithParam<const char *> {};

TEST_P(FactsTest, areAsExpected) { checkFile(GetParam()); }

constexpr const char *kFiles[] = {"c_language.cpp", "calls.cpp",        "comments.cpp",  "control.cpp",
                                  "coroutines.cpp", "declarations.cpp", "globals.cpp",   "lambdas.cpp",
                                  "legacy.cpp",     "macros.cpp",       "templates.cpp", "types.cpp",
                                  "values.cpp"};

INSTANTIATE_TEST_SUITE_P(, FactsTest, testing::ValuesIn(kFiles),
                         [](const auto &info) { return llvm::StringRef(info.param).drop_back(4).str(); });

TEST(Facts, everyFileIsListed) {
  std::set<std::string> found;
  std::error_code problem;
  for (llvm::sys::fs::directory_iterator it(kFolder, problem), end; it != end && !problem;
       it.increment(problem))
    if (llvm::StringRef(it->path()).ends_with(".cpp"))
      found.insert(llvm::sys::path::filename(it->path()).str());
  EXPECT_EQ(found, std::set<std::string>(std::begin(kFiles), std::end(kFiles)));
}

TEST(Facts, everyFieldIsFilledSomewhere) {
  FieldsSeen fields;
  for (const char *file : kFiles)
    fields.add("tu", parse(kFolder, file, optionsOf(readFile(kFolder + "/" + file))));
  // Of these the parser's driver is the author, or they must be asked for; parse_test has them.
  std::erase_if(fields.all, [](llvm::StringRef name) {
    return name.starts_with("notices.") || name == "tu.command" || name == "tu.status" ||
           name == "tu.notices" || name.starts_with("found") || name.starts_with("tu.found"); // Only what was looked for.
  });
  std::vector<std::string> missing;
  for (const std::string &name : fields.all)
    if (!fields.seen.contains(name))
      missing.push_back(name);
  EXPECT_THAT(missing, testing::IsEmpty());
}

TEST(Facts, sameBytesEachTime) {
  for (const char *file : {"templates.cpp", "lambdas.cpp"})
    EXPECT_EQ(encodeFacts(parse(kFolder, file)), encodeFacts(parse(kFolder, file)));
}

TEST(Facts, doNotDependOnTheFolder) {
  test::TempDir here;
  for (const char *file : {"templates.cpp", "lambdas.cpp", "globals.cpp"}) {
    here.write(file, readFile(kFolder + "/" + file));
    EXPECT_EQ(encodeFacts(parse(kFolder, file)), encodeFacts(parse(here.path(), file))) << file;
  }
}

const Function *functionNamed(const TuFacts &facts, llvm::StringRef name) {
  auto found =
      llvm::find_if(facts.functions, [&](const Function &function) { return function.name == name; });
  return found == facts.functions.end() ? nullptr : &*found;
}

TEST(ContentHash, ignoresWhereAFunctionStands) {
  test::TempDir folder;
  TuFacts first = parseText(folder, "int g();\nint f(int n) {\n  return g() + n;\n}\n");
  TuFacts moved = parseText(folder, "int g();\n\n// more\nint f(int n) {\n  return g() + n;\n}\n");
  TuFacts changed = parseText(folder, "int g();\nint f(int n) {\n  return g() - n;\n}\n");
  ASSERT_TRUE(functionNamed(first, "f") && functionNamed(moved, "f") && functionNamed(changed, "f"));
  EXPECT_EQ(functionNamed(first, "f")->contentHash, functionNamed(moved, "f")->contentHash);
  EXPECT_NE(functionNamed(first, "f")->contentHash, functionNamed(changed, "f")->contentHash);
}

TEST(Entities, staticFunctionsOfTwoFilesDiffer) {
  test::TempDir folder;
  folder.write("a/main.cpp", "static int f() { return 1; }\nint a() { return f(); }\n");
  folder.write("b/main.cpp", "static int f() { return 1; }\nint b() { return f(); }\n");
  TuFacts a = parse(folder.path(), "a/main.cpp"), b = parse(folder.path(), "b/main.cpp");
  ASSERT_TRUE(functionNamed(a, "f") && functionNamed(b, "f"));
  EXPECT_NE(functionNamed(a, "f")->id, functionNamed(b, "f")->id);
}

TEST(Entities, unitsAgreeAboutHeaders) {
  test::TempDir folder;
  folder.write("common.h", R"(#pragma once
#include <string>
int base(int);
static inline int local(int n) { return base(n); }
namespace { inline int hidden() { return base(1); } }
template <class T> struct Holder {
  T value{};
  int get() { auto f = [this](auto n) { return base(n); }; return f(2) + local(3) + hidden(); }
};
struct Plain {
  int a = 1;
  std::string b = "b";
  int run() { struct In { int go() { return base(4); } }; return In().go(); }
};
inline int use() { Holder<int> h; Plain p; return h.get() + p.run(); }
)");
  folder.write("one.cpp", "#include \"common.h\"\nint one() { return use(); }\n");
  folder.write(
      "deep/two.cpp",
      "#include <vector>\n\n\nint before(std::vector<long> v) { return [&] { return v.size(); }(); }\n"
      "#include \"../common.h\"\nint two() { return use() + use(); }\n");
  TuFacts one = parse(folder.path(), "one.cpp"), two = parse(folder.path(), "deep/two.cpp");
  size_t shared = 0;
  for (const Function &function : one.functions) {
    if (one[function.site.file].path != "common.h")
      continue;
    ++shared;
    auto same = llvm::find_if(two.functions, [&](const Function &other) {
      return other.id == function.id && other.instance == function.instance &&
             other.contentHash == function.contentHash && other.name == function.name;
    });
    EXPECT_NE(same, two.functions.end()) << function.name.str();
  }
  EXPECT_EQ(shared, 9u);
}

TEST(Project, systemAndExcludedCodeIsNotWalked) {
  test::TempDir folder;
  folder.write("own.h", "inline int own() { return 1; }\n");
  folder.write("third_party/lib.h", "inline int lib() { return 1; }\n");
  folder.write("system/sys.h", "inline int sys() { return 1; }\n");
  std::string main =
      folder.write("main.cpp", "#include \"own.h\"\n#include \"third_party/lib.h\"\n#include <sys.h>\n"
                               "int all() { return own() + lib() + sys(); }\n");
  CompileCommand command{main, folder.path(), {"clang++", "-isystem", folder / "system", "-c", main}, 0};
  ParseOptions options;
  options.scope.root = folder.path();
  options.scope.exclude = {folder / "third_party"};
  TuFacts facts = parseTu(command, options);
  std::set<std::string> names;
  for (const Function &function : facts.functions)
    names.insert(function.name.str());
  EXPECT_THAT(names, testing::ElementsAre("all", "own"));
  EXPECT_EQ(facts.mainFile, "main.cpp");
}

TEST(Project, prefixesEndAtPathSeparators) {
  ProjectScope scope{"/home/me/shop", {"/home/me/shop/build"}};
  EXPECT_TRUE(inProject(scope, "/home/me/shop/a.cpp"));
  EXPECT_TRUE(inProject(scope, "/home/me/shop/builder.cpp"));
  EXPECT_FALSE(inProject(scope, "/home/me/shop/build/a.cpp"));
  EXPECT_FALSE(inProject(scope, "/home/me/shop2/a.cpp"));
}

/// Bodies that a compiler meets while people type, and trees beyond all measure: facts stay sound.
TEST(Robustness, brokenCodeGivesSoundFacts) {
  test::TempDir folder;
  for (llvm::StringRef text :
       {"int f( { return g(; }", "struct S { S() : x(unknown()) {} int x; }; auto y = missing(1, S());",
        "template <class T> struct A : T::Base { void m() { this->n(T::x, typename T::Y{}); } };",
        "void f() { for (auto x : nothing) x.go(); switch (unknown) { case 1: h(); } try { } catch (Nope &n) "
        "{ n(); } }",
        "void f() { int n = n + 1; auto [a, b] = n; goto nowhere; co_await f(); throw; }",
        "struct B; B make(); void f() { B b = make(); b.x = new B; delete b; }",
        "int f(int n = [] { return g(); }(), int m = n) { return ({ 1; }); }",
        "class C { C(C const &) = default; int a = a; C() = default; }; C c{1, {2, {}}};",
        "template <class T> int g(T t) { return t.x; } int f() { return g(1); }",
        "void f() { auto l = [x = nothing](auto y) { return y + x; }; l(1); throw unknown(); }"}) {
    TuFacts facts = parseText(folder, text);
    EXPECT_EQ(llvm::toString(checkFacts(facts)), "") << text.str();
    EXPECT_NE(facts.status, TuStatus::Failed) << text.str();
  }
}

TEST(Robustness, deepTreesDoNotOverflowTheStack) {
  test::TempDir folder;
  std::string sum = "int f(int n) { return n", chain = "struct O { O &operator<<(int); };\nvoid g(O &o) { o";
  for (int i = 0; i < 20000; ++i)
    sum += " + n";
  for (int i = 0; i < 3000; ++i)
    chain += " << 1";
  TuFacts facts = parseText(folder, sum + "; }\n" + chain + "; }\n");
  ASSERT_TRUE(functionNamed(facts, "g"));
  EXPECT_EQ(functionNamed(facts, "g")->calls.size(), 3000u);
  EXPECT_GT(functionNamed(facts, "f")->values.size(), 20000u);
}

} // namespace
