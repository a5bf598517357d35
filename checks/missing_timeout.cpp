#include "analysis/body/identity.h"
#include "analysis/bounds/dependencies.h"
#include "checks/speakers.h"
#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"

namespace opex::checks {
namespace {

/// Phases that can wait for ever, joined for the message: "connect and read".
std::string phaseNames(const std::vector<const PhaseBound *> &phases) {
  std::string names;
  for (size_t i = 0; i < phases.size(); ++i)
    names += (i == 0 ? "" : i + 1 == phases.size() ? " and " : ", ") + phases[i]->phase;
  return names;
}

/// Waits at most until there is room to send, not for an answer.
bool isWriting(const std::vector<const PhaseBound *> &missing) {
  return llvm::all_of(missing, [](const PhaseBound *phase) { return phase->kind == PhaseKind::Writing; });
}

/// How the author calls the object that carries the configuration.
std::string subjectSpelling(const Program &program, const LinkedFunction &function, const DependencyUse &use) {
  if (!use.subjectValue)
    return {};
  std::string name = spell(program, *function.body, use.subjectValue);
  return name.empty() || name == "this" ? std::string() : name;
}

std::string messageOf(const Program &program, const LinkedFunction &function, const DependencyUse &use,
                      const std::vector<const PhaseBound *> &missing) {
  const PhaseBound &worst = *missing.front();
  std::string message = "`" + std::string(unqualified(use.callee)) + "` can wait forever";
  if (use.phases.size() > 1)
    message += " (" + phaseNames(missing) + ")";
  if (worst.state == BoundState::Partly)
    message += " on some paths";
  message += ": " + worst.reason;
  if (std::string subject = subjectSpelling(program, function, use); worst.isNeverSet && !subject.empty())
    message += " on `" + subject + "`";
  const std::string &consequence = worst.consequence.empty() ? use.defaultText : worst.consequence;
  return message + (consequence.empty() ? "" : ", " + consequence);
}

/// How the object came to the call, with the others of the same lack that come there as well.
std::vector<ChainStep> chainOf(const PhaseBound &phase) {
  constexpr size_t kMostOthers = 6;
  std::vector<ChainStep> chain = phase.evidence;
  for (ChainStep other : llvm::ArrayRef(phase.others).take_front(kMostOthers)) {
    other.message = "another one: " + other.message;
    chain.push_back(std::move(other));
  }
  llvm::append_range(chain, phase.way);
  return chain;
}

struct Options {
  bool localWaits = true;

  void map(auto &visit) {
    visit("local-waits", localWaits, "Also report waits inside the process (futures, conditions) on a request path.");
  }
};

/// A dependency call, and those that its finding speaks for or that speak for it.
struct Wait {
  const DependencyUse *use = nullptr;
  std::vector<const PhaseBound *> missing = {}; ///< Phases that can wait for ever.
  llvm::StringRef excuse = {};                  ///< Why it is no finding; empty if it is one.
  const Wait *speaker = nullptr;                ///< Its finding speaks for this one, too.
  std::vector<const Wait *> others = {};        ///< Those that this one speaks for.
};

llvm::StringRef excuseOf(const Wait &wait, const Options &options) {
  const DependencyUse &use = *wait.use;
  bool waitsForWork = use.isLocalWait || use.isIdleWait;
  if (waitsForWork && !options.localWaits)
    return "waits inside the process are not asked for (local-waits)";
  if (waitsForWork && use.onRequestPath == OnRequestPath::Unknown)
    return "a wait inside the process counts where a request waits for it, and no entry point is known to lead here";
  if (use.isIdleWait && use.kind != DependencyKind::Subprocess && use.onRequestPath == OnRequestPath::Possible)
    return "a wait for work, or for a thread to end, counts where a request surely waits for it, and this one may only be on its way";
  if (!wait.missing.empty())
    return {};
  bool isSet = llvm::all_of(use.phases, [](const PhaseBound &phase) { return phase.state == BoundState::Set; });
  return isSet ? "it is limited in time" : "whether it is limited in time is out of sight, and that is no fault";
}

/// Before `b` as the one that speaks: who waits for the other side, then who surely lacks the limit, then who waits where a
/// request does.
bool isBetterSpeaker(const Wait &a, const Wait &b) {
  auto rank = [](const Wait &wait) {
    return std::tuple(!isWriting(wait.missing), wait.missing.front()->confidence, wait.use->onRequestPath);
  };
  return rank(a) > rank(b);
}

/// One subject without a limit is one fault, however many calls wait on it: in one function whatever its phases are, and
/// across functions if the same is missing.
void chooseSpeakers(std::vector<Wait> &waits) {
  std::map<std::pair<llvm::StringRef, uint32_t>, std::vector<Wait *>> byFunction;
  for (Wait &wait : waits)
    if (wait.excuse.empty() && !wait.use->subject.empty())
      byFunction[{wait.use->subject, wait.use->call.function}].push_back(&wait);
  std::map<std::pair<llvm::StringRef, llvm::StringRef>, std::vector<Wait *>> byLack;
  for (auto &[of, group] : byFunction) {
    letFirstSpeak(group, isBetterSpeaker);
    byLack[{of.first, group.front()->missing.front()->reason}].push_back(group.front());
  }
  for (auto &[of, group] : byLack)
    letFirstSpeak(group, isBetterSpeaker);
  for (Wait &wait : waits)
    llvm::sort(wait.others, [](const Wait *a, const Wait *b) { return a->use->call < b->use->call; });
}

std::vector<Wait> waitsOf(const Inputs<Dependencies> &in, const Options &options) {
  std::vector<Wait> waits;
  const Dependencies &dependencies = in.get<Dependencies>();
  std::vector<const DependencyUse *> uses;
  for (const DependencyUse &use : dependencies.uses)
    uses.push_back(&use);
  for (const DependencyUse &use : dependencies.atCallers)
    uses.push_back(&use);
  for (const DependencyUse *each : uses) {
    const DependencyUse &use = *each;
    Wait &wait = waits.emplace_back(Wait{&use});
    for (const PhaseBound &phase : use.phases)
      if (isMissing(phase.state))
        wait.missing.push_back(&phase);
    wait.excuse = excuseOf(wait, options);
    if (wait.excuse.empty() && dependencies.forwarded.contains(use.call))
      wait.excuse = "it only hands on what its callers choose to give it, and is judged there";
    if (wait.excuse.empty() && locationOf(in.program(), use.call).path.empty())
      wait.excuse = "it stands outside the project";
  }
  chooseSpeakers(waits);
  return waits;
}

Finding findingOf(const Program &program, const Wait &wait) {
  const DependencyUse &use = *wait.use;
  const std::string name = "`" + unqualified(use.callee).str() + "`";
  Finding finding = findingAt(program, use.call, use.callee);
  finding.message = messageOf(program, program.functions[use.call.function], use, wait.missing);
  finding.advice = use.advice;
  finding.rows = {use.rule};
  for (const PhaseBound *phase : wait.missing)
    weaken(finding, phase->confidence, phase->phase + ": " + phase->doubt);
  if ((use.isLocalWait || use.isIdleWait) && use.onRequestPath == OnRequestPath::Possible)
    weaken(finding, Confidence::Medium, "the way from the entry point goes over a call that may run something else");
  if (use.isLocalWait)
    weaken(finding, Confidence::Medium, "what it waits for happens in this process, and may be sure to happen soon");
  if (use.isIdleWait || use.kind == DependencyKind::Subprocess)
    weaken(finding, Confidence::Medium, "many commands and threads end by themselves, and what this one does is not seen");
  if (use.kind == DependencyKind::Pool)
    weaken(finding, Confidence::Medium, "it waits only where more ask at once than the pool holds");
  if (isWriting(wait.missing))
    weaken(finding, Confidence::Medium, "only writing has no limit, and what is written may fit into the buffers");
  finding.chain = chainOf(*wait.missing.front());
  finding.chain.push_back({finding.where, name + " waits here", !use.isLocalWait, true});
  for (const Wait *other : wait.others)
    finding.related.push_back({locationOf(program, other->use->call), "`" + unqualified(other->use->callee).str() + "` waits on the same object"});
  return finding;
}

Judgement judge(const Inputs<Dependencies> &in, const Wait &wait) {
  const Program &program = in.program();
  if (wait.excuse.empty() && !wait.speaker)
    return findingOf(program, wait);
  Rejection rejection{locationOf(program, wait.use->call), "`" + wait.use->callee + "`", wait.excuse.str()};
  if (wait.speaker) {
    Location other = locationOf(program, lastSpeaker(wait).use->call);
    rejection.reason = "it waits on the same object as the call at " + other.path + ":" + std::to_string(other.line) +
                       ", and one object without a limit is one finding, there";
  }
  return rejection;
}

const char *const kHelp = R"md(
## What it finds

A call that leaves the process (an HTTP request, an RPC, a query, a cache lookup, a read from a socket, a child
process) and that nothing limits in time: no timeout is set on the object that carries its configuration, or the
one that is set means "none" (`0`, `-1`, a null pointer). Every phase that can block counts on its own; a limit on
connecting does not limit the answer. Waits inside the process (futures, condition variables) are reported where a
request waits for them, also in slices: a loop around a timed wait or a pause that only the answer ends.

The object is followed to where it was made: through constructors, members, helper functions that take it by
pointer, factories, copies of an options struct, smart pointers and wrappers, in the same file and in others. If it
gets out of sight, nothing is reported. One object without a limit is one finding, at one of the calls that wait on it;
the others are named as related places.

## Why it hurts in production

A dependency that accepts connections and never answers is the common way for one to fail. Without a limit each
request that touches it keeps its thread, its memory and its connection. Soon all threads wait, health checks fail,
and a slow dependency has become an outage of everything above it. Nothing is logged, because nothing has failed.

## Example

```cpp
#include <curl/curl.h>

bool fetch(const char *url) {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_URL, url);
  CURLcode code = curl_easy_perform(handle);
  curl_easy_cleanup(handle);
  return code == CURLE_OK;
}
```

## Instead

Bound the whole call, by a value that the caller's own deadline has room for: a little over what the dependency
needs for 99.9 % of its answers.

```cpp
#include <curl/curl.h>

bool fetch(const char *url) {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_URL, url);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  CURLcode code = curl_easy_perform(handle);
  curl_easy_cleanup(handle);
  return code == CURLE_OK;
}
```

## Limits

A value read from configuration counts as a limit: it is not checked here whether it may be 0. Limits outside the
code (a proxy, `statement_timeout` on the server) are not seen. A subject that is handed to code without a visible
body, or that missing translation units could configure, is unknown and not reported.
)md";

} // namespace

extern const Check missing_timeout;
const Check missing_timeout = makeCheck<Options, waitsOf, judge>({
    .id = "opex-missing-timeout",
    .summary = "A call to a dependency can wait forever.",
    .severity = Severity::Error,
    .practices = {"RS4", "EH9"},
    .cwe = {1088},
    .help = kHelp,
});

} // namespace opex::checks
