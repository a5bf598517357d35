#include "analysis/latency/latency.h"
#include "analysis/retries/text.h"
#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex::checks {
namespace {

using Needs = Inputs<Retries, Latency>;

const RetryUse &retryAt(const Needs &in, const RetryLevel &level) {
  return in.get<Retries>().retries[level.retry];
}

/// "3 × 3 = 9", "`limit` × 5".
std::string productText(const Needs &in, const RetryNest &nest) {
  std::string text;
  int64_t product = 1;
  bool isKnown = true;
  for (const RetryLevel &level : nest.levels) {
    const Attempts &attempts = retryAt(in, level).attempts;
    text += (text.empty() ? "" : " × ") + factorText(attempts);
    isKnown &= attempts.kind == Attempts::Known;
    if (isKnown)
      product = std::min<int64_t>(product * std::min<int64_t>(attempts.count, 1'000'000), 1'000'000'000);
  }
  return isKnown ? text + " = " + std::to_string(product) : text;
}

/// "Routes::charge", "main".
std::string nameOf(const Program &program, uint32_t function) {
  llvm::StringRef name = program.functions[function].body->name;
  name.consume_back("::(lambda)");
  size_t last = name.rfind("::");
  size_t before = last == llvm::StringRef::npos ? last : name.substr(0, last).rfind("::");
  return (before == llvm::StringRef::npos ? name : name.substr(before + 2)).str();
}

/// The call that leaves the process, if it is seen; else what the innermost retry does.
std::string dependencyName(const Needs &in, const RetryNest &nest) {
  const Program &program = in.program();
  if (nest.work.empty())
    return workName(program, retryAt(in, nest.levels.back()));
  CallRef last = nest.work.back();
  return std::string(unqualified((*program.functions[last.function].body)[last.call].name));
}

/// The first of them is what the retry around does again.
void addCalls(const Program &program, const std::vector<CallRef> &way, bool endsOutside,
              std::vector<ChainStep> &chain) {
  for (size_t i = 0; i < way.size(); ++i) {
    const LinkedFunction &function = program.functions[way[i].function];
    const Call &call = (*function.body)[way[i].call];
    bool isDependency = endsOutside && i + 1 == way.size();
    chain.push_back({program.location(function, call.site),
                     "calls `" + std::string(unqualified(call.name)) + "`", isDependency, i == 0});
  }
}

std::vector<ChainStep> chainOf(const Needs &in, const RetryNest &nest) {
  const Program &program = in.program();
  std::vector<ChainStep> chain;
  for (const RetryLevel &level : nest.levels) {
    const RetryUse &use = retryAt(in, level);
    addCalls(program, level.way, false, chain);
    chain.push_back({program.location(program.functions[use.function], use.site),
                     factorText(use.attempts) + " attempts of `" + workName(program, use) + "`" +
                         (use.form == RetryForm::Library ? ", inside the library" : ""), false, true});
    for (ChainStep step : use.decidedAt) {
      step.isEssential = true; // What decides the attempts is a factor of the product.
      chain.push_back(std::move(step));
    }
  }
  addCalls(program, nest.work, true, chain);
  return chain;
}

/// The functions on the way, each with its retries, and the calls between them.
Graph graphOf(const Needs &in, const RetryNest &nest) {
  const Program &program = in.program();
  Graph graph;
  graph.description = "attempts multiply: " + productText(in, nest);
  auto addNode = [&](uint32_t function, const std::string &label, const Site &site) {
    graph.nodes.push_back({label, program.location(program.functions[function], site)});
    return uint32_t(graph.nodes.size() - 1);
  };
  auto connect = [&](uint32_t from, const std::vector<CallRef> &way, uint32_t to) {
    Confidence certainty = Confidence::High;
    for (CallRef call : way) {
      llvm::ArrayRef<CallEdge> edges = program.calleesAt(program.functions[call.function], call.call);
      if (!edges.empty() && llvm::none_of(edges, [](const CallEdge &edge) { return edge.isCertain(); }))
        certainty = Confidence::Medium;
    }
    graph.edges.push_back({from, to, way.empty() ? "around" : "calls", certainty});
  };
  uint32_t last = 0;
  for (size_t i = 0; i < nest.levels.size(); ++i) {
    const RetryUse &use = retryAt(in, nest.levels[i]);
    uint32_t node =
        addNode(use.function, nameOf(program, use.function) + ": " + factorText(use.attempts) + " attempts",
                use.site);
    if (i > 0)
      connect(last, nest.levels[i].way, node);
    last = node;
  }
  if (!nest.work.empty()) {
    CallRef call = nest.work.back();
    uint32_t node = addNode(call.function, dependencyName(in, nest),
                            (*program.functions[call.function].body)[call.call].site);
    connect(last, nest.work, node);
  }
  return graph;
}

std::string messageOf(const Needs &in, const RetryNest &nest) {
  const Program &program = in.program();
  const RetryUse &inner = retryAt(in, nest.levels[1]);
  std::string around = "the retries in `" + nameOf(program, inner.function) + "`";
  if (inner.form == RetryForm::Library)
    around = "those that `" + workName(program, inner) + "` makes by itself";
  else if (inner.function == retryAt(in, nest.levels[0]).function)
    around = "another retry";
  return "retry around " + around + ": up to " + productText(in, nest) + " attempts of `" +
         dependencyName(in, nest) + "`";
}

Finding judge(const Needs &in, const RetryNest &nest) {
  const RetryUse &outer = retryAt(in, nest.levels.front());
  Finding finding = findingAt(in.program(), outer, in.get<Latency>().of(in.get<Retries>(), outer));
  finding.message = messageOf(in, nest);
  finding.advice = "retry at one layer only, the one closest to the dependency, or share one retry budget";
  finding.rows.clear();
  for (const RetryLevel &level : nest.levels) {
    const RetryUse &use = retryAt(in, level);
    weaken(finding, use.confidence, use.doubt);
    if (!use.rule.empty())
      finding.rows.push_back(use.rule);
  }
  if (!nest.isCertain)
    weaken(finding, Confidence::Medium, "a call between the retries may run something else");
  finding.chain = chainOf(in, nest);
  finding.graph = graphOf(in, nest);
  return finding;
}

const char *const kHelp = R"md(
## What it finds

A retry whose work runs into another retry: in the same function, some calls further down, in another file, in a
helper, or inside the library that makes the call. The message shows the product of the attempts, the chain shows the
calls in between. A retry budget or a circuit breaker on the way ends the multiplication, and nothing is reported.

## Why it hurts in production

Attempts multiply. Three layers that each try three times send 27 requests for one, and they do so when the
dependency fails, which is when it can least bear it. One layer's harmless setting turns a short failure into a storm
that keeps the dependency down.

## Example

```cpp
#include <chrono>
#include <curl/curl.h>
#include <thread>

bool send(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (curl_easy_perform(handle) == CURLE_OK)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

bool order(CURL *handle) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (send(handle))
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}
```

## Instead

Retry in one place, next to the call.

```cpp
#include <chrono>
#include <curl/curl.h>
#include <thread>

bool send(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (curl_easy_perform(handle) == CURLE_OK)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

bool order(CURL *handle) { return send(handle); }
```

## Limits

Retries on the other side of the network, in a proxy or in the dependency itself, are not seen. Calls through virtual
methods and callables may run something else at run time; the finding has medium confidence then. Where
functions call one another in a circle, what leads back into it counts as no retry inside. Of a nest of more than
sixteen retries the outer sixteen are shown.
)md";

} // namespace

extern const Check nested_retry;
const Check nested_retry = makeCheck<NoOptions, &Retries::nests, judge>({
    .id = "opex-nested-retry",
    .summary = "A retry runs inside another one, and their attempts multiply.",
    .severity = Severity::Error,
    .precision = Confidence::Low,
    .practices = {"RS1"},
    .cwe = {},
    .help = kHelp,
});

} // namespace opex::checks
