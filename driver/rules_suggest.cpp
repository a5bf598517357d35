#include "driver/rules_tools.h"
#include "model/error.h"
namespace opex {
llvm::Expected<int> runRulesSuggest(const Options &options) { return makeError("not yet"); }
} // namespace opex
