// What a try is there for: which of its calls may throw, those of interest first, and what it does as a whole.
#pragma once

#include "analysis/calls/statements.h"
#include "analysis/exceptions/throwing.h"

namespace opex {

/// What the try does and does not promise to do without fail: likely culprits first, in order of the source.
std::vector<Index<Call>> callsIn(const Inputs<Statements> &in, const LinkedFunction &function, const Try &owner);

/// Of these calls those that may throw the worst that any of them may.
std::vector<Index<Call>> thoseThatMayThrow(const Throwing &throwing, const LinkedFunction &function, const Try &owner,
                                           llvm::ArrayRef<Index<Call>> calls, Throws &worst);

/// The last thing in the try is to fail a test (`CHECK(false)`, `FAIL()`), or the whole try comes out of a
/// testing macro: the exception is what the test wants.
bool wantsException(const LinkedFunction &function, const Try &owner);

/// A call whose name says that it gives something back, or stops it.
bool isCleanUp(llvm::StringRef name);

/// All that the try does for its effect is to clean up.
bool onlyCleansUp(const Inputs<Statements> &in, const LinkedFunction &function,
                  const std::vector<Index<Call>> &calls);

/// `void closeLater(int id) { try { table.remove(id); } catch (const NotThere &) {} }`
bool isCleanUpHelper(const LinkedFunction &function, const Try &owner);

/// Runs code that the function does not choose, and so may fail in any way.
bool runsAnything(const LinkedFunction &function, const std::vector<Index<Call>> &calls);

/// `catch (const std::out_of_range &)` around `at` of a container of the standard library, or `catch (const std::bad_any_cast &)`
/// around a cast that asks whether it is of that type.
bool isLookup(const LinkedFunction &function, const Handler &handler, llvm::ArrayRef<Index<Call>> calls);

} // namespace opex
