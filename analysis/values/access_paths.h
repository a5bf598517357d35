// By which way a function gets to an object: its own object, a parameter, a variable or something it makes,
// and the members from there on. Inside one function two equal ways lead to one object. `inCaller` says what
// the way is one call further out, so an object that sits in a member can be told from the same member of
// another object.
#pragma once

#include "model/provenance.h"

namespace opex {

struct AccessPath {
  enum Root : uint8_t {
    Unknown,
    This,
    Parameter, ///< `which` is its position, as in Local and Capture.
    Capture,   ///< Of a lambda: a variable of the function around it.
    Local,
    Made, ///< By call `which`.
    Global,
  } root = Unknown;
  uint64_t which = 0;
  std::vector<EntityId> members;

  /// The object comes from outside the function.
  bool comesIn() const { return root == This || root == Parameter || root == Capture; }

  auto operator<=>(const AccessPath &) const = default;
};

class AccessPaths {
public:
  AccessPaths(const Program &program, const Provenance &provenance, ProvenanceRules rules)
      : program_(program), provenance_(provenance), rules_(std::move(rules)) {}

  /// The ways that the value may stand for, sorted, each once.
  std::vector<AccessPath> of(uint32_t function, Index<Value> value) const;

  /// The way in the function that makes the call.
  std::vector<AccessPath> inCaller(const CallEdge &edge, const AccessPath &path) const;

  /// The ways in the caller that what the call returns has from then on: a variable, what it is assigned to.
  std::vector<AccessPath> ofResult(const CallEdge &edge) const;

  /// The way in the function around a lambda.
  std::vector<AccessPath> aroundLambda(const LinkedFunction &lambda, const AccessPath &path) const;

  /// The way begins with an object that the function constructs itself, and no member on it is a pointer to
  /// another one.
  bool isExact(const LinkedFunction &function, const AccessPath &path) const;

  /// The way begins with a variable of the function that is the object itself, however it got its value, and no member
  /// on it is a pointer to another one.
  bool isOwn(const LinkedFunction &function, const AccessPath &path) const;

  /// Of a way that begins with an object the function constructs, and goes on through a pointer: the same way from what
  /// the constructor was given for that pointer. Empty if anything else than constructors sets it.
  std::vector<AccessPath> givenToMember(const LinkedFunction &function, const AccessPath &path) const;

private:
  struct Walk;
  std::vector<AccessPath> ofPassedObject(const CallEdge &edge, const AccessPath &path) const;
  bool isWithin(EntityId record, llvm::ArrayRef<EntityId> members) const;
  bool mayHave(const LinkedFunction &function, Index<Value> object, const AccessPath &path) const;
  void addOutside(const LinkedFunction &constructor, const AccessPath &inside, CallRef made,
                  std::vector<AccessPath> &outside) const;

  const Program &program_;
  const Provenance &provenance_;
  ProvenanceRules rules_;
};

} // namespace opex
