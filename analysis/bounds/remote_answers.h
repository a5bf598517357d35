// Waits inside the process for an answer that comes from outside it: a promise that a network thread keeps, an RPC of the function's own
// that a completion queue reports. They are waits for a dependency, whether or not a request is known to wait for them, so also in
// a library, whose entry points are its public functions.
#pragma once

#include "analysis/apis/subjects.h"
#include "analysis/entries/reach.h"
#include "model/dependency.h"

#include <set>

namespace opex {

class RemoteAnswers {
public:
  using Needs = Inputs<RoleIndex, Subjects, Entries>;
  explicit RemoteAnswers(const Needs &in);

  /// The wait's answer comes from outside the process.
  bool isAwaited(const rules::DependencyCall &row, const DependencyUse &use);

private:
  void findReaders();
  void findKept();
  bool asksFirst(const LinkedFunction &function, Index<Call> call) const;
  bool comesFromNetwork(CallRef keeps) const;
  bool isLooped(uint32_t function) const;
  bool isKeptFromAfar(uint32_t function, Index<Value> future) const;
  std::set<EntityId> homesOf(const Origin &origin) const;

  const Needs in_;
  const Program &program_;
  std::set<uint32_t> readers_;  ///< Functions that read from other hosts, themselves or in what they surely run.
  std::set<EntityId> kept_;     ///< Members and globals with promises that a function keeps once it has read.
};

} // namespace opex
