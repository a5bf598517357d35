#include "analysis/body/identity.h"
#include "analysis/latency/latency.h"
#include "model/check.h"

#include "llvm/ADT/STLExtras.h"

namespace opex::checks {
namespace {

std::string nameOf(const Program &program, const LinkedFunction &function) {
  llvm::StringRef name = function.body->name;
  bool isLambda = name.consume_back("::(lambda)");
  return isLambda ? "a handler in `" + unqualified(name).str() + "`" : "`" + unqualified(name).str() + "`";
}

/// What waits below the entry point takes longer than its answer may.
void reportEntryPoint(const Program &program, const EntryPointUse &entry, const WorstCase &worst,
                      const std::vector<ChainStep> &chain, Sink report) {
  if (!entry.slaNs || worst.time.atLeastNs() <= *entry.slaNs)
    return;
  const LinkedFunction &function = program.functions[entry.function];
  Finding finding;
  finding.where = program.location(function, function.body->site);
  if (finding.where.path.empty())
    return;
  finding.subject = finding.statement = unqualified(function.body->name).str();
  finding.functionId = functionIdOf(function);
  finding.message = nameOf(program, function) + " can take " + worstCaseText(worst) +
                    " when what it calls is slow, but is to answer within " + durationText(*entry.slaNs);
  finding.advice = "give the calls below it limits that together fit into that time, or pass on what is left of it as "
                   "a deadline";
  finding.confidence = worst.sureNs > *entry.slaNs ? Confidence::High : Confidence::Medium;
  finding.chain = chain;
  finding.rows = {entry.rule};
  finding.worstCase = timeNoteOf(worst);
  report(std::move(finding));
}

/// A call whose own limit ends after somebody around it has given up.
void reportInner(const Program &program, const DependencyUse &use, Sink report) {
  if (!use.deadlineNs || !use.deadlineBy)
    return;
  auto isLonger = [&](const PhaseBound &phase) {
    return phase.state == BoundState::Set && phase.isChosen && phase.valueNs && *phase.valueNs > *use.deadlineNs;
  };
  auto phase = llvm::find_if(use.phases, isLonger);
  const LinkedFunction &function = program.functions[use.call.function];
  const LinkedFunction &around = program.functions[use.deadlineBy->function];
  Finding finding;
  finding.where = program.location(function, (*function.body)[use.call.call].site);
  if (phase == use.phases.end() || finding.where.path.empty())
    return;
  const Call &by = (*around.body)[use.deadlineBy->call];
  const std::string givesUp = "`" + unqualified(by.name).str() + "`", after = " gives up after " + durationText(*use.deadlineNs);
  finding.subject = unqualified(use.callee).str();
  finding.statement = callText(program, function, use.call.call);
  finding.functionId = functionIdOf(function);
  finding.message = "`" + finding.subject + "` waits up to " + durationText(*phase->valueNs) + ", but " + givesUp +
                    " around it" + after;
  finding.advice = "give the call a limit that is shorter than the deadline around it";
  finding.confidence = phase->confidence;
  finding.chain = {{program.location(around, by.site), givesUp + after, false, true}};
  llvm::append_range(finding.chain, phase->evidence);
  finding.chain.push_back({finding.where, "`" + finding.subject + "` goes on waiting", true, true});
  finding.rows = {use.rule};
  report(std::move(finding));
}

void run(const Inputs<Entries, Dependencies, Latency> &in, const NoOptions &, Sink report) {
  const Latency &latency = in.get<Latency>();
  for (const auto &[i, entry] : llvm::enumerate(in.get<Entries>().entryPoints))
    reportEntryPoint(in.program(), entry, latency.entryPoints[i], latency.chains[i], report);
  for (const DependencyUse &use : in.get<Dependencies>().uses)
    reportInner(in.program(), use, report);
}

const char *const kHelp = R"md(
## What it finds

An entry point that can take longer than its answer may. The limits of the dependency calls below it and the pauses
between them are put together: what comes one after the other adds up, of several ways the longest counts, so does the
longest of what runs at the same time and is waited for, and retries multiply. How long an answer may take says the
`sla` of a row in `entry-points` of a rule pack, yours or one that is shipped:

```yaml
pack: {name: house}
entry-points:
- {method: "httplib::Server::Get", handler: arg1, kind: http, sla: 1 s}
- {function: "shop::handle", kind: rpc, sla: 500 ms}
```

The same check reports a call whose own limit is longer than the deadline around it (`deadlines` of the packs).

## Why it hurts in production

Each limit looks reasonable by itself. When the dependency is slow, the request needs all of them together: the
customer has gone, the load balancer has answered for you and the client has tried again, while this process goes on
working for nobody. Threads and connections are held for several times as long as was planned, and that is what takes
the healthy requests down with it.

## Example

```cpp
#include <chrono>
#include <curl/curl.h>
#include <httplib.h>
#include <thread>

bool reserve(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (curl_easy_perform(handle) == CURLE_OK)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

void install(httplib::Server &server, CURL *handle) {
  server.Get("/reserve", [handle](const httplib::Request &, httplib::Response &answer) {
    answer.status = reserve(handle) ? 200 : 503;
  });
}
```

## Instead

Begin with the time that the customer has, and divide it.

```cpp
#include <chrono>
#include <curl/curl.h>
#include <httplib.h>
#include <thread>

bool reserve(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 400L);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (curl_easy_perform(handle) == CURLE_OK)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

void install(httplib::Server &server, CURL *handle) {
  server.Get("/reserve", [handle](const httplib::Request &, httplib::Response &answer) {
    answer.status = reserve(handle) ? 200 : 503;
  });
}
```

## Limits

Entry points without an `sla` are not reported. Counts and limits that the code does not show stay out: what is
reported is already too long without them, and a call without any limit is reported by missing-timeout. Conditions are
not compared: two branches that never both run add up. Time spent computing is not counted.
)md";

} // namespace

extern const Check timeout_exceeds_budget;
const Check timeout_exceeds_budget = makeCheck<NoOptions, run>({
    .id = "opex-timeout-exceeds-budget",
    .summary = "The calls below an entry point may take longer than its answer.",
    .severity = Severity::Error,
    .practices = {"RS2", "EH10"},
    .cwe = {},
    .help = kHelp,
});

} // namespace opex::checks
