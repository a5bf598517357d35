// What numbers a value can be: constants followed through variables, members, parameters and return values
// along a known path of callers. Anything computed, read or configured is `unknown`.
#pragma once

#include "model/provenance.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace opex {

/// A place in the program where a question is asked: in `function`, reached through the calls of `path`
/// (nearest caller first; the first one calls `function`).
struct Frame {
  uint32_t function = 0;
  std::vector<CallRef> path;
};

struct NumberSet {
  std::set<int64_t> known;     ///< As written; durations in nanoseconds.
  std::set<std::string> names; ///< Enumerators, globals and functions it may be, qualified.
  bool isUnknown = false;      ///< It may be something else besides.
  bool mayBeNull = false;
};

class Constants {
public:
  Constants(const Program &program, Provenance &provenance) : program_(program), provenance_(provenance) {}

  NumberSet of(const Frame &frame, Index<Value> value);

  /// The argument that a parameter stands for in this frame, and the caller's frame; the value itself if
  /// it is no parameter. Casts are looked through.
  std::pair<Frame, Index<Value>> atCaller(Frame frame, Index<Value> value) const;

private:
  void collect(const Frame &frame, Index<Value> value, NumberSet &into, unsigned depth);
  /// The value as it is used in the block of the frame's function, none if that is not known.
  void collectIn(const Frame &frame, Index<Block> block, Index<Value> value, NumberSet &into, unsigned depth);
  void collectLocal(const Frame &frame, uint32_t local, NumberSet &into, unsigned depth);
  void collectCall(const Frame &frame, const Call &call, Index<Call> index, NumberSet &into, unsigned depth);
  void collectUnary(const Frame &frame, const Value &value, NumberSet &into, unsigned depth);
  void collectBinary(const Frame &frame, const Value &value, NumberSet &into, unsigned depth);

  const Program &program_;
  Provenance &provenance_;
  unsigned steps_ = 0; ///< Values looked at for the question under way.
};

} // namespace opex
