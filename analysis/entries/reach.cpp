#include "analysis/entries/reach.h"

#include "analysis/body/exits.h"
#include "analysis/entries/servers.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>

namespace opex {

std::vector<uint32_t> callablesIn(const Program &program, const Subjects &subjects, const LinkedFunction &function,
                                  Index<Value> value) {
  std::vector<uint32_t> result;
  if (!value)
    return result;
  for (const Arrival &arrival : subjects.provenance().resolve(function.position, value)) {
    if (arrival.origin.kind != Origin::Callable)
      continue;
    if (auto found = program.bodies.find(arrival.origin.entity); found != program.bodies.end())
      result.insert(result.end(), found->second.begin(), found->second.end());
  }
  llvm::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::vector<uint32_t> callablesHeld(const Program &program, const Subjects &subjects, const LinkedFunction &function,
                                    Index<Value> value, unsigned depth) {
  std::vector<uint32_t> callables = callablesIn(program, subjects, function, value);
  if (!callables.empty() || !value || depth > 2)
    return callables;
  for (const Arrival &arrival : subjects.provenance().resolve(function.position, value)) {
    if (arrival.origin.kind != Origin::Creation)
      continue;
    const LinkedFunction &maker = program.functions[arrival.origin.function];
    const Call &made = maker.body->calls[arrival.origin.index];
    // Handed to code out of sight, which calls it or keeps it: std::bind.
    for (const CallEdge &edge : program.calleesAt(maker, Index<Call>(arrival.origin.index)))
      if (edge.kind == EdgeKind::Passed)
        callables.push_back(edge.callee);
    if (made.kind == CallKind::Constructor)
      for (Index<Value> argument : made.arguments)
        llvm::append_range(callables, callablesHeld(program, subjects, maker, argument, depth + 1));
  }
  llvm::sort(callables);
  callables.erase(std::unique(callables.begin(), callables.end()), callables.end());
  return callables;
}

std::vector<uint32_t> entriesOf(const Program &program, const Subjects &subjects, const LinkedFunction &function,
                                Index<Call> index, const rules::Place &place) {
  const Call &call = (*function.body)[index];
  std::vector<uint32_t> entries = callablesIn(program, subjects, function, valueAt(function, call, place));
  if (entries.empty())
    for (const CallEdge &edge : program.calleesAt(function, index))
      if (edge.kind == EdgeKind::Passed)
        entries.push_back(edge.callee);
  return entries;
}

namespace {

/// A row means who overrides what it names; also that itself if it is the class that is told, or if it is nobody's to
/// override: a plain function, or an overrider named in full.
bool meansItself(const rules::EntryPoint &row, const Function &body) {
  bool isNamed = llvm::any_of(row.match.names, [&](const std::string &name) { return name == body.name; });
  return !row.match.subtypeOf.empty() || (isNamed && (!body.isVirtual || !body.overrides.empty()));
}

/// The rows without a handler argument that mean the method, or one it overrides.
void forEachEntryRow(const Program &program, const RoleIndex &roles, const LinkedFunction &function,
                     llvm::function_ref<void(const rules::EntryPoint &)> visit) {
  std::vector<EntityId> methods = {function.body->id};
  std::set<EntityId> seen;
  while (!methods.empty()) {
    EntityId method = methods.back();
    methods.pop_back();
    if (!seen.insert(method).second)
      continue;
    for (const rules::EntryPoint *row : roles.of(method).entryPoints)
      if (row->handler.kind == rules::Place::None && row->connection.kind == rules::Place::None && (method != function.body->id || meansItself(*row, *function.body)))
        visit(*row);
    for (uint32_t position : program.bodies.count(method) ? program.bodies.at(method) : std::vector<uint32_t>())
      llvm::append_range(methods, program.functions[position].body->overrides);
    if (method == function.body->id)
      llvm::append_range(methods, function.body->overrides);
  }
}

/// Rows of the call, or of a thread it constructs out of sight: `make_unique<std::thread>(work)`,
/// `threads.emplace_back(work)`.
llvm::ArrayRef<const rules::Spawn *> spawnsOf(const RoleIndex &roles, const LinkedFunction &function, const Call &call) {
  const Roles &own = roles.of(call.callee);
  if (!own.spawns.empty())
    return own.spawns;
  const Type *made = constructedOutOfSight(function, call, own);
  bool isPush = llvm::any_of(own.queues, [](const QueueRole &role) { return role.call->does == rules::QueueCall::Push; });
  Index<Type> container = isPush && call.object && !call.arguments.empty() ? (*function.body)[call.object].type : Index<Type>();
  if (container && !(*function.unit)[container].arguments.empty())
    made = &(*function.unit)[(*function.unit)[container].arguments[0]];
  return made && made->kind == TypeClass::Record ? llvm::ArrayRef(roles.ofConstructor(made->recordName).spawns)
                                                 : llvm::ArrayRef<const rules::Spawn *>();
}

} // namespace

Entries Entries::run(const Needs &in) {
  const Program &program = in.program();
  const RoleIndex &roles = in.get<RoleIndex>();
  const Subjects &subjects = in.get<Subjects>();
  Entries result;
  std::map<uint32_t, EntryPointUse> entries;
  // Where several rows mean a function, it is one entry point, and the shortest answer counts.
  auto enter = [&](uint32_t function, const rules::EntryPoint &row) {
    EntryPointUse &use = entries.try_emplace(function, EntryPointUse{function, row.kind, row.slaNs, row.fullId()}).first->second;
    if (row.slaNs && (!use.slaNs || *row.slaNs < *use.slaNs)) {
      use.slaNs = row.slaNs;
      use.rule = row.fullId();
    }
  };
  for (const LinkedFunction &function : program.functions) {
    forEachEntryRow(program, roles, function, [&](const rules::EntryPoint &row) { enter(function.position, row); });
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      Index<Call> index(i);
      const Roles &role = roles.of(function.body->calls[i].callee);
      for (const rules::EntryPoint *row : role.entryPoints)
        if (row->handler.kind != rules::Place::None)
          for (uint32_t entry : entriesOf(program, subjects, function, index, row->handler))
            enter(entry, *row);
      for (const rules::Spawn *row : spawnsOf(roles, function, function.body->calls[i])) {
        std::vector<uint32_t> started = entriesOf(program, subjects, function, index, row->entry);
        if (!role.spawns.empty() || !started.empty())
          result.spawns.add({{function.position, index}, std::move(started), row->isThread});
      }
    }
  }
  for (auto &[function, use] : entries)
    result.entryPoints.push_back(std::move(use));
  result.ofConnections = functionsOfConnections(program, roles, result.spawns);
  return result;
}

std::set<CallRef> callsHandedOver(const Inputs<Entries> &in, bool threadsOnly) {
  std::set<CallRef> calls;
  for (const SpawnUse &spawn : in.get<Entries>().spawns) {
    const Function &body = *in.program().functions[spawn.call.function].body;
    for (Index<Value> argument : body[spawn.call.call].arguments)
      if (argument && body[argument].kind == ValueKind::Call && (spawn.isThread || !threadsOnly))
        calls.insert({spawn.call.function, Index<Call>(body[argument].index)});
  }
  return calls;
}

RequestPaths::Result RequestPaths::run(const Needs &in) {
  const Program &program = in.program();
  const Entries &entries = in.get<Entries>();
  const std::set<CallRef> onThreads = callsHandedOver(in, /*threadsOnly=*/true);
  Result paths(program.functions.size(), OnRequestPath::Unknown);
  std::deque<uint32_t> queue;
  auto visit = [&](uint32_t function, OnRequestPath certainty) {
    if (paths[function] >= certainty)
      return;
    paths[function] = certainty;
    queue.push_back(function);
  };
  for (const EntryPointUse &entry : entries.entryPoints)
    visit(entry.function, OnRequestPath::Sure);
  for (uint32_t function : entries.ofConnections)
    visit(function, OnRequestPath::Possible);
  std::set<uint32_t> ofThreads;
  for (const SpawnUse &spawn : entries.spawns)
    if (spawn.isThread)
      ofThreads.insert(spawn.entries.begin(), spawn.entries.end());
  while (!queue.empty()) {
    const LinkedFunction &function = program.functions[queue.front()];
    queue.pop_front();
    for (const CallEdge &edge : function.callees) {
      bool isOfThread = edge.kind == EdgeKind::Passed && ofThreads.contains(edge.callee);
      if (isOfThread || onThreads.contains({edge.caller, edge.call}))
        continue; // It goes on without the request, wherever the thread is kept.
      if (endsProcess(program, edge))
        continue;
      visit(edge.callee, edge.isCertain() ? paths[function.position] : OnRequestPath::Possible);
    }
  }
  return paths;
}

} // namespace opex
