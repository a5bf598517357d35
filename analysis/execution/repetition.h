// How often functions run, by the loops around their calls and around the calls of what calls them, however
// far up; and which of them run once in the life of the program or of an object.
#pragma once

#include "model/program.h"

namespace opex {

class Repetition {
public:
  /// Kinds of loops, to be or-ed. What goes round once, or so often as a constant says, is none.
  enum Loops : uint8_t {
    Numbered = 1, ///< So often as somebody says.
    Data = 2,     ///< For each element.
    Lasting = 4,  ///< Without an end of its own: the service runs in it.
    Any = 7,
  };

  /// The program must outlive it.
  explicit Repetition(const Program &program);

  /// A loop of one of the kinds is around the call in its function.
  bool isInLoop(CallRef call, uint8_t loops = Any) const { return loopsAt(call) & loops; }

  /// The same, or around a call of its function, or of what calls that.
  bool isRepeated(CallRef call, uint8_t loops = Any) const {
    return (loopsAt(call) | above_[call.function]) & loops;
  }

  /// The call is made once in the life of the program, or of an object of the record: where that is made or
  /// ends.
  bool isOnce(CallRef call, EntityId record) const;

private:
  struct Once {
    bool inProgram = false;
    std::vector<EntityId> ofRecords; ///< Sorted.
    bool operator==(const Once &) const = default;
  };

  uint8_t loopsAt(CallRef call) const;
  Once onceOf(uint32_t function, const std::vector<Once> &known) const;

  const Program &program_;
  mutable std::vector<std::vector<uint8_t>> kinds_; ///< Of each function's loops, as soon as somebody asks.
  std::vector<uint8_t> above_;                      ///< Of each function: loops around calls of it.
  std::vector<Once> once_;
};

} // namespace opex
