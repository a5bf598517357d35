#include "analysis/latency/latency.h"
#include "analysis/retries/text.h"
#include "model/make_check.h"

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

const char *const kHelp = R"md(
## What it finds

An operation that is done again as soon as it has failed. Between the failure and the next attempt nothing lets time
pass: no sleep, no timer, no wait with a limit, neither in the loop nor in what it calls on that way.

## Why it hurts in production

What failed a millisecond ago fails again: the connection is still refused, the queue is still full. All attempts are
used up before the dependency had a chance to recover, so the retry costs load and gains nothing. Thousands of
clients doing the same are a wave of traffic that keeps the dependency down.

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
const Check retry_without_backoff = makeCheck<NoOptions, &Retries::retries, judge>({
    .id = "opex-retry-without-backoff",
    .summary = "A failing operation is tried again at once.",
    .severity = Severity::Note,
    .precision = Confidence::Medium,
    .practices = {"RS1"},
    .cwe = {},
    .help = kHelp,
});

} // namespace opex::checks
