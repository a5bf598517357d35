// What is known of calls, one entry for each, in the order of the program.
#pragma once

#include "model/program.h"

#include <algorithm>

namespace opex {

/// A sorted list of structs with a member `call`.
template <class T> class ByCall {
public:
  void add(T use) { uses_.push_back(std::move(use)); }

  /// Null where there is none.
  const T *at(CallRef call) const {
    auto found = std::partition_point(begin(), end(), [&](const T &use) { return use.call < call; });
    return found == end() || found->call != call ? nullptr : found;
  }

  /// Those of one function.
  llvm::ArrayRef<T> of(uint32_t function) const {
    auto first = std::partition_point(begin(), end(), [&](const T &use) { return use.call.function < function; });
    auto last = std::partition_point(first, end(), [&](const T &use) { return use.call.function == function; });
    return {first, last};
  }

  llvm::ArrayRef<T> all() const { return uses_; }
  const T *begin() const { return uses_.data(); }
  const T *end() const { return uses_.data() + uses_.size(); }

private:
  std::vector<T> uses_;
};

/// A call or loop that a pass looked at and that came to nothing.
struct RejectedCandidate {
  uint32_t function = 0;
  Index<Call> call;
  Index<Loop> loop;       ///< If it is no call.
  llvm::StringRef reason; ///< A literal.
};

} // namespace opex
