// What a call may throw: nothing, only that memory has run out, or anything. A handler of what cannot happen
// hides nothing, and a call that cannot fail is never the one whose failure is hidden. Whatever is not known
// may throw anything; library functions are judged by their linkage and (standard_throws.h) their shape.
// What a function throws is computed for all of them at once, callees first.
#pragma once

#include "analysis/exceptions/standard_throws.h"
#include "analysis/calls/statements.h"

#include <vector>

namespace opex {

/// It is declared with the linkage of C, in no namespace or class.
bool hasCLinkage(const Declaration &function);

class Throwing {
public:
  using Result = Throwing;
  using Needs = Inputs<Statements>;
  static Throwing run(const Needs &in) { return Throwing(in); }
  static constexpr llvm::StringLiteral kName = "throwing";

  explicit Throwing(const Needs &in);

  Throws of(const LinkedFunction &function, Index<Call> call) const { return ofCall(known_, function, call); }

  /// A `catch (...)` that throws nothing itself stands between the two blocks and keeps what `inner` throws.
  static bool isKept(const Function &body, Index<Block> inner, Index<Block> outer);

private:
  using Known = std::vector<Throws>; ///< By position in Program::functions.

  Throws ofCall(const Known &known, const LinkedFunction &function, Index<Call> call) const;
  Throws ofForeign(const Known &known, const LinkedFunction &function, Index<Call> index) const;
  Throws readBody(const Known &known, const LinkedFunction &function) const;
  bool isForeign(const Declaration &callee) const;
  bool reportsByCode(const Declaration &callee) const;
  bool takesUnseenCallable(const LinkedFunction &function, const Call &call) const;

  const Needs in_;
  const Program &program_;
  StandardThrows standard_;
  Known known_;
};

} // namespace opex
