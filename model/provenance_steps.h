// One step of Provenance backwards: where the value that stands at one place comes from next. Who takes the steps
// decides which of them to go on with: a walk with limits that answers one question (provenance.cpp), or a search over
// all values for those that a callable may reach (callable_reach.cpp).
#pragma once

#include "model/provenance.h"

namespace opex {

struct Provenance::Steps {
  /// How the walk came to a value. `stack` holds the calls it descended through towards return values: a parameter of
  /// the callee is then the argument of exactly that call.
  struct State {
    CallList via = 0, path = 0, stack = 0;
    bool isPossible = false, isShared = false;
    unsigned depth = 0;
  };

  Provenance &self;
  bool intoCallers;
  bool inAnyContext; ///< States are not kept, and a parameter is what any call passes.

  Steps(Provenance &self, bool intoCallers, bool inAnyContext)
      : self(self), intoCallers(intoCallers), inAnyContext(inAnyContext) {}
  virtual ~Steps() = default;

  /// The value comes from `value` of `function`, which may be none.
  virtual void follow(uint32_t function, Index<Value> value, State state) = 0;
  /// The value is made here, or cannot be followed any further.
  virtual void arrive(Origin origin, const State &state) = 0;

  /// Calls `follow` and `arrive` for everything the value directly comes from.
  void stepFrom(uint32_t function, Index<Value> value, State state);

private:
  void unknown(const State &state) { arrive({}, state); }
  void enter(CallRef call, State &state);
  void leave(CallRef call, uint32_t parameter, const State &state);
  bool makesObject(const LinkedFunction &function, const Value &list) const;
  bool followIncoming(const std::vector<Incoming> &incoming, State state);
  void followLocal(const LinkedFunction &function, uint32_t index, State state);
  void followParameter(const LinkedFunction &function, uint32_t index, State state);
  void followShared(const LinkedFunction &function, const Value &value, Origin::Kind kind, State state);
  void followCall(const LinkedFunction &function, Index<Call> index, State state);
};

} // namespace opex
