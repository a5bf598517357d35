#include "analysis/body/identity.h"
#include "analysis/body/region.h"
#include "analysis/bounds/dependencies.h"
#include "analysis/bounds/phase_limits.h"
#include "analysis/calls/run_parameters.h"
#include "analysis/calls/statements.h"
#include "analysis/execution/held_locks.h"
#include "checks/speakers.h"
#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

namespace opex::checks {
namespace {

constexpr size_t kMostOthers = 6;
constexpr size_t kManyLocks = 3; // That lead to one wait further down: it is their common fault.

using Needs = Inputs<RoleIndex, Subjects, StartupOnly, HeldLocks, Dependencies, Statements>;

struct Options {
  unsigned longWaitMs = 10;

  void map(auto &visit) {
    visit("long-wait-ms", longWaitMs, "A sleep, or a call that is known to take no longer than its limit, counts from this time on.");
  }
};

/// A call that waits, and the locks that are held meanwhile.
struct Wait {
  CallRef call;
  const DependencyUse *use = nullptr; ///< None: a sleep.
  std::vector<HeldLock> locks = {};   ///< All on one way. The finding is about the first.
  bool isSure = false;                ///< Who takes them surely runs the call.
  llvm::StringRef excuse = {};        ///< Why it is no finding; empty if it is one.
  const Wait *speaker = nullptr;
  std::vector<const Wait *> others = {}; ///< That this one speaks for.
};

/// How long a sleep takes; none if that is not known, or if the call only arms a timer.
std::optional<int64_t> sleepNs(const Needs &in, CallRef ref) {
  const LinkedFunction &function = in.program().functions[ref.function];
  const Call &call = (*function.body)[ref.call];
  const Subjects &subjects = in.get<Subjects>();
  for (const rules::Pause *row : in.get<RoleIndex>().of(call.callee).pauses)
    if (Index<Value> value = row->amount ? valueAt(function, call, row->amount->from) : Index<Value>())
      return limitOf(in.program(), subjects.constants(), subjects.provenance(), {ref.function, {}}, call.block, value, *row->amount).ns;
  return {};
}

bool isUnknown(const PhaseBound &phase) { return phase.state == BoundState::Unknown; }

/// Waits for what an object stands for, a future say, that may be there already.
bool mayBeReady(const DependencyUse &use) { return use.isLocalWait && use.subjectValue && llvm::any_of(use.phases, isUnknown); }

/// Of sockets and waits inside the process some return at once: non-blocking ones, futures that were asked first. Their
/// limit is no time.
bool mayReturnAtOnce(const DependencyUse &use) {
  if (!use.isLocalWait && use.kind != DependencyKind::Socket)
    return false;
  return llvm::any_of(use.phases, [&](const PhaseBound &phase) {
    return (isUnknown(phase) && !mayBeReady(use)) || (phase.state == BoundState::Set && !phase.valueNs);
  });
}

llvm::StringRef excuseOf(const Needs &in, const Wait &wait, const Options &options) {
  if (wait.use && wait.use->isAsync)
    return "it returns before the answer is there";
  if (wait.use && mayReturnAtOnce(*wait.use))
    return "whether it waits at all is out of sight, or it does not";
  const std::optional<int64_t> ns = wait.use ? limitNs(*wait.use) : sleepNs(in, wait.call);
  if (!wait.use && !ns)
    return "how long it sleeps is not known";
  if (ns && *ns < int64_t(options.longWaitMs) * 1'000'000)
    return "it does not take long (long-wait-ms)";
  return {};
}

/// Who takes the lock surely runs the call.
bool isSure(const Program &program, const HeldLock &lock) {
  return llvm::all_of(lock.way, [&](CallRef call) {
    return llvm::any_of(program.calleesAt(program.functions[call.function], call.call), [](const CallEdge &edge) { return edge.isCertain(); });
  });
}

/// A function on the way calls what it is given, and goes on with what others give it, not this caller.
bool isGivenElse(const Needs &in, const HeldLock &lock, CallRef wait) {
  const Program &program = in.program();
  for (size_t i = 1; i < lock.way.size(); ++i) {
    const LinkedFunction &caller = program.functions[lock.way[i - 1].function];
    const Call &given = (*caller.body)[lock.way[i - 1].call];
    const Function &body = *program.functions[lock.way[i].function].body;
    std::optional<uint32_t> parameter = parameterRunBy(body, body[lock.way[i].call]);
    const uint32_t next = i + 1 < lock.way.size() ? lock.way[i + 1].function : wait.function;
    if (parameter && (*parameter >= given.arguments.size() || !given.arguments[*parameter] ||
                      !llvm::is_contained(callablesHeld(program, in.get<Subjects>(), caller, given.arguments[*parameter]), next)))
      return true;
  }
  return false;
}

/// Makes a static variable, which happens once.
bool isFirstTime(const Program &program, CallRef ref) {
  const Function &body = *program.functions[ref.function].body;
  return llvm::any_of(body.locals, [&](const Local &local) {
    return local.kind == LocalKind::Static && local.init &&
           mentions(body, local.init, [&](const Value &part) { return part.kind == ValueKind::Call && part.index == ref.call.value; });
  });
}

/// Fills in the locks of the wait: one wait for each way from who holds some, each of them a fault of its own.
std::vector<Wait> withLocks(const Needs &in, Wait wait) {
  std::vector<HeldLock> locks = wait.excuse.empty() ? in.get<HeldLocks>().at(wait.call) : std::vector<HeldLock>();
  llvm::erase_if(locks, [&](const HeldLock &lock) { return isGivenElse(in, lock, wait.call); });
  auto isFirst = [&](CallRef call) { return isFirstTime(in.program(), call); };
  llvm::erase_if(locks, [&](const HeldLock &lock) { return isFirst(wait.call) || llvm::any_of(lock.way, isFirst); });
  if (locks.empty() && wait.excuse.empty())
    wait.excuse = "no lock is known to be held while it runs";
  llvm::erase_if(locks, [&](const HeldLock &lock) { return in.get<StartupOnly>()[lock.taken.function]; });
  if (locks.empty() && wait.excuse.empty())
    wait.excuse = "the lock is held only while the program starts or ends";
  std::vector<Wait> waits;
  for (HeldLock &lock : locks) {
    auto same = llvm::find_if(waits, [&](const Wait &other) { return other.locks.front().way == lock.way; });
    Wait &here = same == waits.end() ? waits.emplace_back(wait) : *same;
    here.isSure = isSure(in.program(), lock);
    here.locks.push_back(std::move(lock));
  }
  return waits.empty() ? std::vector{wait} : waits;
}

/// The call that does it in the function that holds the lock: the wait itself, or what leads there.
CallRef topOf(const Wait &wait) { return wait.locks.front().way.empty() ? wait.call : wait.locks.front().way.front(); }

/// The surest and nearest wait first, then as they stand in the code.
bool speaksBefore(const Wait &one, const Wait &other) {
  auto rank = [](const Wait &wait) {
    const std::vector<CallRef> &way = wait.locks.front().way;
    return std::tuple(!wait.isSure, way.size(), way, wait.call);
  };
  return rank(one) < rank(other);
}

/// One critical section is one fault, and so is one lock that is held over calls of one kind, wherever its users take it. What
/// waits several calls further down, a log line say, is one fault whoever comes to it with whatever lock.
void chooseSpeakers(std::vector<Wait> &waits) {
  std::map<CallRef, std::vector<Wait *>> sections; // By what takes the lock.
  for (Wait &wait : waits)
    if (wait.excuse.empty())
      sections[wait.locks.front().taken].push_back(&wait);
  std::map<std::pair<LockObject, std::optional<DependencyKind>>, std::vector<Wait *>> habits;
  for (auto &[taken, section] : sections) {
    letFirstSpeak(section, speaksBefore);
    const Wait &first = *section.front();
    const HeldLock &lock = first.locks.front();
    habits[{lock.lock, first.use ? std::optional(first.use->kind) : std::nullopt}].push_back(section.front());
  }
  std::map<CallRef, std::vector<Wait *>> deep; // By what waits.
  for (auto &[lock, habit] : habits) {
    letFirstSpeak(habit, speaksBefore);
    if (habit.front()->locks.front().way.size() > 1)
      deep[habit.front()->call].push_back(habit.front());
  }
  for (auto &[call, waits] : deep)
    if (waits.size() >= kManyLocks)
      letFirstSpeak(waits, speaksBefore);
}

std::vector<Wait> waitsOf(const Needs &in, const Options &options) {
  std::vector<Wait> waits;
  auto add = [&](Wait wait) {
    wait.excuse = excuseOf(in, wait, options);
    llvm::append_range(waits, withLocks(in, std::move(wait)));
  };
  for (const auto *uses : {&in.get<Dependencies>().uses, &in.get<Dependencies>().ownWaits})
    for (const DependencyUse &use : *uses)
      add({use.call, &use});
  for (CallRef pause : in.get<Statements>().pauses)
    if (!in.get<Dependencies>().at(pause))
      add({pause});
  chooseSpeakers(waits);
  return waits;
}

std::string nameOf(const Program &program, CallRef call) {
  return "`" + unqualified((*program.functions[call.function].body)[call.call].name).str() + "`";
}

std::string lockName(const HeldLock &lock) { return lock.name.empty() ? "a lock" : "`" + lock.name + "`"; }

std::vector<ChainStep> chainOf(const Program &program, const Wait &wait) {
  const HeldLock &lock = wait.locks.front();
  std::vector<ChainStep> chain = {{locationOf(program, lock.taken), lockName(lock) + " is taken here", false, true}};
  for (CallRef call : lock.way)
    chain.push_back({locationOf(program, call), "calls " + nameOf(program, call)});
  chain.push_back({locationOf(program, wait.call), nameOf(program, wait.call) + " waits here", wait.use && !wait.use->isLocalWait, true});
  return chain;
}

/// A wait that the finding speaks for: under the same lock, or where another lock leads to the same wait.
Related relatedTo(const Program &program, const HeldLock &lock, const Wait &other) {
  const HeldLock &theirs = other.locks.front();
  if (theirs.lock == lock.lock)
    return {locationOf(program, other.call), nameOf(program, other.call) + " waits under the same lock"};
  return {locationOf(program, topOf(other)), nameOf(program, topOf(other)) + " leads there while " + lockName(theirs) + " is held"};
}

Judgement judge(const Needs &in, const Wait &wait, const Options &) {
  const Program &program = in.program();
  if (!wait.excuse.empty())
    return Rejection{locationOf(program, wait.call), nameOf(program, wait.call), wait.excuse.str()};
  if (wait.speaker) {
    Location other = locationOf(program, topOf(lastSpeaker(wait)));
    return Rejection{locationOf(program, wait.call), nameOf(program, wait.call),
                     "one lock over calls of one kind, or one wait below several locks, is one finding, at " + other.path + ":" + std::to_string(other.line)};
  }
  const HeldLock &lock = wait.locks.front();
  Finding finding = findingAt(program, topOf(wait), unqualified((*program.functions[wait.call.function].body)[wait.call.call].name).str());
  finding.message = nameOf(program, wait.call) + (wait.use && !wait.use->isLocalWait ? " leaves the process" : " waits") + " while " +
                    lockName(lock) + " is held, taken in `" + program.functions[lock.taken.function].body->name.str() +
                    "`: all who need the lock wait as long";
  finding.advice = "copy what the call needs, give the lock back, then call; take it again to keep the answer";
  if (wait.use)
    finding.rows = {wait.use->rule};
  if (!wait.isSure)
    weaken(finding, Confidence::Medium, "a call between the lock and the wait may run something else");
  if (wait.use && mayBeReady(*wait.use))
    weaken(finding, Confidence::Medium, "whether what it waits for is there already is out of sight");
  if (wait.use && wait.use->isLocalWait)
    for (const PhaseBound &phase : wait.use->phases)
      if (!phase.doubt.empty())
        weaken(finding, phase.confidence, phase.doubt);
  finding.chain = chainOf(program, wait);
  for (const HeldLock &more : llvm::drop_begin(wait.locks))
    finding.related.push_back({locationOf(program, more.taken), lockName(more) + " is held as well"});
  for (const Wait *other : llvm::ArrayRef(wait.others).take_front(kMostOthers))
    finding.related.push_back(relatedTo(program, lock, *other));
  return finding;
}

const char *const kHelp = R"md(
## What it finds

A call that leaves the process (an HTTP request, an RPC, a query, a read from a socket, a child process) or waits (for a
thread, a future, a semaphore, a sleep) while a mutex is held: by a guard or by `lock()`, in the same function or in one
that calls it, in this file or another. A wait on a condition gives its own mutex back and is no finding, unless another
lock is held as well. Neither is what only start-up code does.

## Why it hurts in production

Every thread that needs the mutex now waits for the dependency, too, also those whose requests have nothing to do with
it. When the dependency slows down, they queue up behind one another, each for the whole time of all before it, until no
thread is left and the service stands still.

## Example

```cpp
#include <curl/curl.h>
#include <mutex>

std::mutex mutex;
int reported = 0;

bool report(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  std::lock_guard<std::mutex> lock(mutex);
  ++reported;
  return curl_easy_perform(handle) == CURLE_OK;
}
```

## Instead

Do what needs the lock, give it back, then call.

```cpp
#include <curl/curl.h>
#include <mutex>

std::mutex mutex;
int reported = 0;

bool report(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 800L);
  {
    std::lock_guard<std::mutex> lock(mutex);
    ++reported;
  }
  return curl_easy_perform(handle) == CURLE_OK;
}
```

## Limits

Who else needs the lock, and how often, is not looked at: a mutex that only keeps two threads from using one connection
is reported as well, since they wait for one another all the same. One lock that is held over calls of one kind is one
finding, wherever it is taken, and so is one wait that three locks or more lead to over further calls. Locks are told apart by the
member or variable, those of a lock class by its object. A lock that is taken on a flag counts where some caller is seen to
set it. Whether a socket blocks has to be seen. Of several ways
to a call under one lock the shortest is reported.
)md";

} // namespace

extern const Check blocking_under_lock;
const Check blocking_under_lock = makeCheck<Options, waitsOf, judge>({
    .id = "opex-blocking-under-lock",
    .summary = "A call leaves the process or waits while a lock is held.",
    .severity = Severity::Warning,
    .precision = Confidence::Low, // How many need the lock is not seen, and some only serialise one connection.
    .practices = {"RS6"},
    .cwe = {667},
    .help = kHelp,
});

} // namespace opex::checks
