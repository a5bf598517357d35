// Names, macros and headers that someone asks for are found whether or not a body mentions them.
#include "tests/parse_fixture.h"

namespace opex::test {
namespace {

using testing::ElementsAre;

/// "name" or "name as declared".
std::vector<std::string> foundNames(const TuFacts &facts) {
  std::vector<std::string> names;
  for (const FoundName &found : facts.foundNames)
    names.push_back(found.name.str() + (found.declaredAs.empty() ? "" : " as " + found.declaredAs.str()));
  return names;
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

} // namespace
} // namespace opex::test
