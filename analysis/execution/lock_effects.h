// What single steps do to the locks that a function holds: its calls of locks and guards, what functions that
// it calls leave locked or unlocked, and variables that keep guards. The ways between the steps are walked in
// lock_flow.cpp.
#pragma once

#include "analysis/execution/lock_state.h"

namespace opex {

class LockEffects {
public:
  /// All must outlive it.
  LockEffects(const LockFlow &flow, const LinkedFunction &function, LockFlow::SummaryOf summaryOf)
      : flow_(flow), program_(flow.program_), function_(function), body_(*function.body),
        summaryOf_(summaryOf) {}

protected:
  using State = LockState;
  using Way = LockWay;

  Way call(Index<Call> call, State state);
  Way declare(uint32_t local, State state);
  Way assign(const Assign &assign, State state);

  /// The condition, as it comes out, says that the call has not got the lock: it answers 0, or true, when it
  /// has.
  bool saysFailed(Index<Value> condition, bool isTrue, Index<Call> call) const;
  /// The mutexes that the value names, guards of them included.
  std::vector<LockObject> namedBy(Index<Value> value) const;
  static bool isResultOf(const Value &value, Index<Call> call) {
    return value.kind == ValueKind::Call && value.index == call.value;
  }

  const LockFlow &flow_;
  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
  std::map<Index<Call>, LocksAtCall> atCalls_;
  std::map<Index<Assign>, LocksAtCall> atAssigns_;
  std::vector<LockObject> givenBack_; ///< So far, in the order of the walk.

private:
  void keep(State &state, Index<Value> made, const Place &guard);
  void noteAnswer(uint32_t local, Index<Value> value);
  void giveBack(State &state, const LockObject &object);
  std::vector<Place> movedFrom(const Call &call) const;
  void byRow(State &state, Index<Call> index, const rules::Lock &row);
  void byCallees(State &state, Index<Call> index);
  std::vector<LockObject> inCaller(const CallEdge &edge, const LockObject &object, const Call &call) const;
  bool isEverSo(LockFlag flag) const;
  void note(Index<Call> index, const State &state);

  LockFlow::SummaryOf summaryOf_;
  std::map<Place, std::vector<LockObject>> guards_; ///< Those whose guards calls have returned.
  std::map<uint32_t, Index<Call>> results_; ///< Of variables, so far: the calls whose answers they have.
};

} // namespace opex
