// How notices of a run are put together for people, the same in every output.
#pragma once

#include "report/run.h"

#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <vector>

namespace opex {

/// A remark on translation units that lost nothing, and how many made it: a header's own fault is told once.
struct SharedNotice {
  const Notice *notice = nullptr;
  std::string firstUnit;
  size_t units = 0;
};

/// Of complete units only, in the order of their first appearance. Points into `tus`.
std::vector<SharedNotice> harmlessNotices(llvm::ArrayRef<TuSummary> tus);

/// "src/a.cpp" or "src/a.cpp and 11 others".
std::string unitsText(const SharedNotice &shared);

/// "path:line:column"; what is 0 is left out.
std::string placeText(llvm::StringRef path, uint32_t line, uint32_t column);

} // namespace opex
