#include "analysis/reach.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>

namespace opex {

std::vector<uint32_t> callablesIn(const Program &program, Subjects &subjects, const LinkedFunction &function,
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

std::vector<uint32_t> entriesOf(const Program &program, Subjects &subjects, const LinkedFunction &function,
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

/// Whether the method, or one it overrides, is meant by a row without a handler argument.
const rules::EntryPoint *entryRow(const Program &program, const RoleIndex &roles, const LinkedFunction &function) {
  std::vector<EntityId> methods = {function.body->id};
  std::set<EntityId> seen;
  while (!methods.empty()) {
    EntityId method = methods.back();
    methods.pop_back();
    if (!seen.insert(method).second)
      continue;
    for (const rules::EntryPoint *row : roles.of(method).entryPoints)
      if (row->handler.kind == rules::Place::None && (method != function.body->id || !row->match.subtypeOf.empty()))
        return row;
    for (uint32_t position : program.bodies.count(method) ? program.bodies.at(method) : std::vector<uint32_t>())
      llvm::append_range(methods, program.functions[position].body->overrides);
    if (method == function.body->id)
      llvm::append_range(methods, function.body->overrides);
  }
  return nullptr;
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

void collect(Program &program, const RoleIndex &roles, Subjects &subjects) {
  Annotations &notes = program.annotations;
  std::map<uint32_t, std::string> entries;
  for (const LinkedFunction &function : program.functions) {
    if (const rules::EntryPoint *row = entryRow(program, roles, function))
      entries.try_emplace(function.position, row->kind);
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      Index<Call> index(i);
      const Roles &role = roles.of(function.body->calls[i].callee);
      for (const rules::EntryPoint *row : role.entryPoints)
        if (row->handler.kind != rules::Place::None)
          for (uint32_t entry : entriesOf(program, subjects, function, index, row->handler))
            entries.try_emplace(entry, row->kind);
      for (const rules::Spawn *row : spawnsOf(roles, function, function.body->calls[i])) {
        std::vector<uint32_t> started = entriesOf(program, subjects, function, index, row->entry);
        if (!role.spawns.empty() || !started.empty())
          notes.spawns.push_back({{function.position, index}, std::move(started), row->isThread});
      }
    }
  }
  for (const auto &[function, kind] : entries)
    notes.entryPoints.push_back({function, kind});
}

} // namespace

void annotateReach(Program &program, const RoleIndex &roles, Subjects &subjects) {
  collect(program, roles, subjects);
  Annotations &notes = program.annotations;
  notes.onRequestPath.assign(program.functions.size(), 0);
  std::deque<uint32_t> queue;
  auto visit = [&](uint32_t function, uint8_t certainty) {
    if (notes.onRequestPath[function] >= certainty)
      return;
    notes.onRequestPath[function] = certainty;
    queue.push_back(function);
  };
  for (const EntryPointUse &entry : notes.entryPoints)
    visit(entry.function, 2);
  while (!queue.empty()) {
    const LinkedFunction &function = program.functions[queue.front()];
    queue.pop_front();
    for (const CallEdge &edge : function.callees) {
      const SpawnUse *spawn = notes.spawn({edge.caller, edge.call});
      if (spawn && spawn->isThread && edge.kind == EdgeKind::Passed)
        continue; // It goes on without the request.
      visit(edge.callee, edge.isCertain() ? notes.onRequestPath[function.position] : 1);
    }
  }
}

} // namespace opex
