#include "analysis/lists/linked_queues.h"

#include "analysis/body/conditions.h"
#include "analysis/body/exits.h"
#include "analysis/body/places.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr unsigned kCallers = 3; // Above the one that links: where limits and locks are looked for.

class ListStudy {
public:
  explicit ListStudy(const LinkedQueues::Needs &in) : in_(in), program_(in.program()) {
    for (const LinkedFunction &function : program_.functions)
      for (uint32_t i = 0; i < function.body->assigns.size(); ++i)
        collect(function, Index<Assign>(i));
  }

  LinkedQueues run() {
    LinkedQueues result;
    std::set<EntityId> seen;
    for (const Push &push : pushes_)
      for (const Take &take : takes_)
        if (areOne(push, take) && !isRelay(push) && !seen.contains(push.tail) && isShared(push, take) && !isHeldBack(push, take)) {
          seen.insert(push.tail);
          bool apart = in_.get<Threads>().runApart(push.spot.function, take.spot.function);
          result.unbounded.push_back({take.head, push.tail, push.next, push.spot, take.spot, apart});
        }
    return result;
  }

private:
  struct Push {
    EntityId head, tail, next; ///< No head where it sets none.
    LinkSpot spot;
  };
  struct Take {
    EntityId head, next; ///< No next of who takes the whole list.
    LinkSpot spot;
  };

  /// The member or global that the value is, or an element of.
  static EntityId pointerOf(const Function &body, Index<Value> value) {
    while (value) {
      value = withoutCasts(body, value);
      const Value &named = body[value];
      if (named.kind == ValueKind::Field || named.kind == ValueKind::Global)
        return named.entity;
      if (named.kind != ValueKind::Element && named.kind != ValueKind::Deref)
        return {};
      value = named.operands[0];
    }
    return {};
  }

  /// `->` of smart pointers is a call.
  static Index<Value> behindArrow(const Function &body, Index<Value> value) {
    value = withoutCasts(body, value);
    while (value && body[value].kind == ValueKind::Call) {
      const Call &call = body.calls[body[value].index];
      bool isPointer = call.object && call.arguments.empty() && (call.kind == CallKind::Operator || unqualified(call.name) == "get");
      if (!isPointer)
        break;
      value = withoutCasts(body, call.object);
    }
    return value;
  }

  static Index<Value> baseOf(const Function &body, Index<Value> field) {
    return body[field].operands.empty() ? Index<Value>() : behindArrow(body, body[field].operands[0]);
  }

  bool isPointer(const LinkedFunction &function, Index<Value> value) const {
    const Index<Type> type = (*function.body)[value].type;
    return type && ((*function.unit)[type].indirections > 0 || llvm::StringRef((*function.unit)[type].recordName).ends_with("_ptr"));
  }

  void collect(const LinkedFunction &function, Index<Assign> index) {
    const Function &body = *function.body;
    const Assign &assign = body.assigns[index.value];
    const Index<Value> target = withoutCasts(body, assign.target);
    if (assign.op != "=" || assign.isInitializer || !target || !assign.value || !isPointer(function, target) || in_.get<Unreached>()[function.position])
      return;
    const LinkSpot spot{function.position, index};
    if (body[target].kind == ValueKind::Field)
      if (EntityId tail = baseOf(body, target) ? pointerOf(body, baseOf(body, target)) : EntityId();
          tail && tail != body[target].entity && movesTail(function, tail, assign, body[target].entity))
        pushes_.push_back({headSetBy(function, tail, assign), tail, body[target].entity, spot});
    const EntityId head = pointerOf(body, target);
    const Index<Value> value = behindArrow(body, assign.value);
    if (!head || !value)
      return;
    if (body[value].kind == ValueKind::Field && isStepFrom(function, head, value))
      takes_.push_back({head, body[value].entity, spot});
    else if (isNull(body, value) && isKept(body, head))
      takes_.push_back({head, {}, spot});
  }

  /// `tail->next = node; tail = node;`, or `tail = tail->next`.
  bool movesTail(const LinkedFunction &function, EntityId tail, const Assign &link, EntityId next) const {
    const Function &body = *function.body;
    const std::optional<uint32_t> node = localOf(body, behindArrow(body, link.value));
    return llvm::any_of(body.assigns, [&](const Assign &other) {
      if (&other == &link || !other.value || pointerOf(body, other.target) != tail)
        return false;
      const Index<Value> value = behindArrow(body, other.value);
      bool isNode = node && value && body[value].kind == ValueKind::Local && body[value].index == *node;
      return isNode || (value && body[value].kind == ValueKind::Field && body[value].entity == next);
    });
  }

  /// `head->next`, or `node->next` of a variable that was the head.
  bool isStepFrom(const LinkedFunction &function, EntityId head, Index<Value> field) const {
    const Function &body = *function.body;
    const Index<Value> base = baseOf(body, field);
    if (!base)
      return false;
    if (body[base].kind == ValueKind::Local)
      return holds(body, body[base].index, head);
    return pointerOf(body, base) == head;
  }

  static bool holds(const Function &body, uint32_t local, EntityId head) {
    auto isHead = [&](Index<Value> value) { return value && pointerOf(body, behindArrow(body, value)) == head; };
    return isHead(body.locals[local].init) || llvm::any_of(body.assigns, [&](const Assign &assign) {
             return names(body, assign.target, Place::ofLocal(local)) && isHead(assign.value);
           });
  }

  /// `head = tail = nullptr` sets the head to what the tail is then.
  static bool isNull(const Function &body, Index<Value> value) {
    return body[value].kind == ValueKind::Null || llvm::any_of(body.assigns, [&](const Assign &other) {
             return other.value && body[other.value].kind == ValueKind::Null && pointerOf(body, value) && pointerOf(body, value) == pointerOf(body, other.target);
           });
  }

  /// The whole list is kept in a variable, whose nodes are gone through.
  static bool isKept(const Function &body, EntityId head) {
    for (uint32_t i = body.parameterCount; i < body.locals.size(); ++i)
      if (holds(body, i, head) && llvm::any_of(body.loops, [&](const Loop &loop) {
            return loop.condition && mentionsPlace(body, loop.condition, Place::ofLocal(i));
          }))
        return true;
    return false;
  }

  /// What it adds it has taken from another list of such nodes, or has from a function that takes them from one, a pool: there
  /// are no more of them than there.
  bool isRelay(const Push &push) const {
    const LinkedFunction &function = program_.functions[push.spot.function];
    const Function &body = *function.body;
    auto takesIn = [&](uint32_t position) {
      return llvm::any_of(takes_, [&](const Take &take) { return take.spot.function == position && take.next == push.next && take.head != push.tail; });
    };
    auto isPooled = [&](Index<Value> value) {
      value = value ? behindArrow(body, value) : value;
      const LinkedFunction *maker = value && body[value].kind == ValueKind::Call ? program_.directCallee(function, Index<Call>(body[value].index)) : nullptr;
      return maker && takesIn(maker->position);
    };
    const std::optional<uint32_t> node = localOf(body, behindArrow(body, body.assigns[push.spot.assign.value].value));
    return takesIn(function.position) || (node && (isPooled(body.locals[*node].init) || llvm::any_of(body.assigns, [&](const Assign &assign) {
                                            return names(body, assign.target, Place::ofLocal(*node)) && isPooled(assign.value);
                                          })));
  }

  EntityId ownerOf(EntityId member) const {
    const Declaration *declaration = program_.declaration(member);
    return declaration ? declaration->parent : EntityId();
  }

  bool areOne(const Push &push, const Take &take) const {
    bool isHead = take.head == push.head || (!push.head && take.next); // With a node that is always there nobody sets it.
    return isHead && push.tail != take.head && ownerOf(push.tail) == ownerOf(take.head) && (!take.next || take.next == push.next) &&
           push.spot.function != take.spot.function;
  }

  /// Where the list is empty, the function that adds sets the head as well.
  EntityId headSetBy(const LinkedFunction &function, EntityId tail, const Assign &link) const {
    const Function &body = *function.body;
    const std::optional<uint32_t> node = localOf(body, behindArrow(body, link.value));
    for (const Assign &other : body.assigns) {
      const EntityId head = pointerOf(body, other.target);
      const Index<Value> value = other.value ? behindArrow(body, other.value) : Index<Value>();
      bool isNode = node && value && body[value].kind == ValueKind::Local && body[value].index == *node;
      isNode |= value && pointerOf(body, value) == tail; // `head = tail = node`
      if (isNode && head && head != tail && other.op == "=" && ownerOf(head) == ownerOf(tail))
        return head;
    }
    return {};
  }

  bool isShared(const Push &push, const Take &take) const {
    if (in_.get<StartupOnly>()[push.spot.function])
      return false;
    const HeldLocks &locks = in_.get<HeldLocks>();
    const std::set<LockObject> theirs = locks.at(take.spot.function, take.spot.assign, kCallers);
    return llvm::any_of(locks.at(push.spot.function, push.spot.assign, kCallers),
                        [&](const LockObject &mine) { return theirs.contains(mine); });
  }

  /// Counted up where something is added, and down where it is taken.
  std::set<EntityId> counters(const Push &push, const Take &take) const {
    std::set<EntityId> up, result;
    auto visit = [&](uint32_t position, llvm::StringRef one, llvm::StringRef more, auto then) {
      const Function &body = *program_.functions[position].body;
      for (const Assign &assign : body.assigns)
        if (assign.op == one || assign.op == more)
          if (EntityId counter = pointerOf(body, assign.target))
            then(counter);
      for (const Call &call : body.calls) // Of atomics.
        if (call.kind == CallKind::Operator && unqualified(call.name) == ("operator" + one).str())
          if (EntityId counter = targetOf(call) ? pointerOf(body, targetOf(call)) : EntityId())
            then(counter);
    };
    visit(push.spot.function, "++", "+=", [&](EntityId counter) { up.insert(counter); });
    visit(take.spot.function, "--", "-=", [&](EntityId counter) {
      if (up.contains(counter))
        result.insert(counter);
    });
    return result;
  }

  /// Something in the function, or in one that calls it, leaves or does not come here when there are many, or waits.
  bool isHeldBack(const Push &push, const Take &take) const {
    const std::set<EntityId> counted = counters(push, take);
    std::set<uint32_t> seen = {push.spot.function};
    std::vector<uint32_t> level = {push.spot.function};
    for (unsigned up = 0; up <= kCallers && !level.empty(); ++up) {
      std::vector<uint32_t> next;
      for (uint32_t position : level) {
        if (asksOrWaits(program_.functions[position], counted))
          return true;
        for (const CallEdge &edge : program_.functions[position].callers)
          if (seen.insert(edge.caller).second)
            next.push_back(edge.caller);
      }
      level = std::move(next);
    }
    return false;
  }

  bool asksOrWaits(const LinkedFunction &function, const std::set<EntityId> &counted) const {
    const Function &body = *function.body;
    bool waits = llvm::any_of(body.calls, [&](const Call &call) {
      return llvm::any_of(in_.get<RoleIndex>().of(call.callee).locks, [](const rules::Lock *row) {
        return row->does == rules::Lock::Wait || row->does == rules::Lock::Acquire;
      });
    });
    return waits || llvm::any_of(body.branches, [&](const Branch &branch) {
             bool isAsked = branch.condition && mentions(body, branch.condition, [&](const Value &part) {
                              return part.kind == ValueKind::Binary && isSizeTest(body, part, counted);
                            });
             auto leaves = [&](Index<Block> arm) { return arm && !exitsOf(body, arm).fallsThrough; };
             return isAsked && (leaves(branch.then) || leaves(branch.otherwise) || branch.otherwise || hasCalls(body, branch.then));
           });
  }

  /// The counter is compared with something that is no 0.
  static bool isSizeTest(const Function &body, const Value &comparison, const std::set<EntityId> &counted) {
    std::optional<Compare> op = compareOf(comparison.text);
    if (!op || *op == Compare::Equal || *op == Compare::NotEqual || comparison.operands.size() != 2)
      return false;
    auto isCounter = [&](Index<Value> side) { return counted.contains(pointerOf(body, side)); };
    auto isZero = [&](Index<Value> side) { return body[side].constant == 0; };
    const Index<Value> left = comparison.operands[0], right = comparison.operands[1];
    return (isCounter(left) && !isZero(right)) || (isCounter(right) && !isZero(left));
  }

  static bool hasCalls(const Function &body, Index<Block> arm) {
    return arm && llvm::any_of(body.calls, [&](const Call &call) { return isIn(body, call.block, arm); });
  }

  const LinkedQueues::Needs in_;
  const Program &program_;
  std::vector<Push> pushes_;
  std::vector<Take> takes_;
};

} // namespace

LinkedQueues LinkedQueues::run(const Needs &in) { return ListStudy(in).run(); }

} // namespace opex
