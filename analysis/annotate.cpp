#include "analysis/annotate.h"

#include "analysis/bounds/bounds.h"
#include "analysis/apis/constructions.h"
#include "analysis/bounds/deadlines.h"
#include "analysis/latency/latency.h"
#include "analysis/fallbacks/fallbacks.h"
#include "analysis/queues/queues.h"
#include "analysis/execution/reach.h"
#include "analysis/retries/retries.h"
#include "analysis/execution/startup.h"
#include "analysis/calls/statements.h"
#include "analysis/execution/unreached.h"
#include "analysis/apis/versions.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// Whether the object comes from a spawn whose work is visible; looks through variables it is kept in.
bool isSpawned(const Program &program, Subjects &subjects, const Origin &origin, unsigned depth) {
  if (origin.kind == Origin::Creation) {
    const SpawnUse *spawn = program.annotations.spawn({origin.function, Index<Call>(origin.index)});
    return spawn && !spawn->entries.empty();
  }
  std::vector<HeldSubject> held = depth < 4 ? subjects.heldBy(origin) : std::vector<HeldSubject>();
  return !held.empty() && llvm::all_of(held, [&](const HeldSubject &in) {
    const std::vector<Arrival> &arrivals = subjects.provenance().resolve(in.function, in.value);
    return !arrivals.empty() && llvm::all_of(arrivals, [&](const Arrival &arrival) {
      return isSpawned(program, subjects, arrival.origin, depth + 1);
    });
  });
}

/// The waited-for work is visible: what it waits for is judged there, not at the wait.
bool hasVisibleProducer(const Program &program, Subjects &subjects, const rules::DependencyCall &row, CallRef ref) {
  const LinkedFunction &function = program.functions[ref.function];
  Index<Value> value = valueAt(function, (*function.body)[ref.call], row.subject);
  if (!value)
    return false;
  const std::vector<Arrival> &arrivals = subjects.provenance().resolve(ref.function, value);
  return !arrivals.empty() && llvm::all_of(arrivals, [&](const Arrival &arrival) {
    return isSpawned(program, subjects, arrival.origin, 0);
  });
}

/// A lease of a pool that this function made while the program starts, before anything of it runs elsewhere: nobody
/// else can have one.
bool isFirstLease(const Program &program, Subjects &subjects, const rules::DependencyCall &row, CallRef ref,
                  const std::vector<uint8_t> &startup) {
  const LinkedFunction &function = program.functions[ref.function];
  const Call &call = (*function.body)[ref.call];
  Index<Value> pool = row.kind == rules::DependencyKind::Pool && startup[ref.function] ? valueAt(function, call, row.subject) : Index<Value>();
  if (!pool)
    return false;
  auto isEarlierSpawn = [&](const SpawnUse &spawn) {
    return spawn.call.function == ref.function && (*function.body)[spawn.call.call].site.offset < call.site.offset;
  };
  auto isMadeHere = [&](const Arrival &arrival) {
    return arrival.origin.function == ref.function ||
           llvm::any_of(arrival.origin.via, [&](CallRef by) { return by.function == ref.function; });
  };
  const std::vector<Arrival> &arrivals = subjects.provenance().resolve(ref.function, pool);
  return !arrivals.empty() && llvm::all_of(arrivals, isMadeHere) && llvm::none_of(program.annotations.spawns, isEarlierSpawn);
}

void annotateDependencies(Program &program, const RoleIndex &roles, Subjects &subjects,
                          const std::map<CallRef, EnclosingDeadline> &deadlines) {
  const std::vector<uint8_t> startup = startupOnly(program);
  for (const LinkedFunction &function : program.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      const Call &call = function.body->calls[i];
      llvm::StringRef passedOver; // Why a row that names the call does not count.
      for (const rules::DependencyCall *row : roles.of(call.callee).calls) {
        DependencyUse use;
        use.call = {function.position, Index<Call>(i)};
        use.rule = row->fullId();
        use.callee = call.name.str();
        use.kind = toString(row->kind);
        use.isLocalWait = row->kind == rules::DependencyKind::LocalWait;
        use.isIdleWait = row->isIdleWait;
        use.isContinued = row->isContinued;
        use.onRequestPath = program.annotations.onRequestPath[function.position] > 0;
        use.isPossiblePath = program.annotations.onRequestPath[function.position] == 1;
        use.defaultText = row->defaultText;
        use.advice = row->advice;
        if (use.isLocalWait && hasVisibleProducer(program, subjects, *row, use.call)) {
          passedOver = "the work that it waits for is started in sight, and judged there";
          continue;
        }
        if (isFirstLease(program, subjects, *row, use.call, startup)) {
          passedOver = "the pool has just been made here while the program starts, and nobody else has a lease";
          continue;
        }
        if (!evaluateBounds(program, roles, subjects, *row, use)) {
          passedOver = "what the row asks of its arguments, or of the kind of its object, does not hold here";
          continue;
        }
        passedOver = {};
        if (auto deadline = deadlines.find(use.call); deadline != deadlines.end())
          applyDeadline(program, deadline->second, use);
        program.annotations.dependencies.push_back(std::move(use));
        break; // Rows stand in order of precedence.
      }
      if (!passedOver.empty())
        program.annotations.passedOver.push_back({function.position, Index<Call>(i), {}, passedOver});
    }
}

} // namespace

void annotate(Program &program, const rules::RuleSet &allRules,
              llvm::function_ref<void(llvm::StringRef)> passDone) {
  auto ends = [&](llvm::StringRef pass) {
    if (passDone)
      passDone(pass);
  };
  program.annotations = {};
  const rules::RuleSet rules = rulesFor(program, allRules);
  RoleIndex roles(program, rules);
  ends("roles");
  linkConstructions(program, roles);
  ends("constructions");
  Subjects subjects(program, roles);
  ends("subjects");
  annotateReach(program, roles, subjects);
  program.annotations.unreached = unreachedFunctions(program);
  ends("reach");
  annotateStatements(program, roles);
  ends("statements");
  const std::map<CallRef, EnclosingDeadline> deadlines = findDeadlines(program, roles, subjects);
  annotateDependencies(program, roles, subjects, deadlines);
  ends("dependencies");
  annotateWork(program, roles, subjects);
  ends("work");
  annotateQueues(program, roles, subjects);
  ends("queues");
  annotateRetries(program, roles, subjects);
  ends("retries");
  annotateLatency(program, roles, subjects, deadlines);
  ends("latency");
  annotateModes(program, roles, subjects);
  ends("modes");
}

} // namespace opex
