#include "analysis/bounds/dependencies.h"

#include "analysis/bounds/bounds.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Whether the object comes from a spawn whose work is visible; looks through variables it is kept in.
bool isSpawned(const Inputs<Entries, Subjects> &in, const Origin &origin, unsigned depth) {
  if (origin.kind == Origin::Creation) {
    const SpawnUse *spawn = in.get<Entries>().spawns.at({origin.function, Index<Call>(origin.index)});
    return spawn && !spawn->entries.empty();
  }
  const Subjects &subjects = in.get<Subjects>();
  std::vector<HeldSubject> held = depth < 4 ? subjects.heldBy(origin) : std::vector<HeldSubject>();
  return !held.empty() && llvm::all_of(held, [&](const HeldSubject &keeper) {
    const std::vector<Arrival> &arrivals = subjects.provenance().resolve(keeper.function, keeper.value);
    return !arrivals.empty() && llvm::all_of(arrivals, [&](const Arrival &arrival) {
      return isSpawned(in, arrival.origin, depth + 1);
    });
  });
}

/// The waited-for work is visible: what it waits for is judged there, not at the wait.
bool hasVisibleProducer(const Inputs<Entries, Subjects> &in, const rules::DependencyCall &row, CallRef ref) {
  const LinkedFunction &function = in.program().functions[ref.function];
  Index<Value> value = valueAt(function, (*function.body)[ref.call], row.subject);
  if (!value)
    return false;
  const std::vector<Arrival> &arrivals = in.get<Subjects>().provenance().resolve(ref.function, value);
  return !arrivals.empty() && llvm::all_of(arrivals, [&](const Arrival &arrival) {
    return isSpawned(in, arrival.origin, 0);
  });
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

/// What the row says of the call, before its phases are judged.
DependencyUse describe(const Dependencies::Needs &in, const rules::DependencyCall &row, CallRef ref) {
  DependencyUse use;
  use.call = ref;
  use.rule = row.fullId();
  use.callee = (*in.program().functions[ref.function].body)[ref.call].name.str();
  use.kind = row.kind;
  use.isLocalWait = row.kind == DependencyKind::LocalWait;
  use.isIdleWait = row.isIdleWait;
  use.isAsync = row.isAsync;
  use.isContinued = row.isContinued;
  use.onRequestPath = in.get<RequestPaths>()[ref.function];
  use.defaultText = row.defaultText;
  use.advice = row.advice;
  return use;
}

/// Fills the phases. Returns why the row does not count for the call; empty if it does.
llvm::StringRef judge(const Dependencies::Needs &in, const rules::DependencyCall &row, DependencyUse &use) {
  if (isFirstLease(in, row, use.call))
    return "the pool has just been made here while the program starts, and nobody else has a lease";
  if (!evaluateBounds(in.program(), in.get<RoleIndex>(), in.get<Subjects>(), row, use))
    return "what the row asks of its arguments, or of the kind of its object, does not hold here";
  return {};
}

} // namespace

Dependencies Dependencies::run(const Needs &in) {
  Dependencies result;
  const Deadlines::Result &deadlines = in.get<Deadlines>();
  for (const LinkedFunction &function : in.program().functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      llvm::StringRef rejected; // Why a row that names the call does not count.
      // Rows stand in order of precedence.
      for (const rules::DependencyCall *row : in.get<RoleIndex>().of(function.body->calls[i].callee).calls) {
        DependencyUse use = describe(in, *row, {function.position, Index<Call>(i)});
        rejected = judge(in, *row, use);
        if (rejected.empty() && use.isLocalWait && hasVisibleProducer(in, *row, use.call)) {
          rejected = "the work that it waits for is started in sight, and judged there";
          result.ownWaits.add(std::move(use));
        }
        if (!rejected.empty())
          continue;
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
