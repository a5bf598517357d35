#include "model/annotations.h"

#include <algorithm>

namespace opex {

template <class T> static const T *find(const std::vector<T> &sorted, CallRef call) {
  auto found = std::lower_bound(sorted.begin(), sorted.end(), call,
                                [](const T &use, const CallRef &c) { return use.call < c; });
  return found == sorted.end() || found->call != call ? nullptr : &*found;
}

const LogStatement *Annotations::log(CallRef call) const { return find(logs, call); }
const AbortUse *Annotations::abort(CallRef call) const { return find(aborts, call); }
const ErrorReportUse *Annotations::errorReport(CallRef call) const { return find(errorReports, call); }
const SpawnUse *Annotations::spawn(CallRef call) const { return find(spawns, call); }
const GuardUse *Annotations::guard(CallRef call) const { return find(guards, call); }
const StoreUse *Annotations::store(CallRef call) const { return find(stores, call); }
const DependencyUse *Annotations::dependency(CallRef call) const { return find(dependencies, call); }
bool Annotations::isPause(CallRef call) const { return std::binary_search(pauses.begin(), pauses.end(), call); }

llvm::ArrayRef<CallRef> Annotations::pausesOf(uint32_t function) const {
  llvm::ArrayRef<CallRef> all = pauses;
  auto first = std::partition_point(all.begin(), all.end(), [&](const CallRef &call) { return call.function < function; });
  auto last = std::partition_point(first, all.end(), [&](const CallRef &call) { return call.function == function; });
  return {first, last};
}

llvm::ArrayRef<DependencyUse> Annotations::dependenciesOf(uint32_t function) const {
  llvm::ArrayRef<DependencyUse> all = dependencies;
  auto first = std::partition_point(all.begin(), all.end(), [&](const DependencyUse &use) { return use.call.function < function; });
  auto last = std::partition_point(first, all.end(), [&](const DependencyUse &use) { return use.call.function == function; });
  return {first, last};
}

} // namespace opex
