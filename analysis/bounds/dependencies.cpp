#include "analysis/bounds/dependencies.h"

#include "analysis/body/places.h"
#include "analysis/bounds/bounds.h"
#include "analysis/bounds/own_locks.h"
#include "analysis/bounds/remote_answers.h"
#include "analysis/execution/slices.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace opex {
namespace {

/// Whether the object comes from a spawn whose work is visible; looks through variables it is kept in. Those in `open` are
/// being asked: what is made from itself adds nothing.
bool isSpawned(const Inputs<Entries, Subjects> &in, const Origin &origin, std::set<ObjectId> &open) {
  if (origin.kind == Origin::Creation) {
    const SpawnUse *spawn = in.get<Entries>().spawns.at({origin.function, Index<Call>(origin.index)});
    return spawn && !spawn->entries.empty();
  }
  const Subjects &subjects = in.get<Subjects>();
  if (!open.insert(origin.object()).second)
    return true;
  std::vector<HeldSubject> held = subjects.heldBy(origin);
  bool isAll = !held.empty() && llvm::all_of(held, [&](const HeldSubject &keeper) {
    const std::vector<Arrival> &arrivals = subjects.provenance().resolve(keeper.function, keeper.value);
    return !arrivals.empty() && llvm::all_of(arrivals, [&](const Arrival &arrival) { return isSpawned(in, arrival.origin, open); });
  });
  open.erase(origin.object());
  return isAll;
}

/// The waited-for work is visible: what it waits for is judged there, not at the wait.
bool hasVisibleProducer(const Inputs<Entries, Subjects> &in, const rules::DependencyCall &row, CallRef ref) {
  const LinkedFunction &function = in.program().functions[ref.function];
  Index<Value> value = valueAt(function, (*function.body)[ref.call], row.subject);
  if (!value)
    return false;
  const std::vector<Arrival> &arrivals = in.get<Subjects>().provenance().resolve(ref.function, value);
  std::set<ObjectId> open;
  return !arrivals.empty() && llvm::all_of(arrivals, [&](const Arrival &arrival) { return isSpawned(in, arrival.origin, open); });
}

/// A lease of a pool that this function made while the program starts, before anything of it runs elsewhere: nobody
/// else can have one.
bool isFirstLease(const Inputs<Entries, Subjects, StartupOnly> &in, const rules::DependencyCall &row, CallRef ref) {
  const LinkedFunction &function = in.program().functions[ref.function];
  const Call &call = (*function.body)[ref.call];
  Index<Value> pool = row.kind == DependencyKind::Pool && in.get<StartupOnly>()[ref.function] ? valueAt(function, call, row.subject) : Index<Value>();
  if (!pool)
    return false;
  auto isEarlierSpawn = [&](const SpawnUse &spawn) {
    return spawn.call.function == ref.function && (*function.body)[spawn.call.call].site.offset < call.site.offset;
  };
  auto isMadeHere = [&](const Arrival &arrival) {
    return arrival.origin.function == ref.function ||
           llvm::any_of(arrival.origin.via, [&](CallRef by) { return by.function == ref.function; });
  };
  const std::vector<Arrival> &arrivals = in.get<Subjects>().provenance().resolve(ref.function, pool);
  return !arrivals.empty() && llvm::all_of(arrivals, isMadeHere) && llvm::none_of(in.get<Entries>().spawns, isEarlierSpawn);
}

/// The library of the object is asked over the network, or for a process of its own.
bool isOfDependency(const RoleIndex &roles, const rules::Subject &subject) {
  const rules::Pack *pack = roles.packOf(subject);
  return pack && llvm::any_of(pack->calls, [](const rules::DependencyCall &call) { return call.kind != DependencyKind::LocalWait; });
}

/// The function hands out a connection that its own class makes: who waits in there waits for somebody to give one back,
/// as long as that one's dependency takes.
bool leasesConnection(const Inputs<RoleIndex, Subjects> &in, const LinkedFunction &function) {
  const Subjects &subjects = in.get<Subjects>();
  auto isOwn = [&](uint32_t maker) { return in.program().functions[maker].body->record == function.body->record; };
  auto isConnection = [&](const Arrival &arrival) {
    const rules::Subject *kind = arrival.origin.kind == Origin::Creation ? subjects.kindOf(arrival.origin) : nullptr;
    return kind && isOfDependency(in.get<RoleIndex>(), *kind) &&
           (isOwn(arrival.origin.function) || llvm::any_of(arrival.origin.via, [&](CallRef by) { return isOwn(by.function); }));
  };
  return function.body->record && llvm::any_of(subjects.provenance().returned(function.position), [&](Index<Value> value) {
           return llvm::any_of(subjects.provenance().resolve(function.position, value, /*intoCallers=*/false), isConnection);
         });
}

/// What the row says of the call, before its phases are judged.
DependencyUse describe(const Dependencies::Needs &in, const rules::DependencyCall &row, CallRef ref) {
  DependencyUse use;
  use.call = ref;
  use.rule = row.fullId();
  use.callee = (*in.program().functions[ref.function].body)[ref.call].name.str();
  use.kind = row.kind;
  if (row.kind == DependencyKind::LocalWait && !row.isIdleWait && leasesConnection(in, in.program().functions[ref.function]))
    use.kind = DependencyKind::Pool;
  use.isLocalWait = use.kind == DependencyKind::LocalWait;
  use.isIdleWait = row.isIdleWait;
  use.isAsync = row.isAsync;
  use.isContinued = row.isContinued;
  use.failsWhileReady = row.failsWhileReady;
  use.onRequestPath = in.get<RequestPaths>()[ref.function];
  use.defaultText = row.defaultText;
  use.advice = row.advice;
  return use;
}

/// A condition that is part of a lock of the program's own.
bool isOwnLock(const Dependencies::Needs &in, CallRef ref) {
  const Call &call = (*in.program().functions[ref.function].body)[ref.call];
  auto waits = [](const rules::Lock *row) { return row->does == rules::Lock::Wait; };
  return llvm::any_of(in.get<RoleIndex>().of(call.callee).locks, waits) &&
         isWaitForOwnLock(in.program(), in.get<Subjects>().provenance(), ref);
}

/// Fills the phases. Returns why the row does not count for the call; empty if it does.
llvm::StringRef judge(const Dependencies::Needs &in, const InstanceStates &instances,
                      const rules::DependencyCall &row, DependencyUse &use) {
  if (isFirstLease(in, row, use.call))
    return "the pool has just been made here while the program starts, and nobody else has a lease";
  if (use.isLocalWait && in.get<BinarySemaphores>().isOfLock(use.call))
    return "the semaphore is a lock, made with one permit, and it waits for whoever holds that";
  if (use.isLocalWait && isOwnLock(in, use.call))
    return "it is part of a lock of the program's own, and waits for whoever holds that";
  if (!evaluateBounds(in.program(), in.get<RoleIndex>(), in.get<Subjects>(), instances, row, use))
    return "what the row asks of its arguments, or of the kind of its object, does not hold here";
  return {};
}

/// The wait is one for another host, whoever waits for it.
void makeRemote(DependencyUse &use) {
  use.isLocalWait = use.isIdleWait = false;
  if (use.onRequestPath != OnRequestPath::Unknown)
    return;
  for (PhaseBound &phase : use.phases) {
    phase.confidence = std::min(phase.confidence, Confidence::Medium);
    phase.doubt = "that somebody waits for the answer is likely, no entry point is known to lead here";
  }
}

/// Each slice has a limit, all of them have none.
void joinSlices(DependencyUse &use) {
  if (use.phases.empty())
    use.phases.emplace_back().phase = "wait";
  for (PhaseBound &phase : use.phases) {
    phase.state = BoundState::Unset;
    phase.valueNs.reset();
    phase.reason = "it waits in slices, and only the answer ends the loop around them";
    phase.confidence = Confidence::Medium;
    phase.doubt = "that nothing else ends the loop is told by what it asks";
  }
}

bool isLimited(const DependencyUse &use) {
  return llvm::all_of(use.phases, [](const PhaseBound &phase) { return phase.state == BoundState::Set; });
}

/// A pause in a loop that asks for an answer, where a request waits for it.
std::optional<DependencyUse> pauseInSlices(const Dependencies::Needs &in, CallRef ref) {
  const rules::Pause *row = in.get<RequestPaths>()[ref.function] == OnRequestPath::Unknown
                                ? nullptr
                                : pauseAt(in.program(), in.get<RoleIndex>(), ref);
  if (!row || !loopOfSlices(in.program(), in.get<RoleIndex>(), ref))
    return std::nullopt;
  DependencyUse use;
  use.call = ref;
  use.rule = row->fullId();
  use.callee = (*in.program().functions[ref.function].body)[ref.call].name.str();
  use.kind = DependencyKind::LocalWait;
  use.isLocalWait = true;
  use.onRequestPath = in.get<RequestPaths>()[ref.function];
  use.advice = "give up after a limit, or wait for a condition with one";
  joinSlices(use);
  return use;
}

/// Nothing but one call, on an object that a parameter brings: an override in front of a library's function.
std::optional<uint32_t> forwardedParameter(const LinkedFunction &function, const DependencyUse &use) {
  const Function &body = *function.body;
  bool isPlain = body.calls.size() == 1 && body.branches.empty() && body.loops.empty() && body.switches.empty() && body.assigns.empty();
  return isPlain && use.subjectValue ? parameterOf(body, use.subjectValue) : std::nullopt;
}

/// What callers choose through an interface or a pointer is judged at each of them, with the object that it gives.
std::vector<DependencyUse> usesAtCallers(const Dependencies::Needs &in, const InstanceStates &instances,
                                         const rules::DependencyCall &row, const DependencyUse &use) {
  const LinkedFunction &function = in.program().functions[use.call.function];
  std::vector<DependencyUse> uses;
  std::optional<uint32_t> parameter = forwardedParameter(function, use);
  auto isChosen = [](const CallEdge &edge) { return edge.kind == EdgeKind::Virtual || edge.kind == EdgeKind::Callable; };
  if (!parameter || function.callers.empty() || !llvm::all_of(function.callers, isChosen))
    return uses;
  for (const CallEdge &edge : function.callers) {
    DependencyUse there = describe(in, row, use.call);
    GivenSubject given{{edge.caller, edge.call}, argumentOf(in.program(), edge, *parameter)};
    if (!given.subject || !evaluateBounds(in.program(), in.get<RoleIndex>(), in.get<Subjects>(), instances, row, there, given))
      continue;
    there.call = given.caller;
    there.onRequestPath = in.get<RequestPaths>()[edge.caller];
    there.subjectValue = given.subject;
    uses.push_back(std::move(there));
  }
  return uses;
}

} // namespace

Dependencies Dependencies::run(const Needs &in) {
  Dependencies result;
  const Deadlines::Result &deadlines = in.get<Deadlines>();
  RemoteAnswers remote({in});
  const InstanceStates instances(in.program(), in.get<Subjects>(), in.get<Unreached>());
  for (const LinkedFunction &function : in.program().functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      if (std::optional<DependencyUse> pause = pauseInSlices(in, {function.position, Index<Call>(i)})) {
        result.uses.add(std::move(*pause));
        continue;
      }
      llvm::StringRef rejected; // Why a row that names the call does not count.
      // Rows stand in order of precedence.
      for (const rules::DependencyCall *row : in.get<RoleIndex>().of(function.body->calls[i].callee).calls) {
        DependencyUse use = describe(in, *row, {function.position, Index<Call>(i)});
        rejected = judge(in, instances, *row, use);
        if (rejected.empty() && use.isLocalWait && hasVisibleProducer(in, *row, use.call)) {
          rejected = "the work that it waits for is started in sight, and judged there";
          result.ownWaits.add(std::move(use));
        }
        if (!rejected.empty())
          continue;
        if (use.isLocalWait && !use.isIdleWait && isLimited(use) && loopOfSlices(in.program(), in.get<RoleIndex>(), use.call))
          joinSlices(use);
        if (remote.isAwaited(*row, use))
          makeRemote(use);
        if (std::vector<DependencyUse> atCallers = usesAtCallers(in, instances, *row, use); !atCallers.empty()) {
          result.forwarded.insert(use.call);
          llvm::append_range(result.atCallers, std::move(atCallers));
        }
        if (auto deadline = deadlines.find(use.call); deadline != deadlines.end())
          applyDeadline(in.program(), deadline->second, use);
        result.uses.add(std::move(use));
        break;
      }
      if (!rejected.empty())
        result.rejections.push_back({function.position, Index<Call>(i), {}, rejected});
    }
  return result;
}

} // namespace opex
