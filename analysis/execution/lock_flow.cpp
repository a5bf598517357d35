#include "analysis/execution/lock_flow.h"

#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

void add(std::vector<LockObject> &sorted, const LockObject &object) {
  auto place = llvm::lower_bound(sorted, object);
  if (place == sorted.end() || *place != object)
    sorted.insert(place, object);
}

bool isOff(const Program &program, const LinkedFunction &function, const Call &call, const rules::Lock &row) {
  return llvm::any_of(row.unless, [&](const rules::ArgumentIs &condition) {
    Index<Value> value = valueAt(function, call, condition.place);
    return value && namesOneOf(program, function, value, condition);
  });
}

} // namespace

/// Walks over the blocks of one function.
class FunctionLocks {
public:
  FunctionLocks(const LockFlow &flow, const LinkedFunction &function, LockFlow::SummaryOf summaryOf)
      : flow_(flow), program_(flow.program_), function_(function), body_(*function.body), summaryOf_(summaryOf) {}

  LockSummary run(LockFlow::AtCalls &atCalls) {
    Way end = block(Index<Block>(size_t(0)), State());
    leave(std::move(end), {});
    for (auto &[call, at] : atCalls_)
      if (!at.held.empty() || !at.released.empty())
        atCalls.push_back({call, std::move(at)});
    LockSummary summary;
    if (!exit_)
      return summary;
    for (const Held &held : exit_->held)
      if (held.lock.kind != Origin::Variable)
        add(summary.held, held.lock);
    summary.released = std::move(exit_->released);
    llvm::erase_if(summary.released, [](const LockObject &object) { return object.kind == Origin::Variable; });
    return summary;
  }

private:
  struct Held {
    LockObject lock;
    Place guard; ///< What gives it back at the end of its scope: none if nothing does.
    Index<Call> taken;
    bool isPending = false; ///< Until the end of the expression, if nothing keeps it.
    bool isSame(const Held &other) const { return lock == other.lock && guard == other.guard; }
  };
  struct State {
    std::vector<Held> held;
    std::vector<LockObject> released;
  };
  using Way = std::optional<State>; ///< None where it is not reached.

  static bool isSame(const Way &a, const Way &b) {
    return a.has_value() == b.has_value() && (!a || (a->held.size() == b->held.size() && a->released == b->released));
  }

  /// On both ways held; on one of them released.
  static Way joined(Way a, const Way &b) {
    if (!a || !b)
      return a ? a : b;
    llvm::erase_if(a->held, [&](const Held &held) {
      return llvm::none_of(b->held, [&](const Held &other) { return held.isSame(other); });
    });
    for (const LockObject &object : b->released)
      add(a->released, object);
    return a;
  }

  /// Guards of variables that are not in scope in the block are gone.
  void leaveScopes(Way &way, Index<Block> to) {
    if (way)
      llvm::erase_if(way->held, [&](const Held &held) {
        std::optional<uint32_t> local = held.guard.local();
        return local && body_.locals[*local].block && !isIn(body_, to, body_.locals[*local].block);
      });
  }

  Way block(Index<Block> index, Way way) {
    if (!index)
      return way;
    for (const Step &step : body_[index].steps)
      way = this->step(step, std::move(way));
    if (Index<Block> around = body_[index].parent)
      leaveScopes(way, around);
    else if (way)
      llvm::erase_if(way->held, [](const Held &held) { return held.guard.local().has_value(); });
    return way;
  }

  Way step(const Step &step, Way way) {
    if (step.kind == StepKind::Label) {
      const Label &label = body_.labels[step.index];
      way = joined(std::move(way), gotos_[label.name]);
      leaveScopes(way, label.block);
    }
    if (!way)
      return way;
    endExpression(*way, step);
    switch (step.kind) {
    case StepKind::Call: return call(Index<Call>(step.index), std::move(*way));
    case StepKind::Declare: return declare(step.index, std::move(*way));
    case StepKind::Assign: return assign(body_.assigns[step.index], std::move(*way));
    case StepKind::Branch: {
      const Branch &branch = body_.branches[step.index];
      Way then = block(branch.then, way);
      return joined(std::move(then), block(branch.otherwise, way));
    }
    case StepKind::Switch: return switched(body_.switches[step.index], std::move(way));
    case StepKind::Loop: return loop(body_.loops[step.index], std::move(way));
    case StepKind::Try: return tried(body_.tries[step.index], std::move(way));
    case StepKind::Exit: return exit(body_.exits[step.index], std::move(way));
    case StepKind::Block: return block(Index<Block>(step.index), std::move(way));
    case StepKind::Label: return way;
    }
    llvm_unreachable("unknown step");
  }

  Way switched(const Switch &it, Way entry) {
    breaks_.emplace_back();
    Way way;
    const std::vector<Step> &steps = body_[it.body].steps;
    for (uint32_t i = 0; i < steps.size(); ++i) {
      if (llvm::any_of(it.cases, [&](const Case &label) { return label.position == i; }))
        way = joined(std::move(way), entry);
      way = step(steps[i], std::move(way));
    }
    way = joined(std::move(way), breaks_.pop_back_val());
    if (!it.hasDefault)
      way = joined(std::move(way), entry);
    leaveScopes(way, it.block);
    return way;
  }

  /// Until another round changes nothing: with each one less is held, or more released.
  Way loop(const Loop &it, Way head) {
    for (;;) {
      breaks_.emplace_back();
      continues_.emplace_back();
      Way way = it.kind == LoopKind::DoWhile ? head : block(it.test, head);
      bool mayEnd = it.condition || it.kind == LoopKind::RangeFor;
      Way end = mayEnd && it.kind != LoopKind::DoWhile ? way : std::nullopt;
      way = joined(block(it.body, std::move(way)), continues_.pop_back_val());
      leaveScopes(way, it.block);
      way = block(it.kind == LoopKind::DoWhile ? it.test : it.increment, std::move(way));
      if (mayEnd && it.kind == LoopKind::DoWhile)
        end = way;
      end = joined(std::move(end), breaks_.pop_back_val());
      leaveScopes(end, it.block);
      Way next = joined(head, way);
      if (isSame(next, head))
        return end;
      head = std::move(next);
    }
  }

  Way tried(const Try &it, Way way) {
    size_t before = givenBack_.size();
    Way thrown = way;
    way = block(it.body, std::move(way));
    for (size_t i = before; i < givenBack_.size(); ++i)
      giveBack(*thrown, givenBack_[i], /*isNoted=*/false);
    for (Index<Handler> handler : it.handlers)
      way = joined(std::move(way), block(body_[handler].body, thrown));
    return way;
  }

  Way exit(const Exit &exit, Way way) {
    switch (exit.kind) {
    case ExitKind::CoYield: return way;
    case ExitKind::Return:
    case ExitKind::CoReturn: leave(std::move(way), exit.value); break;
    case ExitKind::Break: breaks_.back() = joined(std::move(way), breaks_.back()); break;
    case ExitKind::Continue: continues_.back() = joined(std::move(way), continues_.back()); break;
    case ExitKind::Goto: gotos_[exit.label] = joined(std::move(way), gotos_[exit.label]); break;
    case ExitKind::Throw:
    case ExitKind::Rethrow: break;
    }
    return std::nullopt;
  }

  /// The function returns: guards give back what they have, but for the one that is returned.
  void leave(Way way, Index<Value> result) {
    if (!way)
      return;
    const Index<Value> made = result ? flow_.behindPassages(body_, withoutCasts(body_, result)) : result;
    const bool isCarrier = made && LockFlow::mayCarryGuard(function_, body_[made]);
    llvm::erase_if(way->held, [&](const Held &held) {
      if (held.isPending)
        return !made || !isResultOf(body_[made], held.taken);
      return held.guard.local() && !(isCarrier && mentionsPlace(body_, result, held.guard));
    });
    for (Held &held : way->held)
      held.guard = Place();
    exit_ = joined(std::move(way), exit_);
  }

  bool isResultOf(const Value &value, Index<Call> call) const {
    return value.kind == ValueKind::Call && value.index == call.value;
  }

  bool usesResult(const Step &step, Index<Call> call) const {
    return llvm::any_of(valuesOf(body_, step), [&](Index<Value> value) {
      return value && mentions(body_, value, [&](const Value &part) { return isResultOf(part, call); });
    });
  }

  /// A guard without a name dies with the expression that it stands in.
  void endExpression(State &state, const Step &step) {
    llvm::erase_if(state.held, [&](const Held &held) { return held.isPending && !usesResult(step, held.taken); });
  }

  void keep(State &state, Index<Value> made, const Place &guard) {
    made = flow_.behindPassages(body_, withoutCasts(body_, made));
    if (!guard || !made || body_[made].kind != ValueKind::Call)
      return;
    for (Held &held : state.held)
      if (held.isPending && held.taken == Index<Call>(body_[made].index)) {
        held.isPending = false;
        held.guard = guard;
        add(guards_[guard], held.lock);
      }
  }

  Way declare(uint32_t local, State state) {
    if (body_.locals[local].init)
      keep(state, body_.locals[local].init, Place::ofLocal(local));
    return state;
  }

  Way assign(const Assign &assign, State state) {
    if (assign.value)
      keep(state, assign.value, placeOf(body_, assign.target).withoutIndirection());
    return state;
  }

  std::vector<LockObject> namedBy(Index<Value> value) const {
    value = flow_.behindPassages(body_, value);
    if (value)
      if (auto guard = guards_.find(placeOf(body_, value).withoutIndirection()); guard != guards_.end())
        return guard->second;
    return flow_.named(function_, value);
  }

  void giveBack(State &state, const LockObject &object, bool isNoted = true) {
    auto isIt = [&](const Held &held) { return held.lock == object; };
    if (llvm::none_of(state.held, isIt))
      add(state.released, object);
    llvm::erase_if(state.held, isIt);
    if (isNoted)
      givenBack_.push_back(object);
  }

  void take(State &state, const LockObject &object, Index<Call> call, bool isPending, const Place &guard) {
    if (auto place = llvm::lower_bound(state.released, object); place != state.released.end() && *place == object) {
      state.released.erase(place); // The caller's again.
      return;
    }
    if (!isPending && llvm::any_of(state.held, [&](const Held &held) { return held.lock == object; }))
      return;
    if (isPending) // `std::adopt_lock`
      llvm::erase_if(state.held, [&](const Held &held) { return held.lock == object && !held.guard && !held.isPending; });
    Held held{object, guard, call, isPending};
    if (llvm::none_of(state.held, [&](const Held &other) { return other.isSame(held) && other.isPending == isPending; }))
      state.held.push_back(std::move(held));
  }

  /// What is handed over by value, or as a thing to take from, is another's guard now.
  std::vector<Place> movedFrom(const Call &call) const {
    std::vector<Place> places;
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      const Type *type = program_.parameterType(call.callee, i);
      bool isTaken = type && ((type->kind == TypeClass::Record && type->indirections == 0) || type->canonical.ends_with("&&"));
      if (isTaken && call.arguments[i])
        places.push_back(placeOf(body_, call.arguments[i]).withoutIndirection());
    }
    return places;
  }

  Way call(Index<Call> index, State state) {
    const Call &call = body_[index];
    note(index, state);
    const std::vector<Place> moved = movedFrom(call);
    for (const rules::Lock *row : flow_.roles_.of(call.callee).locks)
      byRow(state, index, *row);
    llvm::erase_if(state.held, [&](const Held &held) { return held.guard && llvm::is_contained(moved, held.guard); });
    if (unqualified(call.name) == "operator=" && call.object && !call.arguments.empty() && call.arguments[0])
      keep(state, call.arguments[0], placeOf(body_, call.object).withoutIndirection());
    byCallees(state, index);
    if (call.isNoReturn)
      return std::nullopt;
    return state;
  }

  void byRow(State &state, Index<Call> index, const rules::Lock &row) {
    const Call &call = body_[index];
    Index<Value> lock = valueAt(function_, call, row.lock);
    if (!lock || (row.does != rules::Lock::Hold && row.does != rules::Lock::Unlock))
      return;
    std::vector<LockObject> objects = namedBy(lock);
    bool isGuard = call.kind == CallKind::Constructor;
    if (row.does == rules::Lock::Unlock) {
      for (const LockObject &object : objects)
        giveBack(state, object);
      return;
    }
    if (isGuard && objects.empty())
      objects.push_back({Origin::Unknown, function_.position, index.value, EntityId()});
    if ((isGuard && call.isHeap) || isOff(program_, function_, call, row))
      return;
    const Place place = isGuard ? Place() : placeOf(body_, lock).withoutIndirection();
    const Place guard = guards_.contains(place) || flow_.isGuard(function_, place) ? place : Place();
    for (const LockObject &object : objects)
      take(state, object, index, isGuard, guard);
  }

  void byCallees(State &state, Index<Call> index) {
    const Call &call = body_[index];
    for (const CallEdge &edge : program_.calleesAt(function_, index)) {
      const LockSummary *summary = edge.kind == EdgeKind::Passed ? nullptr : summaryOf_(edge);
      if (!summary)
        continue;
      for (const LockObject &object : summary->released)
        for (const LockObject &own : inCaller(edge, object, call))
          giveBack(state, own);
      if (!edge.isCertain() || !program_.directCallee(function_, index))
        continue;
      for (const LockObject &object : summary->held) {
        std::vector<LockObject> objects = inCaller(edge, object, call);
        if (objects.empty() && LockFlow::hasGuard(function_, call))
          objects.push_back({Origin::Unknown, function_.position, index.value, EntityId()});
        for (const LockObject &own : objects)
          take(state, own, index, LockFlow::hasGuard(function_, call), Place());
      }
    }
  }

  /// What the callee names by its parameter, and what a class template of the project has in each of its objects.
  std::vector<LockObject> inCaller(const CallEdge &edge, const LockObject &object, const Call &call) const {
    if (object.kind == Origin::Parameter) {
      Index<Value> argument = argumentOf(program_, edge, object.index);
      return argument ? namedBy(argument) : std::vector<LockObject>();
    }
    if (object.kind == Origin::Member && call.instance && call.object)
      if (std::vector<LockObject> owner = flow_.named(function_, call.object); !owner.empty())
        return owner;
    return {object};
  }

  /// A wait gives its lock back while it lasts.
  void note(Index<Call> index, const State &state) {
    const Call &call = body_[index];
    std::vector<LockObject> waitedWith;
    if (llvm::any_of(flow_.roles_.of(call.callee).locks, [](const rules::Lock *row) { return row->does == rules::Lock::Wait; }))
      for (Index<Value> argument : call.arguments)
        if (argument)
          llvm::append_range(waitedWith, namedBy(argument));
    LocksAtCall &at = atCalls_[index];
    at = {};
    for (const Held &held : state.held)
      if (!llvm::is_contained(waitedWith, held.lock))
        at.held.push_back({held.lock, held.taken});
    at.released = state.released;
    for (const LockObject &object : waitedWith)
      add(at.released, object);
  }

  const LockFlow &flow_;
  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  LockFlow::SummaryOf summaryOf_;
  std::map<Place, std::vector<LockObject>> guards_; ///< Those whose guards calls have returned.
  std::map<Index<Call>, LocksAtCall> atCalls_;
  llvm::SmallVector<Way, 4> breaks_, continues_;
  std::map<llvm::StringRef, Way> gotos_;
  std::vector<LockObject> givenBack_; ///< So far, in the order of the walk.
  Way exit_;
};

LockSummary LockFlow::run(const LinkedFunction &function, SummaryOf summaryOf, AtCalls &atCalls) const {
  return function.body->blocks.empty() ? LockSummary() : FunctionLocks(*this, function, summaryOf).run(atCalls);
}

} // namespace opex
