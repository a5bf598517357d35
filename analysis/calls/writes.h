// What a body puts into places: by assignments, and by methods that do nothing else (setters, `clear`, `reset`). A setter is
// known by what it does, which is computed for all functions, callees first; one that cannot be seen counts as a place of its
// own, which calls of the same method on the same object set.
#pragma once

#include "analysis/body/order.h"
#include "analysis/body/places.h"
#include "analysis/execution/call_components.h"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace opex {

/// A constant as its reader tells it from others.
struct Fixed {
  enum Kind : uint8_t { Number, Truth, Enumerator, Text, Empty, Absent } kind = Number;
  int64_t number = 0;
  EntityId entity = {};
  llvm::StringRef text = {};

  bool operator==(const Fixed &) const = default;
};

/// None if the value is no constant.
std::optional<Fixed> fixedOf(const Program &program, const LinkedFunction &function, Index<Value> value);

struct Write {
  Place place;
  Moment moment;
  std::optional<Fixed> fixed; ///< What is put there, if that is a constant.
  std::optional<uint32_t> parameter; ///< What is put there is this parameter of the function.
  const Type *type = nullptr;        ///< Of the place, where it is known.
  bool isUnseen = false;             ///< By a method without a body here.

  bool operator==(const Write &other) const {
    return place == other.place && moment.block == other.moment.block && moment.position == other.moment.position &&
           fixed == other.fixed && parameter == other.parameter && type == other.type && isUnseen == other.isUnseen;
  }
};

class Writes {
public:
  explicit Writes(const Program &program);

  /// In the order of the function's tables: declarations, assignments, calls.
  std::vector<Write> of(const LinkedFunction &function) const;

  /// What all constructors of the record put into a part of the object, given by the steps after it. None if they differ.
  std::optional<Fixed> madeWith(EntityId record, llvm::ArrayRef<Place::Step> part) const;

  /// Something asks for the value of the member or global.
  bool isRead(EntityId variable) const;

private:
  /// What every call of a method puts into its object: places from `this` on.
  using Settings = std::vector<Write>;

  std::vector<Write> read(const std::vector<Settings> &known, const LinkedFunction &function) const;
  void addCall(const std::vector<Settings> &known, const LinkedFunction &function, Index<Call> call,
               std::vector<Write> &writes) const;
  Settings settingsOf(const std::vector<Settings> &known, const LinkedFunction &function) const;

  const Program &program_;
  CallComponents components_;
  std::vector<Settings> known_; ///< By position in Program::functions.
  std::map<EntityId, std::vector<uint32_t>> constructors_;
  std::set<EntityId> read_;
};

} // namespace opex
