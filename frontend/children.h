// Work on untrusted input in processes of its own: forked, so that the loaded libraries are shared, and
// limited, so that nothing that happens to one reaches the others. Bytes come back through a pipe.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstddef>
#include <string>

namespace opex {

struct ChildLimits {
  unsigned timeoutSeconds = 0; ///< Of wall clock and of CPU; 0: none.
  unsigned memoryMiB = 0;      ///< Address space; 0: no limit.
};

/// What came of one child.
struct ChildResult {
  enum End : uint8_t { Done, NotStarted, Failed } end = Done;
  std::string bytes;   ///< What the work gave.
  std::string failure; ///< "the parser …": what happened to it. Only for Failed.
};

/// Runs `work(i)` for each i below `count` in a child process with a stack that Clang's recursion fits on,
/// `jobs` (at least 1) at once. A child cannot write to any file, and has no terminal. `onDone(i, result)` is
/// called in the caller's thread, in order of completion; NotStarted where the system gives no process. Call
/// it before the process has other threads.
void runChildren(size_t count, unsigned jobs, const ChildLimits &limits,
                 llvm::function_ref<std::string(size_t)> work,
                 llvm::function_ref<void(size_t, ChildResult)> onDone);

} // namespace opex
