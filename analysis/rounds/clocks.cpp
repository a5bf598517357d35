#include "analysis/rounds/clocks.h"

namespace opex {
namespace {

/// Functions that hand on what a clock says lie no deeper.
constexpr uint32_t kDeepest = 3;

bool asksBelow(const Program &program, const LinkedFunction &function, uint32_t depth) {
  for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
    const LinkedFunction *callee = program.directCallee(function, Index<Call>(i));
    if (callee ? depth > 0 && asksBelow(program, *callee, depth - 1)
               : isNamedLikeClock(unqualified(function.body->calls[i].name)))
      return true;
  }
  return false;
}

} // namespace

bool isNamedLikeClock(llvm::StringRef name) {
  return name == "time" || name == "now" || name.contains_insensitive("elapsed") ||
         name.contains_insensitive("gettime") || name.contains_insensitive("clock") ||
         name.contains_insensitive("deadline") || name.contains_insensitive("expired");
}

bool asksClock(const Program &program, const LinkedFunction &function) {
  return asksBelow(program, function, kDeepest);
}

} // namespace opex
