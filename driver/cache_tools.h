// The commands about the store of facts: what it holds, and how to be rid of it.
#pragma once

#include "driver/options.h"

namespace opex {

llvm::Expected<int> runCacheShow(const Options &options);
llvm::Expected<int> runCachePrune(const Options &options);
llvm::Expected<int> runCacheClear(const Options &options);

} // namespace opex
