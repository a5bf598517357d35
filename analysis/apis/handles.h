// Classes that hand out by `->` what they were given: smart pointers and handles of any make. In code with a body they are told by
// the member that `->` returns; without one, by having a `->` at all. So the object behind one is followed without a row in a pack.
#pragma once

#include "model/program.h"

#include <map>
#include <optional>
#include <set>

namespace opex {

class Handles {
public:
  explicit Handles(const Program &program);

  /// A variable of the type only points to its object: something follows its `->`.
  bool isHandle(const Type &type) const { return type.kind == TypeClass::Record && pointerLike_.contains(type.record); }

  /// What the call's result points to is what this value is, holds or points to: the handle behind `->`, `*` and `get()`, what
  /// is given to the constructor of one. None: the call is nothing of the kind.
  Index<Value> passedBy(const LinkedFunction &function, Index<Call> call) const;

  /// A handle, and what it points to from now on: `handle.reset(object)`, `handle = other`.
  std::optional<std::pair<Index<Value>, Index<Value>>> storedBy(const LinkedFunction &function, Index<Call> call) const;

private:
  /// A class whose `->` has a body that returns a member.
  struct Handle {
    EntityId pointer;    ///< The member.
    bool isGiven = true; ///< Nothing but parameters gets into it.
  };

  void learnPointer(const LinkedFunction &arrow);
  void learnMaker(const LinkedFunction &method);
  bool isHandle(const LinkedFunction &method) const;
  Index<Value> givenTo(const LinkedFunction &function, Index<Call> call) const;

  const Program &program_;
  std::map<EntityId, Handle> handles_;    ///< By class.
  std::map<uint32_t, uint32_t> givers_;   ///< Methods, and the parameter that gets into the member.
  std::set<uint32_t> returners_;          ///< Methods that return what the member points to.
  std::set<EntityId> pointerLike_;        ///< Classes that somebody dereferences.
};

} // namespace opex
