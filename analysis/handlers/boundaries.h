// Where an exception has nowhere to go: destructors, entries of threads and requests, callbacks. There a
// handler that records the failure has done what can be done; in the middle of the work it has not.
#pragma once

#include "analysis/calls/effects.h"
#include "analysis/entries/reach.h"

#include <set>
#include <string>

namespace opex {

class Boundaries {
public:
  using Needs = Inputs<Entries, CallEffects>;

  explicit Boundaries(const Needs &in);

  /// What kind of boundary the handler is at: "a thread's entry", …; empty if it is none.
  std::string at(const LinkedFunction &function, const Handler &handler) const;

private:
  bool isThreadEntry(const LinkedFunction &function) const;
  bool isCallback(const LinkedFunction &function) const;
  bool isForwardedCallback(const LinkedFunction &function) const;
  void findUnitsOfWork();
  bool isLast(const LinkedFunction &function, const Try &owner) const;
  std::string mustNotThrow(const LinkedFunction &function) const;

  const Needs in_;
  const Program &program_;
  std::vector<uint8_t> unitsOfWork_; ///< By position in Program::functions.
  std::set<uint32_t> spawned_, entryPoints_;
  std::set<EntityId> addressTaken_; ///< Functions and lambdas that are named without being called.
};

} // namespace opex
