#include "analysis/entries/servers.h"

#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>

namespace opex {
namespace {

/// How a function hands out connections to its callers.
struct GivesConnections {
  bool byResult = false;
  std::set<uint32_t> byParameter; ///< Through these.

  bool any() const { return byResult || !byParameter.empty(); }
  bool operator==(const GivesConnections &) const = default;
};

/// One function, with the variables of it that are, or hold, a connection.
class Acceptor {
public:
  Acceptor(const Program &program, const RoleIndex &roles, llvm::ArrayRef<GivesConnections> known,
           const std::set<EntityId> &kept, const LinkedFunction &function)
      : program_(program), roles_(roles), known_(known), kept_(kept), function_(function),
        body_(*function.body) {
    for (uint32_t i = 0; i < body_.calls.size(); ++i)
      addSource(i);
    if (any())
      spread();
  }

  bool any() const { return !sources_.empty() || !connections_.empty(); }

  GivesConnections gives() const {
    GivesConnections result;
    for (const Exit &exit : body_.exits)
      result.byResult |= exit.kind == ExitKind::Return && exit.value && isConnection(exit.value);
    for (uint32_t local : connections_)
      if (local < body_.parameterCount)
        result.byParameter.insert(local);
    return result;
  }

  /// The call has the connection as its object or an argument.
  bool has(const Call &call) const {
    return isConnection(call.object) ||
           llvm::any_of(call.arguments, [&](Index<Value> argument) { return isConnection(argument); });
  }

  bool isConnection(Index<Value> value) const {
    return mentions(body_, value, [&](const Value &v) {
      return (v.kind == ValueKind::Local && connections_.contains(v.index)) ||
             (v.kind == ValueKind::Call && sources_.contains(v.index));
    });
  }

  /// Members that connections are put into, to be taken out of them elsewhere.
  void addKept(std::set<EntityId> &kept) const {
    for (const Call &call : body_.calls)
      if (isQueueCall(call, rules::QueueCall::Push) &&
          llvm::any_of(call.arguments, [&](Index<Value> a) { return isConnection(a); }))
        if (EntityId member = lastVariableOf(body_, call.object).entity)
          kept.insert(member);
  }

private:
  bool isQueueCall(const Call &call, rules::QueueCall::Does does) const {
    return llvm::any_of(roles_.of(call.callee).queues,
                        [&](const QueueRole &role) { return role.call->does == does; });
  }

  void addSource(uint32_t index) {
    const Call &call = body_.calls[index];
    for (const rules::EntryPoint *row : roles_.of(call.callee).entryPoints) {
      if (row->connection.kind == rules::Place::Return)
        sources_.insert(index);
      else if (row->connection.kind != rules::Place::None)
        add(valueAt(function_, call, row->connection));
    }
    for (const CallEdge &edge : program_.calleesAt(function_, Index<Call>(index))) {
      if (!edge.isCertain() && edge.kind != EdgeKind::Virtual)
        continue;
      if (known_[edge.callee].byResult)
        sources_.insert(index);
      for (uint32_t parameter : known_[edge.callee].byParameter)
        add(argumentOf(program_, edge, parameter));
    }
    // `handlers.front()`, `queue.pop()` of what connections are put into.
    if (call.object && !isQueueCall(call, rules::QueueCall::Push) &&
        kept_.contains(lastVariableOf(body_, call.object).entity) && call.result == ResultUse::Used)
      sources_.insert(index);
  }

  /// Texts, truths and fractions that are made from a connection are none.
  bool mayHold(uint32_t local) const {
    if (!body_.locals[local].type)
      return true;
    const Type &type = (*function_.unit)[body_.locals[local].type];
    return type.kind != TypeClass::Bool && type.kind != TypeClass::Float &&
           !type.recordName.starts_with("std::basic_string") &&
           !(type.kind == TypeClass::Pointer && !type.record && type.canonical.contains("char"));
  }

  void add(Index<Value> value) {
    if (std::optional<uint32_t> local = localOf(body_, value); local && mayHold(*local))
      connections_.insert(*local);
  }

  /// Into variables that are made from one, and into objects of this function that are given one.
  void spread() {
    for (size_t before = SIZE_MAX; before != connections_.size();) {
      before = connections_.size();
      for (uint32_t i = body_.parameterCount; i < body_.locals.size(); ++i)
        if (body_.locals[i].kind != LocalKind::Capture && isConnection(body_.locals[i].init) && mayHold(i))
          connections_.insert(i);
      for (const Assign &assign : body_.assigns)
        if (isConnection(assign.value))
          add(assign.target);
      for (const Call &call : body_.calls)
        if (call.object && !isConnection(call.object) &&
            llvm::any_of(call.arguments, [&](Index<Value> argument) { return isConnection(argument); }))
          add(call.object);
    }
  }

  const Program &program_;
  const RoleIndex &roles_;
  llvm::ArrayRef<GivesConnections> known_;
  const std::set<EntityId> &kept_;
  const LinkedFunction &function_;
  const Function &body_;
  std::set<uint32_t> sources_;     ///< Calls whose result is one.
  std::set<uint32_t> connections_; ///< Locals.
};

class Servers {
public:
  Servers(const Program &program, const RoleIndex &roles, const ByCall<SpawnUse> &spawns)
      : program_(program), roles_(roles), spawns_(spawns), known_(program.functions.size()) {}

  std::vector<uint32_t> find() {
    settleGivers();
    std::set<EntityId> kept;
    for (uint32_t position : acceptors_)
      acceptor(position).addKept(kept);
    kept_ = std::move(kept);
    for (const LinkedFunction &function : program_.functions)
      if (Acceptor acceptor(program_, roles_, known_, kept_, function); acceptor.any())
        serve(function, acceptor);
    return {served_.begin(), served_.end()};
  }

private:
  Acceptor acceptor(uint32_t position) const {
    return Acceptor(program_, roles_, known_, kept_, program_.functions[position]);
  }

  /// What accepts itself, and its callers as long as they hand on what they got.
  void settleGivers() {
    std::deque<uint32_t> queue;
    for (const LinkedFunction &function : program_.functions)
      if (llvm::any_of(function.body->calls, [&](const Call &call) {
            return llvm::any_of(roles_.of(call.callee).entryPoints, [](const rules::EntryPoint *row) {
              return row->connection.kind != rules::Place::None;
            });
          }))
        queue.push_back(function.position);
    while (!queue.empty()) {
      uint32_t position = queue.front();
      queue.pop_front();
      acceptors_.insert(position);
      GivesConnections gives = acceptor(position).gives();
      if (gives == known_[position])
        continue;
      known_[position] = std::move(gives);
      for (const CallEdge &edge : program_.functions[position].callers)
        queue.push_back(edge.caller);
    }
  }

  void serve(const LinkedFunction &function, const Acceptor &acceptor) {
    for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
      const Call &call = function.body->calls[i];
      if (!acceptor.has(call) || call.kind == CallKind::Destructor)
        continue;
      if (const SpawnUse *spawn = spawns_.at({function.position, Index<Call>(i)}))
        served_.insert(spawn->entries.begin(), spawn->entries.end());
      for (const CallEdge &edge : program_.calleesAt(function, Index<Call>(i))) {
        const Function &callee = *program_.functions[edge.callee].body;
        if (edge.kind == EdgeKind::Passed)
          served_.insert(edge.callee);
        else if (const Type *type = typeOfObject(function, call); type && acceptor.isConnection(call.object))
          setGoing(type->record, edge.callee);
        else if (callee.kind != FunctionKind::Constructor && edge.kind != EdgeKind::Callable &&
                 !known_[edge.callee].any())
          served_.insert(edge.callee);
      }
    }
  }

  const Type *typeOfObject(const LinkedFunction &function, const Call &call) const {
    Index<Value> object = withoutCasts(*function.body, call.object);
    const Type *type =
        object && (*function.body)[object].type ? &(*function.unit)[(*function.body)[object].type] : nullptr;
    return type && type->record ? type : nullptr;
  }

  /// The object is told to start, by a method that a base may have: what of its own class runs then. What
  /// only the base has serves others as well.
  void setGoing(EntityId record, uint32_t method) {
    std::set<EntityId> family;
    for (const Record *base : program_.withBases(record))
      family.insert(base->id);
    std::set<uint32_t> seen = {method};
    std::deque<uint32_t> queue = {method};
    while (!queue.empty() && seen.size() < kMaxMethods) {
      const LinkedFunction &function = program_.functions[queue.front()];
      queue.pop_front();
      if (recordOf(function) == record)
        served_.insert(function.position);
      for (const CallEdge &edge : function.callees) {
        const LinkedFunction &callee = program_.functions[edge.callee];
        if (family.contains(recordOf(callee)) && seen.insert(edge.callee).second)
          queue.push_back(edge.callee);
      }
    }
  }

  /// The class of a method, or of the one that a lambda stands in.
  EntityId recordOf(const LinkedFunction &function) const {
    const LinkedFunction *around = &function;
    while (!around->body->record)
      if (!(around = program_.enclosing(*around)))
        return {};
    return around->body->record;
  }

  static constexpr size_t kMaxMethods = 64;
  const Program &program_;
  const RoleIndex &roles_;
  const ByCall<SpawnUse> &spawns_;
  std::vector<GivesConnections> known_; ///< By position.
  std::set<uint32_t> acceptors_;
  std::set<EntityId> kept_; ///< Members that connections wait in.
  std::set<uint32_t> served_;
};

} // namespace

std::vector<uint32_t> functionsOfConnections(const Program &program, const RoleIndex &roles,
                                             const ByCall<SpawnUse> &spawns) {
  return Servers(program, roles, spawns).find();
}

} // namespace opex
