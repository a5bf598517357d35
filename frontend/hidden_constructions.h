// Class templates of the project that only foreign code constructs: `std::make_unique<Worker<Job>>(…)`. Bodies of foreign functions
// are skipped, so nothing would instantiate the constructors, nor what those run.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"

namespace clang {
class Decl;
class Sema;
} // namespace clang

namespace opex {

/// Instantiates the constructors that calls of foreign function templates in the bodies that `isWanted` may run. What cannot be
/// instantiated is left as it is; no error comes of it.
void instantiateHiddenConstructions(clang::Sema &sema, llvm::function_ref<bool(const clang::Decl *)> isWanted);

} // namespace opex
