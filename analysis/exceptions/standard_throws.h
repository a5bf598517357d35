// What the functions of the standard library throw, those that are not declared noexcept. They are known by
// their shape: streams keep what goes wrong as their state unless they are told to throw, containers and
// strings only allocate, algorithms do nothing by themselves.
#pragma once

#include "analysis/body/places.h"
#include "analysis/exceptions/throws.h"
#include "model/program.h"

#include <set>

namespace opex {

class StandardThrows {
public:
  explicit StandardThrows(const Program &program);

  /// Apart from what the callables do that it is handed.
  Throws of(const LinkedFunction &function, const Call &call, const Declaration &callee) const;

  /// A member of a stream, or a function of the standard library that works on the stream that comes first.
  bool isStreaming(const Declaration &callee) const;

private:
  bool mayStreamThrow(const LinkedFunction &function, const Call &call) const;

  const Program &program_;
  std::set<EntityId> throwingStreams_;                     ///< Members and globals that are told to throw.
  std::set<std::pair<uint32_t, uint32_t>> throwingLocals_; ///< Function and variable.
  bool anyStreamThrows_ = false;                           ///< Some stream is.
  bool unknownStreamThrows_ = false;                       ///< One that cannot be told from others.
};

} // namespace opex
