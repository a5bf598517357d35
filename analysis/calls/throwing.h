// What a call may throw: nothing, only that memory has run out, or anything. A handler of what cannot happen
// hides nothing, and a call that cannot fail is never the one whose failure is hidden. Whatever is not known
// may throw anything; library functions are judged by their linkage and their shape.
#pragma once

#include "model/program.h"

#include <map>

namespace opex {

enum class Throws : uint8_t {
  Never,
  Memory, ///< std::bad_alloc and its like: copies of strings, growing containers.
  Anything,
};

class Throwing {
public:
  /// `program` must outlive it.
  explicit Throwing(const Program &program) : program_(program) {}

  Throws of(const LinkedFunction &function, Index<Call> call) { return ofCall(function, call, 0); }

  /// A `catch (...)` that throws nothing itself stands between the two blocks and keeps what `inner` throws.
  static bool isKept(const Function &body, Index<Block> inner, Index<Block> outer);

private:
  Throws ofCall(const LinkedFunction &function, Index<Call> call, unsigned depth);
  Throws ofForeign(const LinkedFunction &function, Index<Call> index, unsigned depth);
  Throws ofBody(const LinkedFunction &function, unsigned depth);
  Throws readBody(const LinkedFunction &function, unsigned depth);
  bool isForeign(const Declaration &callee) const;
  bool reportsByCode(const Declaration &callee) const;
  bool takesUnseenCallable(const LinkedFunction &function, const Call &call) const;
  bool needsOnlyMemory(const Declaration &callee, const Call &call) const;

  const Program &program_;
  std::map<uint32_t, Throws> known_; ///< By position in Program::functions.
};

} // namespace opex
