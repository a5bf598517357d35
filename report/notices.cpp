#include "report/notices.h"

#include <map>
#include <tuple>

namespace opex {

std::vector<SharedNotice> harmlessNotices(llvm::ArrayRef<TuSummary> tus) {
  std::vector<SharedNotice> shared;
  std::map<std::tuple<llvm::StringRef, uint32_t, uint32_t, llvm::StringRef>, size_t> known;
  for (const TuSummary &tu : tus) {
    if (tu.status != TuStatus::Complete)
      continue;
    for (const Notice &notice : tu.notices) {
      auto [entry, isNew] =
          known.try_emplace({notice.path, notice.line, notice.column, notice.message}, shared.size());
      if (isNew)
        shared.push_back({&notice, tu.mainFile, 0});
      ++shared[entry->second].units;
    }
  }
  return shared;
}

std::string unitsText(const SharedNotice &shared) {
  if (shared.units == 1)
    return shared.firstUnit;
  size_t others = shared.units - 1;
  return shared.firstUnit + " and " + std::to_string(others) + (others == 1 ? " other" : " others");
}

std::string placeText(llvm::StringRef path, uint32_t line, uint32_t column) {
  std::string text = path.str();
  if (line != 0)
    text += ":" + std::to_string(line);
  if (line != 0 && column != 0)
    text += ":" + std::to_string(column);
  return text;
}

} // namespace opex
