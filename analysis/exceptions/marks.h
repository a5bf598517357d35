// What the state that a failed try leaves behind says by itself: a place holds one thing before the try and another at its end,
// and somebody looks at it. A handler that leaves it so hides nothing, though it is empty.
#pragma once

#include "analysis/calls/writes.h"

namespace opex {

/// Of one function.
class Marks {
public:
  Marks(const Program &program, const Writes &writes, const LinkedFunction &function);

  /// A place tells after the try whether `culprit`, and what comes after it, went well: flags, statuses and texts that start as
  /// the failure's, values for which "none" stands until the try has one. Where the handler ends the function, what follows the
  /// try belongs to it.
  bool areLeftBy(const Handler &handler, Index<Call> culprit) const;

  /// What has come in so far is kept, and looked at again when more of it is there: it is added to before the try, and taken
  /// out only when the try succeeds.
  bool keepInput(const Handler &handler) const;

private:
  /// Something is added to what outlives the function.
  struct Fill {
    Place place;
    Moment moment;
  };

  const Program &program_;
  const Writes &writes_;
  const LinkedFunction &function_;
  std::vector<Write> all_;
  std::vector<Fill> fills_;
  std::vector<uint8_t> isTarget_; ///< Of values: only assigned to, or put into an object.
};

} // namespace opex
