#include "analysis/bounds/deadlines.h"

#include "analysis/entries/reach.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>

namespace opex {
namespace {

class Finder {
public:
  Finder(const Program &program, const RoleIndex &roles, const Subjects &subjects)
      : program_(program), roles_(roles), subjects_(subjects) {}

  std::map<CallRef, EnclosingDeadline> run() {
    for (const LinkedFunction &function : program_.functions)
      for (uint32_t i = 0; i < function.body->calls.size(); ++i)
        for (const rules::Deadline *row : roles_.of(function.body->calls[i].callee).deadlines)
          collect(function, Index<Call>(i), *row);
    return std::move(limited_);
  }

private:
  void collect(const LinkedFunction &function, Index<Call> index, const rules::Deadline &row) {
    const Call &call = (*function.body)[index];
    EnclosingDeadline deadline{{function.position, index}, {}};
    deadline.limit.kind = LimitValue::Unknown; // It always limits.
    Frame here{function.position, {}};
    if (Index<Value> value = row.amount ? valueAt(function, call, row.amount->from) : Index<Value>())
      deadline.limit = limitOf(program_, subjects_.constants(), subjects_.provenance(), here, call.block, value, *row.amount);
    if (deadline.limit.kind == LimitValue::Infinite || deadline.limit.kind == LimitValue::Mixed)
      return;
    Index<Value> work = valueAt(function, call, row.work);
    if (!work)
      return;
    for (const Arrival &arrival : subjects_.provenance().resolve(function.position, work))
      if (arrival.origin.kind == Origin::Creation && !arrival.isPossible)
        limited_.try_emplace({arrival.origin.function, Index<Call>(arrival.origin.index)}, deadline);
    std::vector<uint32_t> entries = entriesOf(program_, subjects_, function, index, row.work);
    llvm::erase_if(entries, [&](uint32_t entry) { return isCalledElsewhere(entry); });
    coverFunctions(entries, deadline);
  }

  /// By name, so without the deadline; the helper itself calls what it was given.
  bool isCalledElsewhere(uint32_t entry) const {
    return llvm::any_of(program_.functions[entry].callers,
                        [&](const CallEdge &by) { return by.isCertain() && !isLimited(by); });
  }

  /// The functions, and what is called from there only.
  void coverFunctions(const std::vector<uint32_t> &functions, const EnclosingDeadline &deadline) {
    std::deque<uint32_t> open(functions.begin(), functions.end());
    while (!open.empty()) {
      const LinkedFunction &function = program_.functions[open.front()];
      open.pop_front();
      for (uint32_t i = 0; i < function.body->calls.size(); ++i)
        limited_.try_emplace({function.position, Index<Call>(i)}, deadline);
      for (const CallEdge &edge : function.callees) {
        const LinkedFunction &callee = program_.functions[edge.callee];
        bool isNew = !callee.body->calls.empty() && !limited_.contains({edge.callee, Index<Call>(0)});
        bool isOnlyHere = llvm::all_of(callee.callers, [&](const CallEdge &by) { return isLimited(by); });
        if (isNew && edge.isCertain() && isOnlyHere)
          open.push_back(edge.callee);
      }
    }
  }

  bool isLimited(const CallEdge &edge) const { return limited_.contains({edge.caller, edge.call}); }

  const Program &program_;
  const RoleIndex &roles_;
  const Subjects &subjects_;
  std::map<CallRef, EnclosingDeadline> limited_;
};

} // namespace

Deadlines::Result Deadlines::run(const Needs &in) {
  return Finder(in.program(), in.get<RoleIndex>(), in.get<Subjects>()).run();
}

void applyDeadline(const Program &program, const EnclosingDeadline &deadline, DependencyUse &use) {
  const LinkedFunction &around = program.functions[deadline.by.function];
  const Call &call = (*around.body)[deadline.by.call];
  use.deadlineBy = deadline.by;
  use.deadlineNs = deadline.limit.ns;
  for (PhaseBound &phase : use.phases) {
    if (phase.state == BoundState::Set)
      continue;
    phase.state = BoundState::Set;
    phase.limitedBy = "deadline around it";
    phase.valueNs = deadline.limit.ns;
    phase.reason.clear();
    phase.consequence.clear();
    phase.isNeverSet = false;
    phase.way.clear();
    phase.evidence = {{program.location(around, call.site), "`" + unqualified(call.name).str() + "` limits it", false}};
    phase.others.clear();
  }
}

} // namespace opex
