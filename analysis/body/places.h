// Which place a value names: a variable, or the way from one to a part of it or to what it points to (an access path).
// `x` and `this->x`, `p->x` and `(*p).x`, `owner->x` and `owner.get()->x`, a reference and what it was bound to are one
// place; two variables of the same name are two. A pointer and what it points to are two as well.
//
// Places are told apart by what is written in one function. What a pointer points to, and what other functions call the
// same object, is asked of model/provenance.h. A pointer or index that gets another value in between still names the
// same place here: who cares for that asks for the assignments.
//
// The values of `a + b` or `c ? a : b` name no place, and no place is the same as nothing, itself included.
#pragma once

#include "model/program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace opex {

class Place {
public:
  enum Kind : uint8_t {
    // What a place begins with:
    Local,  ///< `which` is the position of the variable.
    Global, ///< `which` is the entity's hash, as in Member.
    This,
    Result, ///< Of call `which`, where that is an object of its own.
    // How it goes on:
    Member,
    Element,     ///< `which` is the number of it.
    ElementAt,   ///< The one at the place named by the steps up to EndOfIndex.
    EndOfIndex,
    SomeElement, ///< Nothing is known of the index.
    Pointee,     ///< What it points to; left out before Member, as `->` does.
    Address,     ///< The pointer to it.
  };

  struct Step {
    Kind kind = Local;
    uint64_t which = 0;
    auto operator<=>(const Step &) const = default;
  };

  Place() = default;
  explicit Place(llvm::ArrayRef<Step> steps) : steps_(steps) {}
  static Place ofLocal(uint32_t local) { return Place(Step{Local, local}); }
  static Place ofResult(uint32_t call) { return Place(Step{Result, call}); }

  /// Exactly one object or pointer is named.
  explicit operator bool() const;

  /// The variable that it begins with; none for others.
  std::optional<uint32_t> local() const;
  bool isIn(Kind root) const { return !steps_.empty() && steps_.front().kind == root; }

  /// A variable itself, or `*this`: no part of it.
  bool isWhole() const { return steps_.size() == 1; }
  bool isThis() const { return isIn(This) && isWhole(); }

  /// The member or global that it ends in; none for others.
  EntityId entity() const;

  /// It is `whole`, a part of it, or what it leads to.
  bool isPartOf(const Place &whole) const;

  /// With pointers, addresses and what they stand for taken for one another, as who asks "whom does this speak of" does.
  /// None if there would be an unknown element in it, or it belongs to the result of a call.
  Place withoutIndirection() const;

  llvm::ArrayRef<Step> steps() const { return steps_; }

  /// Those of the places that are not known as well, so that sets and maps can hold them.
  bool operator==(const Place &other) const { return steps_ == other.steps_; }
  bool operator<(const Place &other) const { return steps_ < other.steps_; }

private:
  llvm::SmallVector<Step, 3> steps_;
};

/// The place that the value names, or that its value is a plain copy of.
Place placeOf(const Function &function, Index<Value> value);

/// Both name the same place, and it is known which.
bool isSamePlace(const Function &function, Index<Value> left, Index<Value> right);

/// The value names the place.
bool names(const Function &function, Index<Value> value, const Place &place);

/// The value is the place or is made from it; looks into the arguments of calls.
bool mentionsPlace(const Function &function, Index<Value> value, const Place &place);

/// The local, global or member of `this` that the value is, is a part of, or is reached through; `this` for the object.
/// None for others. A reference is a variable of its own here, since it may be bound to one part among many.
Place variableOf(const Function &function, Index<Value> value);

/// A variable by its declaration: a member is the same in every object, as model/provenance.h tells them apart.
struct Variable {
  std::optional<uint32_t> local;
  EntityId entity = {}; ///< Of a global or member.

  explicit operator bool() const { return local || entity; }
  bool operator==(const Variable &) const = default;
};

/// The last variable on the way to the value: `queue` of `shards[i].queue`, `*queue`, `&queue[n]`. None for results of
/// calls.
Variable lastVariableOf(const Function &function, Index<Value> value);

/// The value names the variable in some part; looks into the arguments of calls.
bool mentionsVariable(const Function &function, Index<Value> value, const Variable &variable);

/// The variable of the function that the value is, is a part of, or is reached through.
std::optional<uint32_t> localOf(const Function &function, Index<Value> value);

/// The same, if it is a parameter.
std::optional<uint32_t> parameterOf(const Function &function, Index<Value> value);

} // namespace opex
