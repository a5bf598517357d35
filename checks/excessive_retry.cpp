#include "analysis/latency/latency.h"
#include "analysis/retries/text.h"
#include "model/make_check.h"

namespace opex::checks {
namespace {

using Needs = Inputs<Retries, Latency, RequestPaths>;

struct Options {
  unsigned maxAttempts = 3;
  unsigned maxAttemptsOnRequestPath = 2;
  unsigned maxAttemptsInBackground = 10;

  void map(auto &visit) {
    visit("max-attempts", maxAttempts, "Attempts in total, the first one included, that are not reported.");
    visit("max-attempts-on-request-path", maxAttemptsOnRequestPath,
          "The same where a request waits; what is over this only is shown in profile `audit`.");
    visit("max-attempts-in-background", maxAttemptsInBackground,
          "The same on threads of the process' own, which no request waits for.");
  }
};

/// A retry, and where it stands in a nest.
struct Nested {
  const RetryUse *use = nullptr;
  bool isInNest = false, isOutermost = false;
};

std::vector<Nested> retriesOf(const Inputs<Retries> &in) {
  std::vector<Nested> retries;
  for (const RetryUse &use : in.get<Retries>().retries)
    retries.push_back({&use});
  for (const RetryNest &nest : in.get<Retries>().nests) {
    retries[nest.levels.front().retry].isOutermost = true;
    for (const RetryLevel &level : nest.levels)
      retries[level.retry].isInNest = true;
  }
  return retries;
}

std::string messageOf(const Program &program, const RetryUse &use, unsigned limit) {
  std::string message =
      "`" + workName(program, use) + "` is tried up to " + std::to_string(use.attempts.count) + " times";
  if (!use.attempts.text.empty())
    message += " (`" + use.attempts.text + "`, as it starts)";
  return message + " when it fails, " + std::to_string(limit) + " are enough";
}

/// Why the number of attempts is nothing to judge here; empty if it is.
std::string excuseOf(const Nested &retry) {
  const RetryUse &use = *retry.use;
  if (use.attempts.kind == Attempts::Unbounded)
    return "nothing limits its attempts, which is opex-unbounded-retry's";
  if (use.attempts.kind != Attempts::Known)
    return "the number of its attempts is not known";
  if (use.isGuarded)
    return "a breaker or a retry budget holds it back";
  if (!use.isChosen)
    return "the library makes its attempts by default";
  // What is further in is reported only if it is too many by itself.
  return retry.isOutermost ? "it is around another retry, which is opex-nested-retry's" : "";
}

Judgement judge(const Needs &in, const Nested &retry, const Options &options) {
  const RetryUse &use = *retry.use;
  if (std::string excuse = excuseOf(retry); !excuse.empty())
    return rejectionOf(in.program(), use, std::move(excuse));
  unsigned limit = use.isBackground ? options.maxAttemptsInBackground : options.maxAttempts;
  const bool isOver = use.attempts.count > limit;
  if (!isOver && in.get<RequestPaths>()[use.function] != OnRequestPath::Unknown && !retry.isInNest)
    limit = std::min(limit, options.maxAttemptsOnRequestPath);
  if (use.attempts.count <= limit)
    return rejectionOf(in.program(), use, "it tries " + std::to_string(use.attempts.count) + " times at most, and " +
                                              std::to_string(limit) + " are accepted");
  Finding finding = findingAt(in.program(), use, in.get<Latency>().of(in.get<Retries>(), use));
  finding.message = messageOf(in.program(), use, limit);
  finding.advice = "try again once at most, and only what is worth it; let the caller decide about the rest";
  if (!isOver)
    weaken(finding, Confidence::Low, "it is too often only for where a request waits");
  else if (!use.attempts.text.empty())
    weaken(finding, Confidence::Medium, "the number may be changed before it counts");
  return finding;
}

const char *const kHelp = R"md(
## What it finds

An operation on a dependency that is done again and again when it fails, more often than the limit. Attempts are
counted in total, the first one included, and followed through constants, members, arguments and defaults; the
attempts of a helper that takes what to do are those of its call. Where the number is not known, nothing is reported.

## Why it hurts in production

A request is retried when the dependency is in trouble, which is when it needs less load, not more. Four attempts
multiply the traffic by four at the worst moment, and what was a short hiccup becomes an outage that lasts until the
callers go away. The second attempt catches nearly all that a retry can catch; each further one adds load and
latency and hardly any success.

## Example

```cpp
#include <chrono>
#include <curl/curl.h>
#include <thread>

bool withdraw(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  for (int attempt = 0; attempt < 10; ++attempt) {
    if (curl_easy_perform(handle) == CURLE_OK)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}
```

## Instead

Try once more, and answer with the failure.

```cpp
#include <chrono>
#include <curl/curl.h>
#include <thread>

bool withdraw(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (curl_easy_perform(handle) == CURLE_OK)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}
```

## Limits

Attempts that a deadline limits are not counted, nor is a loop with a limit that goes on to another address, or
another text, after each failure. A number that configuration may change is reported by what it
starts as, at medium confidence. What a library does by
default is not reported here, but multiplies in nested-retry.
)md";

} // namespace

extern const Check excessive_retry;
const Check excessive_retry = makeCheck<Options, retriesOf, judge>({
    .id = "opex-excessive-retry",
    .summary = "A failing operation is tried again too often.",
    .severity = Severity::Warning,
    .precision = Confidence::Low,
    .practices = {"RS1"},
    .cwe = {},
    .help = kHelp,
});

} // namespace opex::checks
