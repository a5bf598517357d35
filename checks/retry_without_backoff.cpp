#include "analysis/body/identity.h"
#include "analysis/latency/latency.h"
#include "analysis/retries/text.h"
#include "analysis/spins/spins.h"
#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace opex::checks {
namespace {

std::string messageOf(const Program &program, const RetryUse &use) {
  std::string message = "`" + workName(program, use) + "` is tried again at once when it fails";
  if (use.attempts.kind == Attempts::Known)
    message += ", up to " + std::to_string(use.attempts.count) + " times";
  return message + ": no time passes between the attempts";
}

/// What the library does between its own attempts is its own business, unless the program switched it on.
bool isOurs(const RetryUse &use) { return use.form != RetryForm::Library || use.isChosen; }

Judgement judge(const Inputs<Retries, Latency> &in, const RetryUse &use) {
  if (use.pauses)
    return rejectionOf(in.program(), use, "time passes between its attempts");
  if (use.isGuarded)
    return rejectionOf(in.program(), use, "a breaker or a retry budget holds it back");
  if (!isOurs(use))
    return rejectionOf(in.program(), use, "the library makes its attempts by default");
  Finding finding = findingAt(in.program(), use, in.get<Latency>().of(in.get<Retries>(), use));
  finding.message = messageOf(in.program(), use);
  finding.advice = "wait before the next attempt, longer each time and by a random part, or as long as the dependency asks";
  return finding;
}

std::string spinMessageOf(const Program &program, const SpinUse &use) {
  const Function &body = *program.functions[use.call.function].body;
  const Function &waiting = *program.functions[use.way.back().function].body;
  std::string wait = "`" + unqualified(waiting[use.way.back().call].name).str() + "`";
  std::string message = "the loop spins while " + wait + " fails (" + llvm::join(use.failures, ", ") + ")";
  if (use.way.size() > 1)
    message += " in `" + unqualified(body[use.call.call].name).str() + "`";
  return message + ": what it waits for is still there, so it fails again at once, and no time passes in between";
}

/// What waits for work, fails and is called again at once keeps a processor busy for as long as the shortage lasts.
Judgement judgeSpin(const Inputs<Spins> &in, const SpinUse &use) {
  const Program &program = in.program();
  const LinkedFunction &function = program.functions[use.call.function];
  const Function &body = *function.body;
  std::vector<ChainStep> chain = {{program.location(function, body.loops[use.loop.value].site), "the loop comes back to it"}};
  for (CallRef call : llvm::drop_begin(use.way)) {
    const LinkedFunction &below = program.functions[call.function];
    chain.push_back({program.location(below, (*below.body)[call.call].site),
                     "`" + unqualified((*below.body)[call.call].name).str() + "` is called here"});
  }
  const Location where = program.location(function, body[use.call.call].site);
  const std::string name = unqualified(body[use.call.call].name).str();
  if (use.pauses)
    return Rejection{where, "wait for work in `" + name + "`", "time passes before it is called again after a failure", std::move(chain)};
  Finding finding;
  finding.where = where;
  finding.subject = finding.statement = name;
  finding.functionId = functionIdOf(function);
  weaken(finding, Confidence::Medium, "how often the failure happens is not to be seen");
  finding.chain = std::move(chain);
  finding.message = spinMessageOf(program, use);
  finding.advice = "when it fails, let some time pass, or stop waiting until something has been given back";
  return finding;
}

const char *const kHelp = R"md(
## What it finds

An operation that is done again as soon as it has failed. Between the failure and the next attempt nothing lets time
pass: no sleep, no timer, no wait with a limit, neither in the loop nor in what it calls on that way.

A loop that waits for clients is no retry, but comes to the same when the wait itself fails: as long as the process has no
descriptor left, `accept` fails at once, the client still waits, and the loop comes back without any pause. Which
failures do that is said by the packs (`fails-while-ready`).

## Why it hurts in production

What failed a millisecond ago fails again: the connection is still refused, the queue is still full. All attempts are
used up before the dependency had a chance to recover, so the retry costs load and gains nothing. Thousands of
clients doing the same are a wave of traffic that keeps the dependency down. A loop that spins on `accept` takes a
whole processor, and often fills the disk with the same line of log, just when the service is busy enough.

## Example

```cpp
#include <curl/curl.h>

bool announce(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  for (int attempt = 0; attempt < 2; ++attempt)
    if (curl_easy_perform(handle) == CURLE_OK)
      return true;
  return false;
}
```

## Instead

Wait in between, longer each time, with a random part so that clients do not come back together.

```cpp
#include <chrono>
#include <curl/curl.h>
#include <random>
#include <thread>

bool announce(CURL *handle) {
  static std::minstd_rand random;
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (curl_easy_perform(handle) == CURLE_OK)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100 + random() % 100));
  }
  return false;
}
```

## Limits

Any pause counts, a constant one too: whether many clients share the dependency, so that they need jitter, is not to be
seen in the code. Retries inside libraries are left out unless the program asks for them.
)md";

} // namespace

extern const Check retry_without_backoff;
const Check retry_without_backoff = makeCheck<NoOptions, &Retries::retries, judge, &Spins::spins, judgeSpin>({
    .id = "opex-retry-without-backoff",
    .summary = "A failing operation is tried again at once.",
    .severity = Severity::Note,
    .precision = Confidence::Low,
    .practices = {"RS1"},
    .cwe = {},
    .help = kHelp,
});

} // namespace opex::checks
