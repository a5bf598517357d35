// Where projects keep their tests, by habit of naming folders and files.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace opex {

/// `src/tests/cache.cpp`, `cache_test.cc`, `TestCache.cpp`.
bool isTestPath(llvm::StringRef path);

} // namespace opex
