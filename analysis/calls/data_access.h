// What a call asks of the world: the dependency calls and the kept data that it comes to, in its own function
// or below it. Each is judged along the path of calls that leads there, so that a wrapper taking the
// statement or the key as an argument is a read for one caller and a write for another.
#pragma once

#include "analysis/bounds/dependencies.h"

#include <map>
#include <vector>

namespace opex {

/// A leaf of the calls below a call.
struct Touch {
  enum Access : uint8_t {
    Read,  ///< Asks for data.
    Write, ///< Puts data where it is kept.
    Make,  ///< Asks for data, and makes room for what is not there.
    Other, ///< Leaves the process without either: connects, waits for a connection, deletes.
  } access = Other;
  CallRef call; ///< The leaf.
  std::vector<CallRef>
      path; ///< Calls that lead there, nearest caller first; the last is the call asked about.
  std::string callee;
  std::optional<DependencyKind> kind; ///< None for data kept in this process.
  EntityId container; ///< Of data kept in this process: what it is kept in, see keptIn.
  const DependencyUse *dependency = nullptr;
  bool isPossible = false; ///< The path has a step that may go elsewhere.
  bool isEmbedded = false; ///< A database in this process.
};

class Touches {
public:
  using Needs = Inputs<RoleIndex, Subjects, Entries, Dependencies>;

  explicit Touches(const Needs &in)
      : in_(in), program_(in.program()), roles_(in.get<RoleIndex>()), subjects_(in.get<Subjects>()) {}

  /// In the order of the program, the same leaf once per path. What touches very much is cut off: see isHub.
  const std::vector<Touch> &of(CallRef call);

  /// The function's own calls leave the process.
  bool asksItself(const LinkedFunction &function) const;

  /// The call comes to so much that its result says little of any of it.
  bool isHub(CallRef call);

private:
  /// A leaf before it is known how it is reached.
  struct Leaf {
    CallRef call;
    std::vector<CallRef> path;
    bool isPossible = false;
    bool isHandedOver = false; ///< Run by somebody it was given to: the path does not supply its arguments.
  };

  /// Leaves over paths of at most `calls` calls, each a way that does not come round to where it began.
  const std::vector<Leaf> &leavesIn(uint32_t function, unsigned calls);
  std::vector<Leaf> leavesAt(CallRef call, unsigned calls);
  std::vector<Leaf> leavesOfWork(const LinkedFunction &function, unsigned calls);
  bool isLeaf(CallRef call) const;
  std::optional<Touch> judge(const Leaf &leaf);
  bool isFixed(const Leaf &leaf, Index<Value> key) const;

  const Needs in_;
  const Program &program_;
  const RoleIndex &roles_;
  const Subjects &subjects_;
  std::map<std::pair<uint32_t, unsigned>, std::vector<Leaf>> leaves_; ///< By function and length of the paths.
  std::map<CallRef, std::vector<Touch>> memo_;
};

/// The member, global or static variable that the object is, or is reached through; none for what dies with
/// the function. What an accessor hands out is told apart by the accessor. The id is only good for comparing.
EntityId keptIn(const Function &function, Index<Value> object);

} // namespace opex
