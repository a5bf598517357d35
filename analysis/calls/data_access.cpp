#include "analysis/calls/data_access.h"

#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/calls/statements.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

#include <set>

namespace opex {
namespace {

constexpr unsigned kMaxPath = 6; ///< Calls: what is asked further down is no longer what the call is about.
constexpr size_t kMaxLeaves = 64;
constexpr unsigned kMaxPathsToLeaf = 3;
constexpr size_t kHubLeaves = 12;
constexpr size_t kMaxTargets = 3; ///< Of one call: beyond that, what it runs is anyone's guess.

/// It only leads up to asking.
bool isPreparation(const DependencyUse &use) {
  return !use.phases.empty() &&
         llvm::all_of(use.phases, [](const PhaseBound &phase) { return phase.kind == PhaseKind::Preparation; });
}

Touch::Access accessOf(const DependencyUse &use) {
  switch (use.kind) {
  case DependencyKind::Dns: return Touch::Read;
  case DependencyKind::Http:
  case DependencyKind::Rpc: return isPreparation(use) ? Touch::Other : Touch::Read;
  case DependencyKind::Database:
  case DependencyKind::Cache:
  case DependencyKind::Broker:
  case DependencyKind::Socket:
  case DependencyKind::Subprocess:
  case DependencyKind::Pool:
  case DependencyKind::LocalWait: return Touch::Other;
  }
  llvm_unreachable("unknown kind");
}

} // namespace

EntityId keptIn(const Function &function, Index<Value> index) {
  while (index) {
    const Value &value = function[index];
    if (value.kind == ValueKind::Field || value.kind == ValueKind::Global)
      return value.entity;
    if (value.kind == ValueKind::Local) {
      // A static variable has no entity of its own: it is its function's n-th.
      LocalKind kind = function.locals[value.index].kind;
      bool isKept = kind == LocalKind::Static || kind == LocalKind::ThreadLocal;
      return isKept ? EntityId{function.id.hash ^ (value.index + 1) * 0x9e3779b97f4a7c15} : EntityId();
    }
    if (value.kind == ValueKind::Call) {
      const Call &call = function.calls[value.index];
      // What an accessor hands out, `Cache::instance()`, is told apart by the accessor.
      bool isAccessor =
          call.arguments.empty() && (call.kind == CallKind::Function || call.kind == CallKind::Method);
      if (call.kind != CallKind::Operator)
        return isAccessor ? call.callee : EntityId();
      index = targetOf(call);
      continue;
    }
    bool isWrapped = value.kind == ValueKind::Deref || value.kind == ValueKind::AddressOf ||
                     value.kind == ValueKind::Cast || value.kind == ValueKind::Element;
    if (!isWrapped || value.operands.empty())
      return {};
    index = value.operands.front();
  }
  return {};
}

bool Touches::isLeaf(CallRef ref) const {
  const DependencyUse *use = in_.get<Dependencies>().at(ref);
  if (use && !use->isLocalWait && !use->isIdleWait)
    return true;
  const Call &call = (*program_.functions[ref.function].body)[ref.call];
  return !roles_.of(call.callee).stores.empty();
}

const std::vector<Touches::Leaf> &Touches::leavesIn(uint32_t function, unsigned calls) {
  auto [entry, isNew] = leaves_.try_emplace({function, calls});
  if (!isNew)
    return entry->second;
  std::vector<Leaf> all;
  std::map<CallRef, unsigned> paths;
  auto comesRound = [&](const Leaf &leaf) {
    auto isHere = [&](CallRef ref) { return ref.function == function; };
    return !leaf.path.empty() && (isHere(leaf.call) || llvm::any_of(llvm::drop_end(leaf.path), isHere));
  };
  auto add = [&](std::vector<Leaf> leaves) {
    for (Leaf &leaf : leaves)
      if (!comesRound(leaf) && all.size() < kMaxLeaves && ++paths[leaf.call] <= kMaxPathsToLeaf)
        all.push_back(std::move(leaf));
  };
  for (uint32_t i = 0; i < program_.functions[function].body->calls.size(); ++i)
    add(leavesAt({function, Index<Call>(i)}, calls));
  if (calls > 0)
    add(leavesOfWork(program_.functions[function], calls - 1));
  return entry->second = std::move(all);
}

/// `task.run = worker; pool.add(task);`: what a function puts into a variable of its own to be run later.
std::vector<Touches::Leaf> Touches::leavesOfWork(const LinkedFunction &function, unsigned calls) {
  std::vector<Leaf> all;
  const Function &body = *function.body;
  for (const Assign &assign : body.assigns) {
    if (!assign.value || body[assign.target].kind != ValueKind::Field)
      continue;
    const Value *value = &body[assign.value];
    while ((value->kind == ValueKind::AddressOf || value->kind == ValueKind::Cast) &&
           !value->operands.empty())
      value = &body[value->operands[0]];
    if (!localOf(body, assign.target) ||
        (value->kind != ValueKind::Function && value->kind != ValueKind::Lambda))
      continue;
    auto bodies = program_.bodies.find(value->entity);
    if (bodies == program_.bodies.end())
      continue;
    for (uint32_t position : bodies->second)
      for (Leaf leaf : leavesIn(position, calls)) {
        leaf.isPossible = leaf.isHandedOver = true;
        all.push_back(std::move(leaf));
      }
  }
  return all;
}

std::vector<Touches::Leaf> Touches::leavesAt(CallRef ref, unsigned calls) {
  std::vector<Leaf> all;
  if (isLeaf(ref))
    all.push_back({ref, {}, false});
  const LinkedFunction &function = program_.functions[ref.function];
  llvm::ArrayRef<CallEdge> edges = program_.calleesAt(function, ref.call);
  const SpawnUse *spawn = in_.get<Entries>().spawns.at(ref);
  if (calls == 0 || edges.size() > kMaxTargets || (spawn && spawn->isThread))
    return all;
  bool isConstruction = (*function.body)[ref.call].kind == CallKind::Constructor;
  for (const CallEdge &edge : edges) {
    if (isConstruction && edge.kind == EdgeKind::Passed)
      continue; // Kept, to be run by whoever is given the object.
    for (Leaf leaf : leavesIn(edge.callee, calls - 1)) {
      leaf.path.push_back(ref);
      leaf.isPossible |= !edge.isCertain();
      all.push_back(std::move(leaf));
    }
  }
  return all;
}

/// The value is written into the program, here or where the path begins.
bool Touches::isFixed(const Leaf &leaf, Index<Value> key) const {
  const Function *body = program_.functions[leaf.call.function].body;
  llvm::ArrayRef<CallRef> above = leaf.isHandedOver ? llvm::ArrayRef<CallRef>() : llvm::ArrayRef(leaf.path);
  while (key) {
    const Value &value = (*body)[key];
    if (value.constant || value.kind == ValueKind::String)
      return true;
    if (value.kind == ValueKind::Cast && !value.operands.empty()) {
      key = value.operands.front();
      continue;
    }
    if (value.kind == ValueKind::Call && body->calls[value.index].kind == CallKind::Constructor &&
        !body->calls[value.index].arguments.empty()) {
      key = body->calls[value.index].arguments.front();
      continue;
    }
    if (value.kind != ValueKind::Local || value.index >= body->parameterCount || above.empty())
      return false;
    body = program_.functions[above.front().function].body;
    const Call &call = (*body)[above.front().call];
    key = value.index < call.arguments.size() ? call.arguments[value.index] : Index<Value>();
    above = above.drop_front();
  }
  return false;
}

std::optional<Touch> Touches::judge(const Leaf &leaf) {
  const LinkedFunction &function = program_.functions[leaf.call.function];
  const Call &call = (*function.body)[leaf.call.call];
  Touch touch;
  touch.call = leaf.call;
  touch.path = leaf.path;
  touch.callee = call.name.str();
  touch.isPossible = leaf.isPossible;
  if (const DependencyUse *use = in_.get<Dependencies>().at(leaf.call);
      use && !use->isLocalWait && !use->isIdleWait) {
    touch.dependency = use;
    touch.kind = use->kind;
    touch.access = accessOf(*use);
  }
  if (const rules::Store *row =
          storeRowOf(subjects_, roles_,
                     {function.position, leaf.isHandedOver ? std::vector<CallRef>() : leaf.path}, call)) {
    touch.access = row->access == rules::Store::Write  ? Touch::Write
                   : row->access == rules::Store::Both ? Touch::Make
                                                       : Touch::Read;
    touch.kind = row->isContainer ? std::nullopt : std::optional(row->kind);
    touch.isEmbedded = row->isEmbedded;
    if (row->isContainer && !(touch.container = keptIn(*function.body, targetOf(call))))
      return std::nullopt;
    // A setting by its name, not one of many things that may be there.
    if (row->isContainer && isFixed(leaf, valueAt(function, call, row->key)))
      return std::nullopt;
    return touch;
  }
  return touch.dependency ? std::optional(std::move(touch)) : std::nullopt;
}

const std::vector<Touch> &Touches::of(CallRef call) {
  auto [entry, isNew] = memo_.try_emplace(call);
  if (!isNew)
    return entry->second;
  std::vector<Touch> touches;
  for (const Leaf &leaf : leavesAt(call, kMaxPath))
    if (std::optional<Touch> touch = judge(leaf))
      touches.push_back(std::move(*touch));
  return memo_[call] = std::move(touches);
}

bool Touches::asksItself(const LinkedFunction &function) const {
  for (uint32_t i = 0; i < function.body->calls.size(); ++i)
    if (const DependencyUse *use = in_.get<Dependencies>().at({function.position, Index<Call>(i)});
        use && !use->isLocalWait)
      return true;
  return false;
}

bool Touches::isHub(CallRef call) {
  std::set<CallRef> leaves;
  for (const Touch &touch : of(call))
    leaves.insert(touch.call);
  return leaves.size() > kHubLeaves;
}

} // namespace opex
