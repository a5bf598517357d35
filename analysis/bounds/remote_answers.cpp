#include "analysis/bounds/remote_answers.h"

#include "analysis/body/loops.h"
#include "analysis/body/order.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

/// The row means a call that brings something in from another host.
bool readsFromAfar(const rules::DependencyCall &row) {
  bool isRemote = row.kind != DependencyKind::LocalWait && row.kind != DependencyKind::Pool && row.kind != DependencyKind::Subprocess &&
                  row.kind != DependencyKind::Dns;
  return isRemote && llvm::any_of(row.phases, [](const rules::Phase &phase) { return phase.kind == PhaseKind::Asking; });
}

/// The member or global of the project that the value is in: `pending_` of `pending_[id]`, `found->second`, of what was moved
/// out of either.
EntityId homeOf(const Program &program, const Function &body, Index<Value> value) {
  while (value) {
    value = withoutCasts(body, value);
    const Value &v = body[value];
    Index<Value> inner = v.operands.empty() ? Index<Value>() : v.operands[0];
    switch (v.kind) {
    case ValueKind::Global: return v.entity;
    case ValueKind::Field: {
      const Declaration *member = program.declaration(v.entity);
      const Record *record = member ? program.record(member->parent) : nullptr;
      if (record && record->inProject)
        return v.entity;
      value = inner;
      break;
    }
    case ValueKind::Element:
    case ValueKind::Deref:
    case ValueKind::AddressOf: value = inner; break;
    case ValueKind::Local: {
      const Local &local = body.locals[v.index];
      value = local.kind == LocalKind::Capture || local.kind == LocalKind::Parameter ? Index<Value>() : local.init;
      break;
    }
    case ValueKind::Call: {
      const Call &call = body.calls[v.index];
      value = call.kind != CallKind::Constructor ? targetOf(call) : call.arguments.empty() ? Index<Value>() : call.arguments[0];
      break;
    }
    default: return {};
    }
  }
  return {};
}

} // namespace

RemoteAnswers::RemoteAnswers(const Needs &in) : in_(in), program_(in.program()) {
  findReaders();
  findKept();
}

void RemoteAnswers::findReaders() {
  std::vector<uint32_t> open;
  auto add = [&](uint32_t function) {
    if (readers_.insert(function).second)
      open.push_back(function);
  };
  for (const LinkedFunction &function : program_.functions)
    if (llvm::any_of(function.body->calls, [&](const Call &call) { return llvm::any_of(in_.get<RoleIndex>().of(call.callee).calls, [](const rules::DependencyCall *row) { return readsFromAfar(*row); }); }))
      add(function.position);
  while (!open.empty()) {
    uint32_t function = open.back();
    open.pop_back();
    for (const CallEdge &edge : program_.functions[function].callers)
      if (edge.isCertain())
        add(edge.caller);
  }
}

/// Something before the call in its function reads from another host.
bool RemoteAnswers::asksFirst(const LinkedFunction &function, Index<Call> call) const {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    bool reads = llvm::any_of(in_.get<RoleIndex>().of(body.calls[i].callee).calls, [](const rules::DependencyCall *row) { return readsFromAfar(*row); }) ||
                 llvm::any_of(program_.calleesAt(function, Index<Call>(i)), [&](const CallEdge &edge) { return edge.isCertain() && readers_.contains(edge.callee); });
    if (reads && i != call.value && standsBefore(body, momentOf(body, Index<Call>(i)), momentOf(body, call)))
      return true;
  }
  return false;
}

/// What keeps the promise has read first, or is run by what has, or when something has come.
bool RemoteAnswers::comesFromNetwork(CallRef keeps) const {
  std::set<uint32_t> seen = {keeps.function};
  std::vector<CallRef> open = {keeps};
  while (!open.empty()) {
    CallRef at = open.back();
    open.pop_back();
    const LinkedFunction &function = program_.functions[at.function];
    if (asksFirst(function, at.call))
      return true;
    for (const CallEdge &edge : function.callers) {
      const LinkedFunction &caller = program_.functions[edge.caller];
      const Roles &roles = in_.get<RoleIndex>().of((*caller.body)[edge.call].callee);
      bool isCompletion = edge.kind == EdgeKind::Passed && llvm::any_of(roles.calls, [](const rules::DependencyCall *row) { return row->isAsync && row->kind != DependencyKind::LocalWait; });
      if (isCompletion)
        return true;
      if (edge.kind != EdgeKind::Passed && seen.insert(edge.caller).second)
        open.push_back({edge.caller, edge.call});
    }
  }
  return false;
}

/// Promises are told by what makes futures of them: other methods of theirs, with a home, keep them.
void RemoteAnswers::findKept() {
  std::set<EntityId> promises;
  for (const auto &[id, declaration] : program_.declarations)
    if (llvm::any_of(in_.get<RoleIndex>().of(id).makers, [](const rules::Maker *maker) { return maker->made.kind == rules::Place::Return && maker->inherits.kind == rules::Place::None; }) && declaration.first->kind == EntityKind::Method)
      promises.insert(declaration.first->parent);
  for (const LinkedFunction &function : program_.functions)
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      const Call &call = function.body->calls[i];
      const Declaration *declaration = call.kind == CallKind::Method ? program_.declaration(call.callee) : nullptr;
      if (!declaration || !promises.contains(declaration->parent) || !in_.get<RoleIndex>().of(call.callee).makers.empty())
        continue;
      EntityId home = homeOf(program_, *function.body, call.object);
      if (home && !kept_.contains(home) && comesFromNetwork({function.position, Index<Call>(i)}))
        kept_.insert(home);
    }
}

/// Where the promise behind the future is kept: the member that it was made in, or that it goes into.
std::set<EntityId> RemoteAnswers::homesOf(const Origin &origin) const {
  std::set<EntityId> homes;
  if (origin.kind != Origin::Creation)
    return homes;
  const Function &body = *program_.functions[origin.function].body;
  const Call &made = body.calls[origin.index];
  if (!made.object)
    return homes;
  homes.insert(homeOf(program_, body, made.object));
  std::optional<uint32_t> promise = localOf(body, made.object);
  for (const Call &call : body.calls)
    if (promise && llvm::any_of(call.arguments, [&](Index<Value> argument) {
          return argument && mentionsPlace(body, argument, Place::ofLocal(*promise));
        }))
      homes.insert(homeOf(program_, body, targetOf(call)));
  homes.erase(EntityId());
  return homes;
}

/// It goes round, in the function itself or in those that run it, or begins a thread: it waits for whatever comes.
bool RemoteAnswers::isLooped(uint32_t start) const {
  std::set<uint32_t> seen = {start};
  std::vector<uint32_t> open = {start};
  while (!open.empty()) {
    const LinkedFunction &function = program_.functions[open.back()];
    open.pop_back();
    for (const CallEdge &edge : function.callers) {
      const LinkedFunction &caller = program_.functions[edge.caller];
      bool isLasting = llvm::any_of(loopsAround(*caller.body, (*caller.body)[edge.call].block), [&](Index<Loop> loop) {
        Rounds::Kind kind = roundsOf(program_, caller, loop).kind;
        return kind == Rounds::Condition || kind == Rounds::Endless;
      });
      if (isLasting || edge.kind == EdgeKind::Passed)
        return true;
      if (seen.insert(edge.caller).second)
        open.push_back(edge.caller);
    }
  }
  return false;
}

bool RemoteAnswers::isAwaited(const rules::DependencyCall &row, const DependencyUse &use) {
  const LinkedFunction &function = program_.functions[use.call.function];
  const Function &body = *function.body;
  if (row.isIdleWait) // One answer of a completion queue, and not a server's or worker's rounds.
    return row.kind == DependencyKind::Rpc && loopsAround(body, body[use.call.call].block).empty() && !isLooped(use.call.function);
  if (row.kind != DependencyKind::LocalWait || kept_.empty())
    return false;
  Index<Value> subject = valueAt(function, body[use.call.call], row.subject);
  if (!subject)
    return false;
  return isKeptFromAfar(use.call.function, subject);
}

/// The future, or what it was made or moved from, belongs to such a promise.
bool RemoteAnswers::isKeptFromAfar(uint32_t function, Index<Value> future) const {
  const Subjects &subjects = in_.get<Subjects>();
  std::set<Origin> seen;
  std::vector<HeldSubject> open = {{function, future}};
  while (!open.empty()) {
    HeldSubject at = open.back();
    open.pop_back();
    for (const Arrival &arrival : subjects.provenance().resolve(at.function, at.value)) {
      if (!seen.insert(arrival.origin).second)
        continue;
      if (llvm::any_of(homesOf(arrival.origin), [&](EntityId home) { return kept_.contains(home); }))
        return true;
      llvm::append_range(open, subjects.heldBy(arrival.origin));
    }
  }
  return false;
}

} // namespace opex
