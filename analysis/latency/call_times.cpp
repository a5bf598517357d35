#include "analysis/latency/call_times.h"

#include "analysis/entries/reach.h"
#include "analysis/body/identity.h"
#include "analysis/body/region.h"
#include "analysis/bounds/phase_limits.h"
#include "analysis/calls/work.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {

static std::string quoted(llvm::StringRef name) { return "`" + unqualified(name).str() + "`"; }

CallTimes::CallTimes(const Needs &in)
    : functions(in.program().functions.size()), in_(in), program_(in.program()), roles_(in.get<RoleIndex>()),
      subjects_(in.get<Subjects>()), deadlines_(in.get<Deadlines>()) {
  for (const auto &[call, deadline] : deadlines_)
    limiting_.try_emplace(deadline.by, &deadline);
  const std::vector<RetryUse> &uses = in.get<Retries>().retries;
  for (uint32_t i = 0; i < uses.size(); ++i) {
    if (uses[i].call)
      retriesByCall_.try_emplace({uses[i].function, uses[i].call}, i);
    // A jump back has no loop: what it does again is told by its work.
    if (uses[i].form == RetryForm::Loop && !uses[i].loop)
      for (CallRef work : uses[i].work)
        retriesByCall_.try_emplace(work, i);
  }
  for (const SpawnUse &spawn : in.get<Entries>().spawns)
    entries_.insert(spawn.entries.begin(), spawn.entries.end());
  for (const IterationUse &use : in.get<Statements>().iterations)
    iterations_.try_emplace(use.call, &use);
}

TimeFactor CallTimes::factorOf(const Attempts &attempts) {
  TimeFactor factor;
  if (attempts.kind == Attempts::Known)
    factor.count = std::max<int64_t>(attempts.count, 1);
  else
    factor.text = attempts.kind == Attempts::Unbounded                        ? "∞"
                  : attempts.kind == Attempts::Symbol && !attempts.text.empty() ? "`" + attempts.text + "`"
                                                                              : "?";
  return factor;
}

const RetryUse *CallTimes::retryAt(CallRef call, RetryForm form) const {
  auto found = retriesByCall_.find(call);
  if (found == retriesByCall_.end())
    return nullptr;
  const RetryUse &use = in_.get<Retries>().retries[found->second];
  return use.form == form ? &use : nullptr;
}

const rules::Pause *CallTimes::pauseRow(CallRef call) const {
  if (!in_.get<Statements>().isPause(call))
    return nullptr;
  const Function &body = *program_.functions[call.function].body;
  for (const rules::Pause *row : roles_.of(body[call.call].callee).pauses)
    if (row->amount)
      return row;
  return nullptr;
}

Timed CallTimes::of(const LinkedFunction &function, Index<Call> index) {
  CallRef call{function.position, index};
  Timed time;
  if (in_.get<Statements>().logs.at(call) || in_.get<Entries>().spawns.at(call))
    return time;
  if (const DependencyUse *use = in_.get<Dependencies>().at(call))
    time = dependency(*use);
  else if (const rules::Pause *row = pauseRow(call))
    time = pause(call, *row);
  else if (const RetryUse *use = retryAt(call, RetryForm::Helper))
    time = helper(function, index, *use);
  else
    time = callees(function, index);
  if (const RetryUse *use = time.isNothing() ? nullptr : retryAt(call, RetryForm::Loop)) {
    TimeFactor factor = factorOf(use->attempts);
    int64_t attempts = factor.isKnown() ? factor.count : 1;
    time = repeated(factor, use->attempts.text.empty(), attempts, std::move(time));
  }
  return limited(call, std::move(time));
}

/// A limit that the call has; points in time are told apart by the variable, or by where they are given.
SymbolicTime CallTimes::timeOf(CallRef call, int64_t ns, const TimePoint &until,
                               const std::vector<ChainStep> &evidence) const {
  const Function &body = *program_.functions[call.function].body;
  if (until.kind == TimePoint::Local && until.function == call.function)
    return SymbolicTime::until(ns, std::to_string(until.local), body.locals[until.local].block.value);
  if (until.kind != TimePoint::None && !evidence.empty()) {
    const Location &given = evidence.front().where;
    return SymbolicTime::until(ns, given.path + ":" + std::to_string(given.line) + ":" + std::to_string(given.column));
  }
  return SymbolicTime::known(ns);
}

/// Each phase takes its limit; one limit over several phases counts once.
Timed CallTimes::dependency(const DependencyUse &use) const {
  Timed time;
  if (use.isAsync)
    return time; // What it costs is waited for elsewhere.
  bool isUnlimited = llvm::any_of(use.phases, [](const PhaseBound &phase) { return isMissing(phase.state); });
  bool isOpen = false;
  for (const PhaseBound &phase : use.phases) {
    if (phase.state != BoundState::Set || !phase.valueNs || phase.until.kind == TimePoint::Elsewhere) {
      isOpen = true;
      continue;
    }
    if (isUnlimited && !phase.isChosen)
      continue; // That no limit was thought of is the fault, and it is reported as such.
    if (sharesEarlierLimit(use, phase))
      continue;
    time.worst.time = time.worst.time + timeOf(use.call, *phase.valueNs, phase.until, phase.evidence);
    if (phase.confidence == Confidence::High && phase.isChosen)
      time.worst.sureNs = saturatingSum(time.worst.sureNs, std::max<int64_t>(*phase.valueNs, 0));
  }
  if (isUnlimited && !use.isLocalWait)
    time.worst.time = time.worst.time + SymbolicTime::unlimited(quoted(use.callee));
  else if (isOpen)
    time.worst.time = time.worst.time + SymbolicTime::unknown(quoted(use.callee));
  if (!use.isLocalWait) {
    const RetryUse *library = retryAt(use.call, RetryForm::Library);
    bool multiplies = library && library->attempts.kind == Attempts::Known && !library->isGuarded;
    time.worst.amplification = multiplies ? library->attempts.count : 1;
  }
  int64_t ns = time.worst.time.atLeastNs();
  time.heaviest.push_back({use.call, ns, ns, Contribution::kNothing});
  return time;
}

Timed CallTimes::pause(CallRef call, const rules::Pause &row) {
  Timed time;
  const LinkedFunction &function = program_.functions[call.function];
  const Call &site = (*function.body)[call.call];
  Index<Value> value = valueAt(function, site, row.amount->from);
  if (!value)
    return time;
  LimitValue limit = limitOf(program_, subjects_.constants(), subjects_.provenance(), {call.function, {}}, site.block,
                             value, *row.amount);
  if (limit.kind == LimitValue::Finite && limit.ns && limit.until.kind != TimePoint::Elsewhere) {
    time.worst.time = timeOf(call, *limit.ns, limit.until, {});
    time.worst.sureNs = std::max<int64_t>(*limit.ns, 0);
    time.heaviest.push_back({call, time.worst.sureNs, time.worst.sureNs, Contribution::kNothing});
    return time;
  }
  std::string text = spell(program_, *function.body, value, 30);
  time.worst.time = SymbolicTime::unknown(text.empty() ? "pause" : "`" + text + "`");
  return time;
}

/// Who is handed a function and only keeps it, or hands it on to another thread, does not run it.
bool CallTimes::isRun(const LinkedFunction &caller, const CallEdge &edge) const {
  bool isOnlyKept = edge.kind == EdgeKind::Passed && (*caller.body)[edge.call].kind == CallKind::Constructor;
  return !isOnlyKept && (edge.isCertain() || !entries_.contains(edge.callee));
}

void CallTimes::addNeeded(const LinkedFunction &caller, Index<Call> index, llvm::SmallVectorImpl<uint32_t> &into) const {
  CallRef call{caller.position, index};
  const Function &body = *caller.body;
  auto addEntries = [&](CallRef spawn) {
    if (const SpawnUse *use = in_.get<Entries>().spawns.at(spawn))
      into.append(use->entries.begin(), use->entries.end());
  };
  addEntries(call);
  llvm::for_each(joinedBy(caller, index), addEntries);
  if (in_.get<Statements>().logs.at(call) || in_.get<Entries>().spawns.at(call) || waits(call) ||
      parameterRunBy(body, body[index]))
    return;
  for (const CallEdge &edge : program_.calleesAt(caller, index)) {
    if (!isRun(caller, edge))
      continue;
    into.push_back(edge.callee);
    for (uint32_t parameter : in_.get<RunParameters>().of(edge.callee))
      if (parameter < body[index].arguments.size() && body[index].arguments[parameter])
        llvm::append_range(into, callablesHeld(program_, subjects_, caller, body[index].arguments[parameter]));
  }
}

Timed CallTimes::callees(const LinkedFunction &caller, Index<Call> index) {
  CallRef call{caller.position, index};
  const Function &body = *caller.body;
  if (std::optional<uint32_t> parameter = parameterRunBy(body, body[index])) {
    Timed time;
    time.worst.time = SymbolicTime::ofParameter(*parameter, "`" + body.locals[*parameter].name.str() + "`");
    return time;
  }
  std::map<uint32_t, Timed> ways; // By callee.
  for (const CallEdge &edge : program_.calleesAt(caller, index)) {
    Timed time = isRun(caller, edge) ? function(edge.callee) : Timed();
    if (time.isNothing())
      continue;
    time = bound(caller, index, edge, std::move(time));
    if (!edge.isCertain())
      time.worst.sureNs = 0;
    ways[edge.callee] = longest(ways[edge.callee], time);
  }
  Timed worst;
  for (const auto &[callee, time] : ways)
    worst = longest(worst, time);
  if (auto iteration = iterations_.find(call); iteration != iterations_.end() && !worst.isNothing())
    worst = repeated({0, "each", TimeFactor::kNoParameter, 0}, false, 1, std::move(worst));
  return worst;
}

/// A retry helper: what it is given, as often as this call says; where its body is not seen, nothing else is known.
Timed CallTimes::helper(const LinkedFunction &caller, Index<Call> index, const RetryUse &use) {
  TimeFactor factor = factorOf(use.attempts);
  int64_t attempts = factor.isKnown() ? factor.count : 1;
  bool isSure = use.attempts.text.empty();
  Timed time = callees(caller, index);
  bool isSeen = llvm::any_of(program_.calleesAt(caller, index), [](const CallEdge &edge) { return edge.isCertain(); });
  if (!isSeen)
    time = repeated(factor, isSure, attempts, std::move(time));
  else
    time.worst.amplification = saturatingProduct(time.worst.amplification, attempts);
  retries[uint32_t(&use - in_.get<Retries>().retries.data())] = time;
  return time;
}

/// What the argument for a parameter of the callee does when it is called. `runs` becomes the function.
Timed CallTimes::argument(const LinkedFunction &caller, Index<Call> index, uint32_t parameter, uint32_t &runs) {
  const Function &body = *caller.body;
  const Call &call = body[index];
  Timed worst;
  if (parameter >= call.arguments.size() || !call.arguments[parameter])
    return worst;
  const Value &value = body[callableIn(body, call.arguments[parameter])];
  if (value.kind == ValueKind::Local && value.index < body.parameterCount) { // Handed on.
    worst.worst.time = SymbolicTime::ofParameter(value.index, "`" + body.locals[value.index].name.str() + "`");
    return worst;
  }
  std::vector<uint32_t> held = callablesHeld(program_, subjects_, caller, call.arguments[parameter]);
  llvm::sort(held);
  for (uint32_t position : held) {
    Timed time = function(position);
    if (time.worst.time.atLeastNs() >= worst.worst.time.atLeastNs())
      runs = position;
    worst = longest(worst, time);
  }
  return worst;
}

/// The callee's time as this call makes it: with the callables and the numbers that it is given.
Timed CallTimes::bound(const LinkedFunction &caller, Index<Call> index, const CallEdge &edge, Timed time) {
  CallRef call{caller.position, index};
  uint32_t runs = edge.callee;
  Timed result;
  result.worst = time.worst;
  if (time.worst.time.hasParameters()) {
    const RetryUse *use = retryAt(call, RetryForm::Helper);
    bool isSure = !use || use->attempts.text.empty();
    auto callable = [&](const SymbolicTime &unknown) {
      if (unknown.parameter() == TimeFactor::kNoParameter)
        return unknown;
      Timed work = argument(caller, index, unknown.parameter(), runs);
      isSure &= work.worst.sureNs == work.worst.time.atLeastNs();
      result.worst.amplification = std::max(result.worst.amplification, work.worst.amplification);
      return work.worst.time;
    };
    auto count = [&](const TimeFactor &factor) {
      if (use)
        return factorOf(use->attempts);
      TimeFactor here{0, factor.text, TimeFactor::kNoParameter, 0};
      const Call &site = (*caller.body)[index];
      if (factor.parameter >= site.arguments.size() || !site.arguments[factor.parameter])
        return here;
      NumberSet numbers = subjects_.constants().of({caller.position, {}}, site.arguments[factor.parameter]);
      if (numbers.known.size() == 1 && !numbers.isUnknown && *numbers.known.begin() < INT32_MAX)
        here.count = std::max<int64_t>(*numbers.known.begin() + factor.offset, 0);
      return here;
    };
    result.worst.time = time.worst.time.substituted(callable, count);
    int64_t more = result.worst.time.atLeastNs() - time.worst.time.atLeastNs();
    if (isSure && more > 0)
      result.worst.sureNs = saturatingSum(result.worst.sureNs, more);
    if (more <= time.worst.time.atLeastNs())
      runs = edge.callee;
  }
  result.worst.time = result.worst.time.released().summedUp();
  int64_t ns = result.worst.time.atLeastNs();
  result.heaviest.push_back({call, ns, ns, runs});
  return result;
}

/// No longer than the deadline around it.
Timed CallTimes::limited(CallRef call, Timed time) const {
  const EnclosingDeadline *deadline = nullptr;
  if (auto found = deadlines_.find(call); found != deadlines_.end())
    deadline = &found->second;
  else if (auto by = limiting_.find(call); by != limiting_.end())
    deadline = by->second;
  if (!deadline || time.isNothing() || !deadline->limit.ns)
    return time;
  int64_t limit = std::max<int64_t>(*deadline->limit.ns, 0);
  if (time.worst.time.atLeastNs() <= limit)
    return time;
  time.worst.time = SymbolicTime::known(limit);
  time.worst.sureNs = std::min(time.worst.sureNs, limit);
  for (Contribution &contribution : time.heaviest)
    contribution.onceNs = contribution.allNs = std::min(contribution.allNs, limit);
  return time;
}

Timed CallTimes::spawned(const SpawnUse &spawn) const {
  Timed worst;
  std::vector<uint32_t> entries = spawn.entries;
  llvm::sort(entries);
  for (uint32_t entry : entries)
    if (functions[entry] && !functions[entry]->isNothing()) {
      Timed time;
      time.worst = functions[entry]->worst;
      int64_t ns = time.worst.time.atLeastNs();
      time.heaviest.push_back({spawn.call, ns, ns, entry});
      worst = longest(worst, time);
    }
  return worst;
}

llvm::SmallVector<CallRef, 1> CallTimes::joinedBy(const LinkedFunction &function, Index<Call> index) const {
  llvm::SmallVector<CallRef, 1> spawns;
  const Call &call = (*function.body)[index];
  for (const rules::DependencyCall *row : roles_.of(call.callee).calls) {
    Index<Value> value = row->kind == DependencyKind::LocalWait ? valueAt(function, call, row->subject) : Index<Value>();
    if (!value)
      continue;
    for (const Arrival &arrival : subjects_.provenance().resolve(function.position, value)) {
      std::vector<Arrival> ends = {arrival};
      for (const HeldSubject &held : subjects_.heldBy(arrival.origin))
        llvm::append_range(ends, subjects_.provenance().resolve(held.function, held.value));
      for (const Arrival &end : ends)
        if (CallRef made{end.origin.function, Index<Call>(end.origin.index)};
            end.origin.kind == Origin::Creation && in_.get<Entries>().spawns.at(made))
          spawns.push_back(made);
    }
  }
  return spawns;
}

} // namespace opex
