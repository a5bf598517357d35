// `rules schema`: prints what is built in.
#include "driver/rules_tools.h"
#include "rules/embedded.h"

#include "llvm/Support/raw_ostream.h"

namespace opex {

llvm::Expected<int> runRulesSchema() {
  llvm::outs() << rules::packSchema();
  return 0;
}

} // namespace opex
