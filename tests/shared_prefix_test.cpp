// Units parsed behind a shared prefix have the facts that they have without: whatever they do to the headers
// in it.
#include "frontend/parse_here.h"
#include "frontend/shared_prefix.h"
#include "model/facts_io.h"
#include "tests/parse_fixture.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

class SharedPrefixTest : public test::ParseTest {
protected:
  SharedPrefixTest() {
    options.sharedPrefix = true;
    library.write("lib/base.h",
                  "#pragma once\n#define LIB_BASE 1\n#ifndef LIB_LIMIT\n#define LIB_LIMIT 10\n#endif\n"
                  "struct Base { int limit = LIB_LIMIT; virtual ~Base(); virtual void run(); };\n");
    library.write(
        "lib/client.h",
        "#ifndef LIB_CLIENT_H\n#define LIB_CLIENT_H\n#include <lib/base.h>\n"
        "#ifdef WIDE\nusing Size = long;\n#else\nusing Size = int;\n#endif\n"
        "struct Client : Base { Size send(Size value); template <class T> T get(T or_) { return or_; } };\n"
        "inline int twice(int a) { return 2 * a; }\n#endif\n");
    library.write("lib/other.h",
                  "#pragma once\n#include <lib/base.h>\n#define OTHER(x) ((x) + 1)\nint helper(int);\n");
    library.write("lib/again.h", "#undef CHECK\n#ifdef QUIET\n#define CHECK(x)\n#else\n#define CHECK(x) ((x) "
                                 "? 0 : helper(0))\n#endif\n"
                                 "int helper(int);\n");
    for (char name = 'a'; name <= 'h'; ++name)
      add(std::string(1, name) + ".cpp",
          "#include <lib/client.h>\n#include <lib/other.h>\n#include <lib/again.h>\n"
          "int work_" +
              std::string(1, name) +
              "(Client &c) { CHECK(c.limit); return OTHER(c.send(twice(3))) + c.get(4); }\n");
  }

  void add(const std::string &name, const std::string &code) {
    dir.write(name, code);
    commands.push_back(command(name, {"-std=c++20", "-isystem", library.path()}));
  }

  std::vector<std::string> facts(bool isShared) {
    ParseOptions asked = options;
    asked.sharedPrefix = isShared;
    std::vector<std::string> encoded;
    for (const TuFacts &unit : parseAll(commands, asked, 2, nullptr))
      encoded.push_back(encodeFacts(unit));
    return encoded;
  }

  void expectTheSame() {
    const std::vector<std::string> shared = facts(true), alone = facts(false);
    for (size_t i = 0; i < commands.size(); ++i)
      EXPECT_EQ(shared[i], alone[i]) << commands[i].file;
  }

  /// How the last unit comes out: whether it could be parsed behind the prefix of all.
  bool isParsedBehind() {
    const std::shared_ptr<const SharedPrefix> prefix = sharedPrefixes(commands, options, 1).back();
    return prefix && parsesBehind(*prefix, commands.back(), options);
  }

  test::TempDir library;
  std::vector<CompileCommand> commands;
};

TEST_F(SharedPrefixTest, headersOfManyAreParsedOnce) {
  const std::vector<std::shared_ptr<const SharedPrefix>> prefixes = sharedPrefixes(commands, options, 2);
  ASSERT_TRUE(prefixes.front());
  EXPECT_TRUE(llvm::all_of(prefixes, [&](const auto &prefix) { return prefix == prefixes.front(); }));
  EXPECT_EQ(prefixes.front()->files.size(), 4u);
  EXPECT_TRUE(isParsedBehind());
  expectTheSame();
}

TEST_F(SharedPrefixTest, aHeaderMayBeReadWithOtherMacros) {
  add("wide.cpp", "#define WIDE\n#include <lib/client.h>\nSize wide(Client &c) { return c.send(1); }\n");
  EXPECT_FALSE(isParsedBehind());
  expectTheSame();
}

TEST_F(SharedPrefixTest, aMacroMayComeBehindTheHeaders) {
  add("late.cpp", "#include <lib/client.h>\n#define WIDE\nSize late(Client &c) { return c.send(1); }\n");
  EXPECT_TRUE(isParsedBehind());
  expectTheSame();
}

TEST_F(SharedPrefixTest, aHeaderThatIsNotIncludedIsNotThere) {
  add("asks.cpp", "#include <lib/base.h>\n#ifdef OTHER\nint other();\n#else\nint own(Base &b) { b.run(); "
                  "return 1; }\n#endif\n");
  EXPECT_FALSE(isParsedBehind());
  add("owns.cpp", "#include <lib/base.h>\nlong helper(int);\nlong calls() { return helper(1); }\n");
  EXPECT_FALSE(isParsedBehind());
  add("finds.cpp", "#include <lib/base.h>\nint helper(int);\nint calls2() { return helper(1); }\n");
  expectTheSame();
}

TEST_F(SharedPrefixTest, aUnitMayTakeNothingOfIt) {
  add("none.cpp", "int none() { return 1; }\n");
  expectTheSame();
}

TEST_F(SharedPrefixTest, aConfigurationHeaderComesFirst) {
  dir.write("config.h", "#define LIB_LIMIT 20\n#ifndef LIB_BASE\n#define FRESH 1\n#endif\n");
  commands.clear();
  for (char name = 'a'; name <= 'f'; ++name)
    add(std::string(1, name) + ".cpp", "#include \"config.h\"\n#include <lib/client.h>\n#if !defined(FRESH) "
                                       "|| !defined(LIB_BASE)\n#error\n#endif\n"
                                       "int work_" +
                                           std::string(1, name) +
                                           "(Client &c) { return c.send(LIB_LIMIT); }\n");
  EXPECT_TRUE(isParsedBehind());
  add("plain.cpp", "#include <lib/client.h>\nint plain(Client &c) { return c.send(LIB_LIMIT); }\n");
  expectTheSame();
}

TEST_F(SharedPrefixTest, aBrokenHeaderSpoilsNothing) {
  library.write("lib/broken.h", "#pragma once\nint broken(Missing);\n");
  for (size_t i = 0; i < commands.size(); ++i)
    dir.write("u" + std::to_string(i) + ".cpp",
              "#include <lib/broken.h>\n#include <lib/client.h>\nint u(Client &c) { return c.send(1); }\n");
  for (size_t i = 0, count = commands.size(); i < count; ++i)
    commands[i] = command("u" + std::to_string(i) + ".cpp", {"-std=c++20", "-isystem", library.path()});
  expectTheSame();
}

TEST_F(SharedPrefixTest, dialectsAreKeptApart) {
  for (char name = 'p'; name <= 't'; ++name) {
    dir.write(std::string(1, name) + ".cpp",
              "#include <lib/client.h>\nint v(Client &c) { return c.send(__cplusplus > 201703L); }\n");
    commands.push_back(command(std::string(1, name) + ".cpp", {"-std=c++17", "-isystem", library.path()}));
  }
  const std::vector<std::shared_ptr<const SharedPrefix>> prefixes = sharedPrefixes(commands, options, 1);
  ASSERT_TRUE(prefixes.front());
  ASSERT_TRUE(prefixes.back());
  EXPECT_NE(prefixes.front(), prefixes.back());
  expectTheSame();
}

} // namespace
} // namespace opex
