#include "analysis/body/identity.h"
#include "analysis/latency/latency.h"
#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"

namespace opex::checks {
namespace {

std::string nameOf(const LinkedFunction &function) {
  llvm::StringRef name = function.body->name;
  bool isLambda = name.consume_back("::(lambda)");
  return isLambda ? "a handler in `" + unqualified(name).str() + "`" : "`" + unqualified(name).str() + "`";
}

/// An entry point that is to answer in time, and what it takes.
struct TimedEntry {
  const EntryPointUse *entry = nullptr;
  const WorstCase *worst = nullptr;
  const std::vector<ChainStep> *chain = nullptr;
};

std::vector<TimedEntry> timedEntries(const Inputs<Entries, Latency> &in) {
  std::vector<TimedEntry> entries;
  const Latency &latency = in.get<Latency>();
  for (const auto &[i, entry] : llvm::enumerate(in.get<Entries>().entryPoints))
    if (entry.slaNs)
      entries.push_back({&entry, &latency.entryPoints[i], &latency.chains[i]});
  return entries;
}

/// What waits below the entry point takes longer than its answer may.
Judgement judgeEntry(const Inputs<Entries, Latency> &in, const TimedEntry &timed) {
  const LinkedFunction &function = in.program().functions[timed.entry->function];
  const WorstCase &worst = *timed.worst;
  const int64_t slaNs = *timed.entry->slaNs;
  Location where = in.program().location(function, function.body->site);
  if (worst.time.atLeastNs() <= slaNs)
    return Rejection{std::move(where), nameOf(function),
                     "what is known of the time that it takes fits into the " + durationText(slaNs) + " that it has", *timed.chain};
  Finding finding;
  finding.where = std::move(where);
  finding.subject = finding.statement = unqualified(function.body->name).str();
  finding.functionId = functionIdOf(function);
  finding.message = nameOf(function) + " can take " + worstCaseText(worst) + " when what it calls is slow, but is to answer within " +
                    durationText(slaNs);
  finding.advice = "give the calls below it limits that together fit into that time, or pass on what is left of it as "
                   "a deadline";
  finding.confidence = worst.sureNs > slaNs ? Confidence::High : Confidence::Medium;
  finding.chain = *timed.chain;
  finding.rows = {timed.entry->rule};
  finding.worstCase = timeNoteOf(worst);
  return finding;
}

/// Calls that somebody around them gives up waiting for, at a known time.
std::vector<const DependencyUse *> callsUnderDeadlines(const Inputs<Dependencies> &in) {
  std::vector<const DependencyUse *> calls;
  for (const DependencyUse &use : in.get<Dependencies>().uses)
    if (use.deadlineNs && use.deadlineBy)
      calls.push_back(&use);
  return calls;
}

/// The call's own limit ends after somebody around it has given up.
Judgement judgeCall(const Inputs<Dependencies> &in, const DependencyUse *use) {
  const Program &program = in.program();
  auto phase = llvm::find_if(use->phases, [&](const PhaseBound &bound) {
    return bound.state == BoundState::Set && bound.isChosen && bound.valueNs && *bound.valueNs > *use->deadlineNs;
  });
  const Call &by = (*program.functions[use->deadlineBy->function].body)[use->deadlineBy->call];
  const std::string givesUp = "`" + unqualified(by.name).str() + "`", after = " gives up after " + durationText(*use->deadlineNs);
  Finding finding = findingAt(program, use->call, unqualified(use->callee).str());
  if (phase == use->phases.end())
    return Rejection{finding.where, "`" + use->callee + "`", "no longer limit is set on it than that of " + givesUp + " around it, which" + after};
  finding.message = "`" + finding.subject + "` waits up to " + durationText(*phase->valueNs) + ", but " + givesUp +
                    " around it" + after;
  finding.advice = "give the call a limit that is shorter than the deadline around it";
  finding.confidence = phase->confidence;
  finding.chain = {{locationOf(program, *use->deadlineBy), givesUp + after, false, true}};
  llvm::append_range(finding.chain, stepsTo(*phase));
  finding.chain.push_back({finding.where, "`" + finding.subject + "` goes on waiting", true, true});
  finding.rows = {use->rule};
  return finding;
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
const Check timeout_exceeds_budget = makeCheck<NoOptions, timedEntries, judgeEntry, callsUnderDeadlines, judgeCall>({
    .id = "opex-timeout-exceeds-budget",
    .summary = "The calls below an entry point may take longer than its answer.",
    .severity = Severity::Error,
    .practices = {"RS2", "EH10"},
    .cwe = {},
    .help = kHelp,
});

} // namespace opex::checks
