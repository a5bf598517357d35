#include "analysis/execution/lock_flow.h"

#include "analysis/execution/lock_effects.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
/// Walks over the blocks of one function.
class FunctionLocks : LockEffects {
public:
  using LockEffects::LockEffects;

  LockSummary run(LockFlow::AtCalls &atCalls, LockFlow::AtAssigns &atAssigns) {
    Way end = block(Index<Block>(size_t(0)), State());
    leave(std::move(end), {});
    for (auto &[call, at] : atCalls_)
      if (!at.held.empty() || !at.released.empty() || !at.waited.empty())
        atCalls.push_back({call, std::move(at)});
    atAssigns.assign(atAssigns_.begin(), atAssigns_.end());
    LockSummary summary;
    if (!exit_)
      return summary;
    for (const TakenLock &held : exit_->held)
      if (held.lock.kind != Origin::Variable && !held.flag)
        addSorted(summary.held, held.lock);
    summary.released = std::move(exit_->released);
    llvm::erase_if(summary.released, [](const LockObject &object) { return object.kind == Origin::Variable; });
    return summary;
  }

private:
  using State = LockState;
  using Way = LockWay;

  /// Guards of variables that are not in scope in the block are gone.
  void leaveScopes(Way &way, Index<Block> to) {
    if (way)
      way->leave([&](uint32_t local) { return body_.locals[local].block && !isIn(body_, to, body_.locals[local].block); });
  }

  Way block(Index<Block> index, Way way) {
    if (!index)
      return way;
    for (const Step &step : body_[index].steps)
      way = this->step(step, std::move(way));
    if (Index<Block> around = body_[index].parent)
      leaveScopes(way, around);
    else if (way)
      way->leave([](uint32_t) { return true; });
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
    case StepKind::Branch: return branch(body_.branches[step.index], std::move(way));
    case StepKind::Switch: return switched(body_.switches[step.index], std::move(way));
    case StepKind::Loop: return loop(body_.loops[step.index], std::move(way));
    case StepKind::Try: return tried(body_.tries[step.index], std::move(way));
    case StepKind::Exit: return exit(body_.exits[step.index], std::move(way));
    case StepKind::Block: return block(Index<Block>(step.index), std::move(way));
    case StepKind::Label: return way;
    }
    llvm_unreachable("unknown step");
  }

  Way branch(const Branch &it, Way entry) {
    const std::optional<LockFlag> flag = flagOf(body_, it.condition, true);
    if (!flag) {
      const Way then = arm(it.then, it.condition, true, entry), otherwise = arm(it.otherwise, it.condition, false, entry);
      return withAsked(joined(then, otherwise), then, it.condition);
    }
    const LockFlag opposite{flag->parameter, !flag->isTrue};
    const Way then = block(it.then, where(entry, *flag)), otherwise = block(it.otherwise, where(entry, opposite));
    Way merged = joined(then, otherwise);
    addByFlag(merged, then, entry, *flag);
    addByFlag(merged, otherwise, entry, opposite);
    return withAsked(std::move(merged), then, it.condition);
  }

  /// Where an attempt to lock has failed nothing is held. Who goes on after it goes on as if it had not.
  Way arm(Index<Block> index, Index<Value> condition, bool isTrue, const Way &entry) {
    Way way = entry;
    std::vector<TakenLock> failed;
    if (way)
      llvm::erase_if(way->held, [&](const TakenLock &taken) {
        bool isFailed = saysFailed(condition, isTrue, taken.taken);
        if (isFailed)
          failed.push_back(taken);
        return isFailed;
      });
    way = block(index, std::move(way));
    if (way)
      for (const TakenLock &taken : failed)
        way->add(taken);
    return way;
  }

  /// `if (mutex) mutex->lock()`: where there is no mutex, there is nothing to lock.
  Way withAsked(Way way, const Way &then, Index<Value> condition) const {
    const std::vector<LockObject> asked = way && then && condition ? namedBy(condition) : std::vector<LockObject>();
    if (!asked.empty())
      for (TakenLock taken : then->held)
        if (llvm::is_contained(asked, taken.lock)) {
          taken.flag.reset();
          way->add(taken);
        }
    return way;
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
      thrown->giveBack(givenBack_[i]);
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
    llvm::erase_if(way->held, [&](const TakenLock &held) {
      if (held.isPending)
        return !made || !isResultOf(body_[made], held.taken);
      return held.guard.local() && !(isCarrier && mentionsPlace(body_, result, held.guard));
    });
    for (TakenLock &held : way->held)
      held.guard = Place();
    exit_ = joined(std::move(way), exit_);
  }

  bool usesResult(const Step &step, Index<Call> call) const {
    return llvm::any_of(valuesOf(body_, step), [&](Index<Value> value) {
      return value && mentions(body_, value, [&](const Value &part) { return isResultOf(part, call); });
    });
  }

  /// A guard without a name dies with the expression that it stands in.
  void endExpression(State &state, const Step &step) {
    llvm::erase_if(state.held, [&](const TakenLock &held) { return held.isPending && !usesResult(step, held.taken); });
  }

  llvm::SmallVector<Way, 4> breaks_, continues_;
  std::map<llvm::StringRef, Way> gotos_;
  Way exit_;
};

LockSummary LockFlow::run(const LinkedFunction &function, SummaryOf summaryOf, AtCalls &atCalls, AtAssigns &atAssigns) const {
  return function.body->blocks.empty() ? LockSummary() : FunctionLocks(*this, function, summaryOf).run(atCalls, atAssigns);
}

} // namespace opex
