#include "analysis/body/identity.h"
#include "analysis/bounds/dependencies.h"
#include "model/check.h"

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
  return llvm::all_of(missing, [](const PhaseBound *phase) { return phase->phase == "write"; });
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
  std::string reason = worst.reason, consequence;
  if (size_t semicolon = reason.find("; "); semicolon != std::string::npos) {
    consequence = ", " + reason.substr(semicolon + 2);
    reason.resize(semicolon);
  }
  std::string subject = subjectSpelling(program, function, use);
  if (!subject.empty() && worst.state == BoundState::Unset && reason.ends_with("is set"))
    reason += " on `" + subject + "`";
  if (consequence.empty() && !use.defaultText.empty())
    consequence = ", " + use.defaultText;
  return message + ": " + reason + consequence;
}

/// How the object came to the call, with the others of the same lack that come there as well.
std::vector<ChainStep> chainOf(const PhaseBound &phase) {
  constexpr size_t kMostOthers = 6;
  std::vector<ChainStep> chain = phase.evidence;
  for (size_t i = 0; i < std::min(kMostOthers, phase.others.size()); ++i) {
    ChainStep other = phase.others[i];
    other.message = "another one: " + other.message;
    chain.insert(chain.begin() + 1 + i, std::move(other));
  }
  return chain;
}

Finding findingOf(const Program &program, const DependencyUse &use, const std::vector<const PhaseBound *> &missing) {
  const LinkedFunction &function = program.functions[use.call.function];
  const Call &call = (*function.body)[use.call.call];
  Finding finding;
  finding.message = messageOf(program, function, use, missing);
  finding.where = program.location(function, call.site);
  finding.subject = use.callee;
  finding.statement = callText(program, function, use.call.call);
  finding.functionId = functionIdOf(function);
  finding.advice = use.advice;
  finding.rows = {use.rule};
  for (const PhaseBound *phase : missing)
    weaken(finding, phase->confidence, phase->phase + ": " + phase->doubt);
  if ((use.isLocalWait || use.isIdleWait) && use.onRequestPath == OnRequestPath::Possible)
    weaken(finding, Confidence::Medium, "the way from the entry point goes over a call that may run something else");
  finding.chain = chainOf(*missing.front());
  if (isWriting(missing))
    weaken(finding, Confidence::Medium, "only writing has no limit, and what is written may fit into the buffers");
  finding.chain.push_back({finding.where, "`" + std::string(unqualified(use.callee)) + "` waits here", !use.isLocalWait, true});
  return finding;
}

struct Options {
  bool localWaits = true;

  void map(auto &visit) {
    visit("local-waits", localWaits, "Also report waits inside the process (futures, conditions) on a request path.");
  }
};

/// What becomes of one dependency call.
struct Opinion {
  const DependencyUse *use = nullptr;
  std::vector<const PhaseBound *> missing; ///< Phases that can wait for ever.
  llvm::StringRef silence;                 ///< Why it is no finding; empty if it is one.
  std::optional<size_t> partOf; ///< The opinion that speaks for this one, too.
};

/// The opinion whose finding speaks for the `i`-th.
size_t speakerOf(const std::vector<Opinion> &all, size_t i) {
  while (all[i].partOf)
    i = *all[i].partOf;
  return i;
}

llvm::StringRef silenceOn(const DependencyUse &use, llvm::ArrayRef<const PhaseBound *> missing, const Options &options) {
  bool waitsForWork = use.isLocalWait || use.isIdleWait;
  if (waitsForWork && !options.localWaits)
    return "waits inside the process are not asked for (local-waits)";
  if (waitsForWork && use.onRequestPath == OnRequestPath::Unknown)
    return "a wait inside the process counts where a request waits for it, and no entry point is known to lead here";
  if (!missing.empty())
    return {};
  bool isSet = llvm::all_of(use.phases, [](const PhaseBound &phase) { return phase.state == BoundState::Set; });
  return isSet ? "it is limited in time" : "whether it is limited in time is out of sight, and that is no fault";
}

/// Of all calls, in their order. One subject without a limit is one fault of the function that uses it, however
/// often it does; the first call that waits for the other side speaks for all.
std::vector<Opinion> opinions(const Inputs<Dependencies> &in, const Options &options) {
  const Program &program = in.program();
  std::map<std::pair<uint32_t, std::string>, size_t> bySubject;
  std::vector<Opinion> result;
  for (const DependencyUse &use : in.get<Dependencies>().uses) {
    Opinion opinion{&use, {}, {}, {}};
    for (const PhaseBound &phase : use.phases)
      if (isMissing(phase.state))
        opinion.missing.push_back(&phase);
    opinion.silence = silenceOn(use, opinion.missing, options);
    const LinkedFunction &function = program.functions[use.call.function];
    if (opinion.silence.empty() && program.location(function, (*function.body)[use.call.call].site).path.empty())
      opinion.silence = "it stands outside the project";
    if (opinion.silence.empty() && !use.subject.empty())
      if (auto [first, isFirst] = bySubject.try_emplace({use.call.function, use.subject}, result.size()); !isFirst) {
        bool isBetter = isWriting(result[first->second].missing) && !isWriting(opinion.missing);
        (isBetter ? result[first->second].partOf : opinion.partOf) = isBetter ? result.size() : first->second;
        if (isBetter)
          first->second = result.size();
      }
    result.push_back(std::move(opinion));
  }
  return result;
}

Location placeOf(const Program &program, const DependencyUse &use) {
  const LinkedFunction &function = program.functions[use.call.function];
  return program.location(function, (*function.body)[use.call.call].site);
}

void run(const Inputs<Dependencies> &in, const Options &options, Sink report) {
  const Program &program = in.program();
  std::map<size_t, Finding> findings;
  std::vector<Opinion> all = opinions(in, options);
  for (const auto &[i, opinion] : llvm::enumerate(all))
    if (opinion.silence.empty() && !opinion.partOf)
      findings.emplace(i, findingOf(program, *opinion.use, opinion.missing));
  for (const auto &[i, opinion] : llvm::enumerate(all))
    if (opinion.silence.empty() && opinion.partOf)
      findings[speakerOf(all, i)].related.push_back(
          {placeOf(program, *opinion.use),
           "`" + std::string(unqualified(opinion.use->callee)) + "` waits on the same object"});
  for (auto &[position, finding] : findings)
    report(std::move(finding));
}

void silences(const Inputs<Dependencies> &in, const Options &options, SilenceSink report) {
  const Program &program = in.program();
  std::vector<Opinion> all = opinions(in, options);
  for (const auto &[i, opinion] : llvm::enumerate(all)) {
    std::string what = "`" + opinion.use->callee + "`", reason = opinion.silence.str();
    if (opinion.partOf) {
      Location other = placeOf(program, *all[speakerOf(all, i)].use);
      reason = "it waits on the same object as the call at " + other.path + ":" + std::to_string(other.line) +
               ", and one object without a limit is one finding, there";
    }
    if (!reason.empty())
      report({placeOf(program, *opinion.use), std::move(what), std::move(reason), {}});
  }
}

const char *const kHelp = R"md(
## What it finds

A call that leaves the process (an HTTP request, an RPC, a query, a cache lookup, a read from a socket, a child
process) and that nothing limits in time: no timeout is set on the object that carries its configuration, or the
one that is set means "none" (`0`, `-1`, a null pointer). Every phase that can block counts on its own; a limit on
connecting does not limit the answer. Waits inside the process (futures, condition variables) are reported where a
request waits for them.

The object is followed to where it was made: through constructors, members, helper functions that take it by
pointer, factories, copies of an options struct, smart pointers and wrappers, in the same file and in others. If it
gets out of sight, nothing is reported.

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
const Check missing_timeout = makeCheck<Options, run, silences>({
    .id = "opex-missing-timeout",
    .summary = "A call to a dependency can wait forever.",
    .severity = Severity::Error,
    .practices = {"RS4", "EH9"},
    .cwe = {1088},
    .help = kHelp,
});

} // namespace opex::checks
