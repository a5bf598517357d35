#include "analysis/latency/latency.h"
#include "analysis/retries/text.h"
#include "model/make_check.h"

namespace opex::checks {
namespace {

struct Options {
  bool background = true;

  void map(auto &visit) {
    visit("background", background,
          "Also report threads of the process' own that try for ever without any pause.");
  }
};

/// A daemon that keeps trying to come back, with time in between, does what it is there for.
bool isPatientDaemon(const RetryUse &use) { return use.isBackground && use.pauses; }

std::string messageOf(const Program &program, const RetryUse &use) {
  std::string message = "`" + workName(program, use) + "` is tried again for ever when it fails";
  if (use.form == RetryForm::Recursion)
    message += ": the function calls itself again";
  else if (use.form == RetryForm::Resubmission)
    message += ": the task submits itself again";
  return message + (use.pauses ? ": nothing limits the attempts"
                               : ": nothing limits the attempts, and no time passes in between");
}

/// Why it is no finding; empty if it is one.
std::string excuseOf(const RetryUse &use, const Options &options) {
  if (use.isGuarded)
    return "a breaker or a retry budget holds it back";
  if (use.attempts.kind == Attempts::Unknown)
    return "what ends it is out of sight";
  if (use.attempts.kind != Attempts::Unbounded)
    return "its attempts are limited to " + factorText(use.attempts);
  if (isPatientDaemon(use))
    return "it waits between its attempts on a thread of the process' own, which nothing waits for";
  return use.isBackground && !options.background ? "threads of the process' own are not asked for (background)" : "";
}

Judgement judge(const Inputs<Retries, Latency> &in, const RetryUse &use, const Options &options) {
  if (std::string excuse = excuseOf(use, options); !excuse.empty())
    return rejectionOf(in.program(), use, std::move(excuse));
  Finding finding = findingAt(in.program(), use, in.get<Latency>().of(in.get<Retries>(), use));
  finding.message = messageOf(in.program(), use);
  finding.advice = "give up after a small number of attempts or at a deadline, wait longer each time, and "
                   "report the failure";
  return finding;
}

const char *const kHelp = R"md(
## What it finds

An operation that is done again whenever it fails, and that nothing ever makes give up: no number of attempts, no
deadline. Loops, `goto`, functions that call themselves, tasks that submit themselves again and helpers that take
what to do as an argument are all recognised by what they do: the failure of a call leads back to it, its success
does not. So is a function that gives a client a handler, and that the handler calls again when it is told an error.

Reading on from page to page, taking the next item, asking for a state until it changes, compare-and-swap loops,
restarts after `EINTR` and trying the next address of a list are no retries.

## Why it hurts in production

While a dependency is down, every request that needs it is stuck in its loop: threads, memory and connections are
used up by work that cannot succeed. When the dependency comes back, all of them hit it at once and it goes down
again. An error that will not go away by itself, a wrong password or a missing table, spins until somebody notices.

## Example

```cpp
#include <chrono>
#include <curl/curl.h>
#include <thread>

void announce(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  while (curl_easy_perform(handle) != CURLE_OK)
    std::this_thread::sleep_for(std::chrono::seconds(1));
}
```

## Instead

Try once more at most, after a pause, and tell the caller.

```cpp
#include <chrono>
#include <curl/curl.h>
#include <thread>

bool announce(CURL *handle) {
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

A loop that a flag ends (`while (!stopped)`) counts as endless, since nobody sets the flag because the dependency is
down. A thread of the process' own that waits between its attempts is taken for the reconnect loop of a daemon and
not reported. Any comparison with a number that the rounds change, or with a time, counts as a limit; but a number
that stays as it is on some way back from the failure ends nothing there. A handler's failure is known by the name of
what it is told (`error`, `failed`) or by a warning that is logged before it asks again. A limit that gives the work another text
after each failure, such as the next address, makes it a fallback and no retry.
)md";

} // namespace

extern const Check unbounded_retry;
const Check unbounded_retry = makeCheck<Options, &Retries::retries, judge>({
    .id = "opex-unbounded-retry",
    .summary = "A failing operation is tried again for ever.",
    .severity = Severity::Error,
    .precision = Confidence::Low,
    .practices = {"RS1"},
    .cwe = {835},
    .help = kHelp,
});

} // namespace opex::checks
