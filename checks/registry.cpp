#include "checks/registry.h"

#include "llvm/ADT/STLExtras.h"

#include <vector>

namespace opex {

llvm::ArrayRef<const Check *> allChecks() {
  static const std::vector<const Check *> list = [] {
    std::vector<const Check *> checks = {
#define OPEX_CHECK(name) &checks::name,
#include "checks/registry.def"
#undef OPEX_CHECK
    };
    llvm::sort(checks, [](const Check *a, const Check *b) { return a->info.id < b->info.id; });
    return checks;
  }();
  return list;
}

} // namespace opex
