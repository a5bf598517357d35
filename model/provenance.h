// Where values come from. Follows a value backwards through variables, members, parameters, captures and
// return values, across functions, to the places where the object was made. Demand-driven and
// context-sensitive: what a function returns is resolved per call, what a parameter holds per caller.
//
// Objects are told apart by the place they are made at and the calls that handed them out (heap cloning,
// see Lattner, Lenharth, Adve: "Making Context-Sensitive Points-to Analysis with Heap Cloning Practical",
// PLDI 2007); members are told apart by their declaration, not by the object they sit in.
#pragma once

#include "model/program.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <functional>
#include <map>
#include <set>

namespace opex {

struct ObjectId;

/// A place where an object comes into being, or the end of what can be followed.
struct Origin {
  enum Kind : uint8_t {
    Creation,  ///< Result of call `index` of `function`: a constructor or a body we do not have.
    Braces,    ///< Braced initialiser, value `index` of `function`: an aggregate.
    Variable,  ///< Local `index` of `function` itself.
    Member,    ///< Data member `entity` itself.
    Global,    ///< Variable `entity` itself.
    Parameter, ///< Parameter `index` of `function`, for which no caller is known.
    Callable,  ///< Lambda or function `entity`.
    Unknown,
  } kind = Unknown;
  uint32_t function = 0, index = 0;
  EntityId entity;
  std::vector<CallRef> via; ///< The calls that returned it, innermost first.

  ObjectId object() const;
  auto operator<=>(const Origin &) const = default;
};

/// Which object it is, whatever calls handed it out.
struct ObjectId {
  Origin::Kind kind = Origin::Unknown;
  uint32_t function = 0, index = 0;
  EntityId entity;

  auto operator<=>(const ObjectId &) const = default;
};

inline ObjectId Origin::object() const { return {kind, function, index, entity}; }

/// One way a value gets to where it was asked for.
struct Arrival {
  Origin origin;
  std::vector<CallRef> path; ///< Calls through which it came down as an argument, nearest caller first.
  bool isPossible = false;   ///< Some step on the way may not happen.
  bool isShared = false;     ///< It was kept in a member or global on the way: others can reach it there.

  auto operator<=>(const Arrival &) const = default;
};

/// How a provenance looks through code it has no body of.
struct ProvenanceRules {
  /// Values whose object the call's result is (or holds): `std::move(x)`, `p.get()`. Empty: it makes a new one.
  std::function<llvm::SmallVector<Index<Value>, 2>(const LinkedFunction &, Index<Call>)> passes;
  /// Pairs (target, source) of what the call stores: `queue.push_back(x)` stores x into queue.
  std::function<llvm::SmallVector<std::pair<Index<Value>, Index<Value>>, 1>(const LinkedFunction &, Index<Call>)>
      stores;
  /// Arguments into which the call writes a new object: `make(&handle)`.
  std::function<llvm::SmallVector<Index<Value>, 1>(const LinkedFunction &, Index<Call>)> makesIn;
  /// Whether a variable of this type, a class, only points to its object: `unique_ptr` and its like.
  std::function<bool(const Type &)> isHandle;
  /// Whether a variable of this type is the object itself, and not a name for one made elsewhere.
  std::function<bool(const LinkedFunction &, const Type &)> isObject;
};

class Provenance {
public:
  Provenance(const Program &program, ProvenanceRules rules);

  /// All origins of `value` in `function`, sorted. With `intoCallers`, parameters are followed to what the
  /// callers pass. A value with more than a few hundred ways to arrive ends in one Unknown.
  const std::vector<Arrival> &resolve(uint32_t function, Index<Value> value, bool intoCallers = true);

  /// The lambdas and functions among the origins of `value`.
  std::set<EntityId> callables(uint32_t function, Index<Value> value);

  /// Everything assigned to a member or global anywhere.
  struct Incoming {
    uint32_t function = 0;
    Index<Value> value;
    std::optional<CallRef> made; ///< A new object made by this call, instead of `value`.
    std::optional<CallRef> via;  ///< `value` stands in the callee of this call, which assigns an out-parameter.
    Index<Block> block = {};     ///< Of an assignment: where it stands.
  };
  const std::vector<Incoming> &assignedTo(EntityId memberOrGlobal) const;
  const std::vector<Incoming> &assignedTo(uint32_t function, uint32_t local) const;
  /// Whether code we have no body of may change the variable: its address or a reference was handed out,
  /// or it is changed otherwise than by `=`.
  bool isTouched(EntityId memberOrGlobal) const { return touchedShared_.contains(memberOrGlobal); }
  bool isTouched(uint32_t function, uint32_t local) const { return touchedLocals_.contains({function, local}); }
  const std::vector<Index<Value>> &returned(uint32_t function) const { return returns_[function]; }

private:
  struct Steps;
  struct Walk;
  struct CallableSearch;

  /// A list of calls, as a number: 0 is the empty one. Equal lists have equal numbers, so that a walk copies and
  /// compares them for nothing.
  using CallList = uint32_t;
  struct CallListEntry {
    CallList rest = 0; ///< All but the last.
    CallRef last;
    uint32_t size = 0;
  };
  CallList append(CallList list, CallRef call);
  std::vector<CallRef> expand(CallList list) const;
  bool contains(CallList list, CallRef call) const;

  /// Whether any number of steps back from `value`, whatever calls they lead through, there is a lambda or function.
  /// Where not, no origin of `value` is one. All questions together look at each value once.
  bool mayBeCallable(uint32_t function, Index<Value> value);

  void indexFunction(const LinkedFunction &function);
  void indexTables(const LinkedFunction &function);
  void indexOutParameters(const LinkedFunction &function);
  void touch(const LinkedFunction &function, Index<Value> target);
  void touchArguments(const LinkedFunction &function, const Call &call);
  void addIncoming(const LinkedFunction &function, Index<Value> target, Incoming incoming);

  const Program &program_;
  ProvenanceRules rules_;
  std::map<EntityId, std::vector<Incoming>> shared_;               ///< Members and globals.
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Incoming>> locals_;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Incoming>> outParameters_;
  std::set<EntityId> touchedShared_;
  std::set<std::pair<uint32_t, uint32_t>> touchedLocals_;
  std::vector<std::vector<Index<Value>>> returns_;
  std::map<std::tuple<uint32_t, Index<Value>, bool>, std::vector<Arrival>> memo_;
  std::vector<CallListEntry> callLists_ = {{}};
  llvm::DenseMap<std::pair<uint64_t, CallList>, CallList> numbers_; ///< By the last call and the rest.

  struct ReachedValue {
    uint32_t function = 0;
    Index<Value> value;
    bool isReached = false;        ///< By a callable.
    std::vector<uint32_t> reaches; ///< Positions of what the value directly becomes.
  };
  std::vector<ReachedValue> reached_;
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, uint32_t> reachedPositions_; ///< By function and value.
};

} // namespace opex
