// One file as a pack: what each kind of row says, and how mistakes are reported.
#include "rules/load.h"

#include "llvm/ADT/StringExtras.h"

#include <gmock/gmock.h>

using namespace opex::rules;
using opex::DependencyKind;
using opex::LogLevel;
using opex::PhaseKind;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

namespace {

constexpr llvm::StringLiteral kHead =
    "pack: {name: demo, library: demo, version: 1.0, headers: [\"demo/*\"]}\n";

constexpr llvm::StringLiteral kSubject = R"(
subjects:
- id: client
  types: [demo::Client]
  settings:
    total: {default: none, says: "demo's default is no limit"}
    connect: {default: 300 s, called: setConnect}
)";

constexpr llvm::StringLiteral kRows = R"(
makers:
- {function: demo::make, makes: client, at: return, inherits: arg0, when: {arg1: demo::kFast}}
setters:
- {method: demo::Client::set, subject: this, when: {arg0: [A, B], arg2: {flag: C}}, sets: total, value: arg1, unit: ms, infinite: [0, negative, null, demo::kForever]}
- {field: demo::Options::timeout, sets: [total, connect], unit: chrono, address: true}
- {function: demo::reset, subject: arg0, resets: true}
texts:
- {function: demo::open, subject: return, text: arg0, only-if-seen: true, keys: {timeout: {sets: total, unit: s, infinite: 0}}}
holders:
- {constructor: demo::Wrapper, holder: this, held: "arg<demo::Client *>"}
calls:
- {function: [demo::get, demo::put], id: demo-get, params: [int, "*"], subtype-of: demo::Base, arity: 2, except: "demo::get*Raw", kind: rpc, subject: arg0,
   phases: {connect: [connect], request: [total, [total, connect], {value: arg1, unit: s}, {when: {arg2: {flag: NOWAIT}}}], fixed: {limit: 30 s}, never: []},
   unless: {arg2: NOWAIT}, only-on: client, async: true, idle: true, says: "s", advice: "a"}
passages:
- {function: demo::makeShared, makes: true, to: return}
loggers:
- {macro: LOG, level-from: arg0, levels: {WARN: warning}, rate-limited: true, stream: true}
entry-points:
- {method: demo::Server::on, handler: arg1, kind: http}
spawns:
- {constructor: demo::Thread, entry: template0, thread: true}
aborts:
- {function: demo::die, assertion: true}
error-reports:
- {method: demo::Promise::fail}
tests:
- {code: "int x;", expect: [missing-timeout]}
)";

std::string errorOf(llvm::StringRef yaml) {
  llvm::Expected<Pack> pack = parsePack(yaml, "demo.yaml");
  return pack ? "" : llvm::toString(pack.takeError());
}

Pack packOf(llvm::StringRef rows) {
  llvm::Expected<Pack> pack = parsePack((kHead + rows).str(), "demo.yaml");
  if (pack)
    return std::move(*pack);
  ADD_FAILURE() << llvm::toString(pack.takeError());
  return {};
}

std::vector<std::string> linesOf(llvm::StringRef text) {
  llvm::SmallVector<llvm::StringRef> lines;
  text.split(lines, '\n');
  return {lines.begin(), lines.end()};
}

/// A pack with a row of every kind.
class RulesRows : public testing::Test {
protected:
  Pack pack = packOf((kSubject + kRows).str());
};

} // namespace

TEST_F(RulesRows, SubjectsAndMakers) {
  EXPECT_EQ(pack.name, "demo");
  ASSERT_THAT(pack.subjects, SizeIs(1));
  EXPECT_EQ(pack.subjects[0].origin.line, 4u);
  ASSERT_THAT(pack.subjects[0].settings, SizeIs(2));
  EXPECT_EQ(pack.subjects[0].settings[0].defaultNs, std::nullopt);
  EXPECT_THAT(pack.subjects[0].settings[1].defaultNs, Optional(Eq(300'000'000'000)));

  EXPECT_EQ(pack.subjects[0].settings[1].called, "setConnect");

  ASSERT_THAT(pack.makers, SizeIs(1));
  EXPECT_EQ(pack.makers[0].made.kind, Place::Return);
  EXPECT_EQ(pack.makers[0].inherits.kind, Place::Argument);
  EXPECT_EQ(pack.makers[0].when[0].place.index, 1u);
}

TEST_F(RulesRows, Settings) {
  ASSERT_THAT(pack.setters, SizeIs(3));
  const Setter &setter = pack.setters[0];
  EXPECT_THAT(setter.when[0].anyOf, ElementsAre("A", "B"));
  EXPECT_TRUE(setter.when[1].hasFlag);
  ASSERT_TRUE(setter.amount);
  EXPECT_EQ(setter.amount->unit, Unit::Milliseconds);
  EXPECT_TRUE(setter.amount->infinite.zero && setter.amount->infinite.negative &&
              setter.amount->infinite.null);
  EXPECT_THAT(setter.amount->infinite.names, ElementsAre("demo::kForever"));
  EXPECT_TRUE(pack.setters[1].match.isField);
  ASSERT_TRUE(pack.setters[1].amount);
  EXPECT_TRUE(pack.setters[1].amount->isAddress);
  EXPECT_TRUE(pack.setters[2].resets);
  EXPECT_FALSE(pack.setters[2].amount);

  ASSERT_THAT(pack.textSettings, SizeIs(1));
  EXPECT_TRUE(pack.textSettings[0].onlyIfSeen);
  EXPECT_EQ(pack.textSettings[0].keys[0].key, "timeout");
  ASSERT_THAT(pack.holders, SizeIs(1));
  EXPECT_THAT(pack.holders[0].match.names, ElementsAre("demo::Wrapper::Wrapper"));
  EXPECT_EQ(pack.holders[0].held.type, "demo::Client *");
}

TEST_F(RulesRows, Calls) {
  ASSERT_THAT(pack.calls, SizeIs(1));
  const DependencyCall &call = pack.calls[0];
  EXPECT_THAT(call.match.parameters, ElementsAre("int", "*"));
  EXPECT_THAT(call.match.arity, Optional(Eq(2u)));
  EXPECT_THAT(call.match.exceptNames, ElementsAre("demo::get*Raw"));
  EXPECT_EQ(call.kind, DependencyKind::Rpc);
  EXPECT_EQ(call.onlyOn, "client");
  ASSERT_THAT(call.phases, SizeIs(4));
  EXPECT_EQ(call.phases[0].kind, PhaseKind::Preparation);
  EXPECT_EQ(call.phases[1].name, "request");
  EXPECT_EQ(call.phases[1].kind, PhaseKind::Asking);
  ASSERT_THAT(call.phases[1].anyOf, SizeIs(4));
  EXPECT_THAT(std::get<SettingsBound>(call.phases[1].anyOf[1]).settings, ElementsAre("total", "connect"));
  EXPECT_EQ(std::get<Amount>(call.phases[1].anyOf[2]).from.index, 1u);
  EXPECT_TRUE(std::get<ArgumentIs>(call.phases[1].anyOf[3]).hasFlag);
  EXPECT_THAT(call.phases[2].limitNs, Optional(Eq(30'000'000'000)));
  EXPECT_THAT(call.phases[3].anyOf, IsEmpty());
  EXPECT_TRUE(call.isAsync && call.isIdleWait);
}

TEST_F(RulesRows, EverythingElse) {
  EXPECT_TRUE(pack.passages[0].makes);
  EXPECT_TRUE(pack.loggers[0].match.isMacro && pack.loggers[0].isStream && pack.loggers[0].isRateLimited);
  EXPECT_THAT(pack.loggers[0].levels, ElementsAre(Pair("WARN", LogLevel::Warning)));
  EXPECT_EQ(pack.entryPoints[0].handler.index, 1u);
  EXPECT_EQ(pack.spawns[0].entry.kind, Place::TemplateArgument);
  EXPECT_TRUE(pack.aborts[0].isAssertion);
  EXPECT_THAT(pack.errorReports, SizeIs(1));
  EXPECT_THAT(pack.tests[0].expect, ElementsAre("missing-timeout"));
}

TEST(RulesReader, ReadsWhatEveryRowMayHave) {
  llvm::Expected<Pack> parsed = parsePack("pack: {name: demo, package: libdemo-dev, includes: [demo.h], flags: [-DX], version-macros: DEMO_VERSION}\n"
                     "aborts:\n"
                     "- {function: [demo::die, demo::end], returns: \"**Status\", versions: \">=1.2 <3\", unproven: since 4}\n"
                     "- {function: demo::exit, id: leave, versions: \"<2.0.1\"}\n"
                     "deadlines:\n- {function: demo::within, work: arg1, value: arg0, unit: ms}\n"
                     "metrics:\n- {method: demo::Counter::add, kind: level}\n"
                     "caches:\n- {id: lru, types: demo::Lru, bounded: true, says: s, advice: a}\n",
                     "demo.yaml");
  ASSERT_TRUE(bool(parsed)) << llvm::toString(parsed.takeError());
  const Pack &pack = *parsed;
  EXPECT_EQ(pack.proof.package, "libdemo-dev");
  EXPECT_THAT(pack.proof.includes, ElementsAre("demo.h"));
  EXPECT_THAT(pack.versionMacros, ElementsAre("DEMO_VERSION"));
  ASSERT_THAT(pack.aborts, SizeIs(2));
  EXPECT_EQ(pack.aborts[0].id, "demo::die");
  EXPECT_EQ(pack.aborts[0].unproven, "since 4");
  EXPECT_THAT(pack.aborts[0].match.returns, ElementsAre("**Status"));
  EXPECT_THAT(pack.aborts[0].versions.from, ElementsAre(1u, 2u));
  EXPECT_THAT(pack.aborts[0].versions.to, ElementsAre(3u));
  EXPECT_EQ(pack.aborts[1].id, "leave");
  EXPECT_THAT(pack.aborts[1].versions.from, IsEmpty());
  ASSERT_THAT(pack.deadlines, SizeIs(1));
  EXPECT_EQ(pack.deadlines[0].work.index, 1u);
  EXPECT_EQ(pack.metrics[0].kind, Metric::Level);
  EXPECT_TRUE(pack.caches[0].isBounded);
}

TEST(RulesReader, RefusesWhatNoRowMayHave) {
  EXPECT_THAT(errorOf((kHead + "aborts: [{function: a, versions: \">=1\"}]").str()), HasSubstr("needs 'version-macros'"));
  EXPECT_THAT(errorOf((kHead + "aborts: [{function: a, versions: \"1.2\"}]").str()), HasSubstr("are no versions"));
  EXPECT_THAT(errorOf((kHead + "aborts: [{function: a, id: x}, {function: b, id: x}]").str()), HasSubstr("row 'x' is there twice"));
  EXPECT_THAT(errorOf((kHead + "aborts: [{function: a, replaces: demo/b}]").str()), HasSubstr("there is no pack 'demo'"));
  EXPECT_THAT(errorOf("pack: {name: demo, flags: [-fplugin=x.so]}"), HasSubstr("a flag is"));
}

TEST(RulesReader, NamesThePlaceOfAnUnknownKeyAndWhatWasMeant) {
  EXPECT_EQ(errorOf((kHead + "aborts:\n- {metod: demo::die}\n").str()),
            "demo.yaml:3:3: a row names exactly one of function, method, constructor, macro\n"
            "demo.yaml:3:4: unknown key 'metod', did you mean 'method'?");
  EXPECT_EQ(errorOf((kHead + "abort: []\n").str()),
            "demo.yaml:2:1: unknown key 'abort', did you mean 'aborts'?");
}

TEST(RulesReader, ReportsAllMistakesOfAFileInOrder) {
  std::string error = errorOf((kHead + R"(calls:
- {function: a, kind: htpp, phases: {}}
- {function: b, kind: http, phases: {}, subject: args0}
- {function: c, kind: http, phases: [x]}
- {function: d, kind: http, phases: {}, async: yes}
- {function: e, kind: http, phases: {}, arity: many}
setters:
- {function: f, subject: arg0, sets: [], value: arg1, unit: sec}
subjects:
- {id: s, types: [T], settings: {total: {default: 5 minutes}}}
)")
                                  .str());
  EXPECT_THAT(
      linesOf(error),
      ElementsAre("demo.yaml:3:23: unknown kind 'htpp', did you mean 'http'?",
                  "demo.yaml:4:50: 'args0' is no place: write arg0, arg<Type>, this, return or template0",
                  "demo.yaml:5:37: 'phases' must be a map: {read: [setting, …]}",
                  StartsWith("demo.yaml:6:48: unknown truth value 'yes'"),
                  "demo.yaml:7:48: expected a whole number, not 'many'",
                  StartsWith("demo.yaml:9:61: unknown unit 'sec'"),
                  StartsWith("demo.yaml:11:51: '5 minutes' is no time")));
}

TEST(RulesReader, ChecksReferences) {
  std::string error = errorOf((kHead + kSubject + R"(
makers:
- {function: demo::make, makes: clients, at: return}
setters:
- {method: demo::Client::set, subject: this, sets: totl, value: arg0, unit: s}
calls:
- {function: demo::get, kind: rpc, phases: {read: [total]}}
- {function: demo::get, kind: rpc, subject: arg0, only-on: sock, phases: {read: [conect]}}
loggers:
- {function: demo::log}
)")
                                  .str());
  EXPECT_THAT(linesOf(error),
              ElementsAre("demo.yaml:11:3: there is no subject 'clients', did you mean 'client'?",
                          "demo.yaml:13:3: no subject has a setting 'totl', did you mean 'total'?",
                          "demo.yaml:15:3: call 'demo::get' is bounded by settings, but has no 'subject'",
                          "demo.yaml:16:3: call 'demo::get' is there twice, give it another 'id'",
                          "demo.yaml:16:3: no subject has a setting 'conect', did you mean 'connect'?",
                          "demo.yaml:16:3: there is no subject 'sock'",
                          "demo.yaml:18:3: a logger needs 'level' or 'level-from'"));
  EXPECT_THAT(errorOf((kHead + kSubject + "- {id: client, types: [B]}\n").str()),
              HasSubstr("'client' is there twice"));
}

TEST(RulesReader, RefusesWhatNoRowCanMean) {
  EXPECT_EQ(errorOf(""), "demo.yaml:1:1: a rule pack must be a map of keys");
  EXPECT_EQ(errorOf("[1, 2]"), "demo.yaml:1:1: a rule pack must be a map of keys");
  EXPECT_THAT(errorOf("calls: []"), HasSubstr("a rule pack needs the key 'pack'"));
  EXPECT_THAT(errorOf("pack: {name: 'a b'}"), HasSubstr("letters, digits"));
  EXPECT_THAT(errorOf((kHead + "aborts: {function: x}").str()), HasSubstr("'aborts' must be a list of rows"));
  EXPECT_THAT(errorOf((kHead + "aborts: [{function: x, macro: y}]").str()), HasSubstr("exactly one of"));
  EXPECT_THAT(errorOf((kHead + "calls: [{macro: F, kind: rpc, phases: {}}]").str()), HasSubstr("unknown key 'macro'"));
  EXPECT_THAT(errorOf((kHead + "aborts: [{function: []}]").str()), HasSubstr("exactly one of"));
  EXPECT_THAT(errorOf((kHead + "aborts: [{function: ''}]").str()), HasSubstr("exactly one of"));
  EXPECT_THAT(errorOf("pack: {name: a}\n---\npack: {name: b}\n"), StartsWith("demo.yaml:2:"));
  EXPECT_THAT(errorOf((kHead + "aborts: [x]").str()), HasSubstr("abort must be a map of keys"));
}

TEST(RulesReader, SaysWhereYamlIsMalformed) {
  EXPECT_THAT(errorOf("pack: {name: demo\ncalls: ]"), StartsWith("demo.yaml:2:"));
  EXPECT_THAT(errorOf("pack: 'unfinished\n"), StartsWith("demo.yaml:"));
  EXPECT_THAT(errorOf("a: 1\na: 2\n"), Eq("demo.yaml:2:1: key 'a' is given twice"));
  EXPECT_THAT(errorOf("a: 1\n---\nb: 2\n"), HasSubstr("more than one document"));
  EXPECT_THAT(errorOf("{[a]: 1}"), HasSubstr("a key must be a word"));
}

TEST(RulesReader, RefusesHostileYaml) {
  EXPECT_EQ(errorOf("a: &x [1]\nb: *x\n"), "demo.yaml:1:4: anchors and aliases are not allowed");
  EXPECT_THAT(errorOf("a: !!binary aGk=\n"), HasSubstr("tags are not allowed"));
  EXPECT_EQ(errorOf(llvm::StringRef("a: 1\nb: \0\n", 10)), "demo.yaml:2:4: not a text file in UTF-8");
  EXPECT_EQ(errorOf("a: 1\nb: \xff\xfe\n"), "demo.yaml:2:4: not a text file in UTF-8");
  EXPECT_THAT(errorOf(std::string((1 << 20) + 1, '#')), HasSubstr("larger than 1 MiB"));
  std::string noise;
  uint32_t state = 1;
  for (unsigned i = 0; i < 4096; ++i)
    noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  EXPECT_NE(errorOf(noise), "");
}

TEST(RulesReader, RefusesDeepNesting) {
  for (llvm::StringRef piece :
       {"[", "{", "{a: ", "- ", "? ", "[{", "a: {", "!", "*", "'", "%", "-", "|\n", "\""}) {
    std::string yaml;
    while (yaml.size() < (1 << 20) - 16)
      yaml += piece;
    EXPECT_NE(errorOf(yaml), "") << piece.str();
  }
  std::string stairs;
  for (unsigned depth = 0; stairs.size() < (1 << 20) - 2048; ++depth)
    stairs += std::string(depth, ' ') + "a:\n";
  EXPECT_THAT(errorOf(stairs), HasSubstr("nested too deeply"));
}

TEST(RulesReader, EscapesTextOfTheFileInMessages) {
  EXPECT_EQ(errorOf("\"x\\e[31m\\n\": 1\npack: {name: demo}"), "demo.yaml:1:1: unknown key 'x?[31m?'");
}

TEST(RulesReader, QuotesWhatTheFileSays) {
  EXPECT_THAT(errorOf((kHead + "setters: [{function: f, subject: \"x\\n/etc/passwd:1:1: no\", sets: t}]").str()),
              HasSubstr("'x?/etc/passwd:1:1: no' is no place"));
  EXPECT_LT(errorOf((kHead + "calls: [{function: f, kind: rpc, subject: " + std::string(100000, 'x') + "}]").str()).size(), 1000u);
}

TEST(RulesReader, LooksForWhatWasMeantOnlyWhileItIsShown) {
  std::string yaml = (kHead + "subjects:\n- {id: s, types: [T], settings: {").str();
  for (unsigned i = 0; i < 8000; ++i)
    yaml += (i ? ", " : "") + ("setting-" + std::to_string(i)) + ": {default: none}";
  yaml += "}}\nsetters:\n";
  for (unsigned i = 0; i < 6000; ++i)
    yaml += "- {function: f, subject: arg0, sets: settign-" + std::to_string(i) + "}\n";
  EXPECT_THAT(errorOf(yaml), HasSubstr("and 5950 more errors")); // In a moment, not a minute.
}
