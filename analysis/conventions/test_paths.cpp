#include "analysis/conventions/test_paths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace opex {
namespace {

bool isTestFolder(llvm::StringRef name) {
  static constexpr llvm::StringLiteral kFolders[] = {"test",      "tests",     "unittest",   "unittests",        "unit_test", "unit_tests",
                                                     "unit-test", "unit-tests", "testsuite", "integration_test", "gtest",     "gtests",
                                                     "benchmark", "benchmarks"};
  std::string lower = name.lower();
  return llvm::is_contained(kFolders, lower);
}

bool isTestFile(llvm::StringRef stem) {
  static constexpr llvm::StringLiteral kEnds[] = {"_test", "_tests", "_unittest", "_unittests", ".test", ".t"};
  if (stem.starts_with("test_") || llvm::any_of(kEnds, [&](llvm::StringRef end) { return stem.ends_with(end); }))
    return true;
  // `CacheTest`, `TestCache`, but not `Latest`.
  return stem.ends_with("Test") || stem.ends_with("Tests") || (stem.starts_with("Test") && stem.size() > 4 && llvm::isUpper(stem[4]));
}

} // namespace

bool isTestPath(llvm::StringRef path) {
  llvm::SmallVector<llvm::StringRef, 8> parts;
  path.split(parts, '/', -1, /*KeepEmpty=*/false);
  if (parts.empty())
    return false;
  llvm::StringRef stem = parts.pop_back_val().rsplit('.').first;
  return isTestFile(stem) || llvm::any_of(parts, isTestFolder);
}

} // namespace opex
