#include "analysis/body/identity.h"
#include "analysis/logs/log_loops.h"
#include "analysis/execution/startup.h"
#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"

namespace opex::checks {
extern const Check log_in_loop;

namespace {

constexpr llvm::StringLiteral kHelp = R"(
## What it finds

A line logged at level info or above for every element of data: in each round of a loop over a container, a result
set, a file or a number that comes from outside, or in a function that such a loop calls each time. Nothing but the
data says how many lines that makes. A function of the program that formats text and hands it to a log is a log as well.

## Why it hurts in production

The loop that handles ten elements in tests handles a hundred thousand on the day of the big customer. Each line is
formatted, locked, written and shipped: the request is as slow as the log, the disk fills up, the log pipeline falls
behind and drops the lines of everybody else, at the very time when they are needed.

## Example

```cpp
#include <spdlog/spdlog.h>
#include <string>
#include <vector>

void ship(const std::vector<std::string> &parcels) {
  for (const std::string &parcel : parcels)
    spdlog::info("shipped {}", parcel);
}
```

## Instead

Say once how many there were, and keep the single ones at debug level.

```cpp
#include <spdlog/spdlog.h>
#include <string>
#include <vector>

void ship(const std::vector<std::string> &parcels) {
  for (const std::string &parcel : parcels)
    spdlog::debug("shipped {}", parcel);
  spdlog::info("shipped {} parcels", parcels.size());
}
```

## Limits

Lines under a condition are left alone, whatever the condition is: a check that runs on every commit cannot tell how
often it holds. So are lines before the loop is left, rate-limited log macros, loops that wait (for work, for time to pass)
and what runs only while the program starts. What goes to a standard stream counts only on the way of a request, since
it is the very output of a command-line tool. A level that is chosen at run time is not known, and not reported. Loggers
of the program's own are told by their bodies: they write to a known logger, or to a file that is kept open together with
a level, and neither keep the text nor send it; the level is the one that an enumerator or macro in the call is named after.
)";

using Needs = Inputs<Statements, Dependencies, RequestPaths, StartupOnly>;

struct Options {
  std::vector<std::string> levels = {"info", "warning", "error", "fatal"};
  unsigned constantRounds = 16;

  void map(auto &visit) {
    visit("levels", levels, "Levels that count.");
    visit("constant-rounds", constantRounds, "A loop with a constant number of rounds counts if there are more than this.");
  }
};

/// Of what there is one line each.
std::string perWhat(const Program &program, const LinkedFunction &function, const LogLoop &loop) {
  const Function &body = *function.body;
  if (loop.algorithm) {
    const Call &call = body[loop.algorithm];
    return "for every element that `" + call.name.str() + "` goes through";
  }
  const Loop &it = body.loops[loop.loop.value];
  if (it.range)
    if (std::string range = spell(program, body, it.range); !range.empty() && body[it.range].kind != ValueKind::Call)
      return "for every element of `" + range + "`";
  if (loop.rounds.kind == Rounds::Constant)
    return std::to_string(loop.rounds.count) + " times";
  if (loop.rounds.kind == Rounds::Symbol)
    return "`" + loop.rounds.text + "` times";
  return "in every round of a loop over data";
}

void weakenBy(const Inputs<RequestPaths> &in, const LogLoop &loop, const LogLoop::Line &line, const LogStatement &statement, Finding &finding) {
  if (!line.through.empty())
    weaken(finding, Confidence::Low, "what logs several calls further down seldom does so whatever it is called for");
  if (line.at != line.statement)
    weaken(finding, Confidence::Medium, "the line is logged by a function that the loop calls");
  if (statement.isOwn)
    weaken(finding, Confidence::Medium, "that `" + unqualified(finding.subject).str() + "` is a log is told by its body");
  if (in.get<RequestPaths>()[loop.function] != OnRequestPath::Sure)
    weaken(finding, Confidence::Medium, "no entry point surely leads to the loop");
  if (loop.rounds.kind == Rounds::Symbol)
    weaken(finding, Confidence::Medium, "how many rounds there are is not known");
}

Finding judgeLoop(const Needs &in, const LogLoop &loop) {
  const Program &program = in.program();
  const LinkedFunction &function = program.functions[loop.function];
  const LogLoop::Line &line = loop.lines.front();
  const LogStatement &statement = *in.get<Statements>().logs.at(line.statement);
  const std::string level = toString(*statement.level);
  auto nameAt = [&](CallRef call) { return (*program.functions[call.function].body)[call.call].name.str(); };
  Finding finding = findingAt(program, line.at, nameAt(line.at));
  if (!statement.rule.empty())
    finding.rows = {statement.rule};
  weakenBy(in, loop, line, statement, finding);
  std::string what = line.at == line.statement ? "a line is logged" : "`" + unqualified(finding.subject).str() + "` logs a line";
  finding.message = what + " at level " + level + " " + perWhat(program, function, loop) + ", and nothing limits how many";
  finding.advice = "log how many there were after the loop, keep the single lines at debug level, or use a rate-limited macro";
  const Site &site = loop.algorithm ? (*function.body)[loop.algorithm].site : function.body->loops[loop.loop.value].site;
  finding.chain.push_back({program.location(function, site), "goes round once for each element"});
  if (line.at != line.statement) {
    finding.chain.push_back({finding.where, "calls `" + finding.subject + "` each time"});
    for (CallRef through : line.through)
      finding.chain.push_back({locationOf(program, through), "which calls `" + nameAt(through) + "`"});
  }
  finding.chain.push_back({locationOf(program, line.statement), "logs at level " + level});
  for (const LogLoop::Line &other : llvm::drop_begin(loop.lines))
    finding.related.push_back({locationOf(program, other.at), "so is this one"});
  return finding;
}

/// Of a line in a loop of the function: why it does not count all the same; empty if it does.
llvm::StringRef excuseOf(const Needs &in, uint32_t function, const LogStatement &log) {
  if (in.get<StartupOnly>()[function])
    return "it is written only while the program starts";
  bool isOutput = log.isProgramOutput && in.get<RequestPaths>()[function] == OnRequestPath::Unknown;
  return isOutput ? "it is the output of a program, and no entry point leads to it" : "";
}

LogLoopRules rulesOf(const Options &options) {
  LogLoopRules rules{{}, options.constantRounds};
  for (const std::string &text : options.levels)
    if (std::optional<LogLevel> level = logLevelOf(text))
      rules.levels.push_back(*level);
  return rules;
}

/// A log statement that is no line of a loop in its own function.
struct OtherLine {
  const LogStatement *log = nullptr;
  llvm::StringRef reason;
};

using LoopOrLine = std::variant<LogLoop, OtherLine>;

/// The loops, with the lines that count, and the statements that are in none.
std::vector<LoopOrLine> loopsAndLines(const Needs &in, const Options &options) {
  LogLoops found = logLoops(in, rulesOf(options));
  std::vector<LoopOrLine> items;
  for (LogLoop &loop : found.loops) {
    std::erase_if(loop.lines, [&](const LogLoop::Line &line) {
      return !excuseOf(in, loop.function, *in.get<Statements>().logs.at(line.statement)).empty();
    });
    if (!loop.lines.empty())
      items.push_back(std::move(loop));
  }
  for (const auto &[log, why] : llvm::zip_equal(in.get<Statements>().logs.all(), found.whyNone))
    if (llvm::StringRef reason = why.empty() ? excuseOf(in, log.call.function, log) : why; !reason.empty())
      items.push_back(OtherLine{&log, reason});
  return items;
}

Rejection judgeLine(const Needs &in, const OtherLine &line) {
  const std::optional<LogLevel> level = line.log->level;
  return {locationOf(in.program(), line.log->call), level ? "log at level " + std::string(toString(*level)) : "log",
          line.reason.str()};
}

Judgement judge(const Needs &in, const LoopOrLine &item) {
  if (const auto *loop = std::get_if<LogLoop>(&item))
    return judgeLoop(in, *loop);
  return judgeLine(in, std::get<OtherLine>(item));
}

} // namespace

const Check log_in_loop = makeCheck<Options, loopsAndLines, judge>({
    .id = "opex-log-in-loop",
    .summary = "A log line for every element of data.",
    .severity = Severity::Warning,
    .precision = Confidence::Low,
    .practices = {"RE7"},
    .cwe = {779},
    .help = kHelp,
});

} // namespace opex::checks
