// What follows from a condition that has come out true or false: which of its parts hold, and which comparisons.
#pragma once

#include "model/program.h"

#include <optional>

namespace opex {

enum class Compare : uint8_t { Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual };

Compare negated(Compare op);
Compare mirrored(Compare op); ///< With its sides exchanged.
std::optional<Compare> compareOf(llvm::StringRef op);
bool holds(Compare op, int64_t left, int64_t right);

struct Comparison {
  Index<Value> left, right; ///< Without casts.
  Compare op = Compare::Less;
};

Comparison mirrored(const Comparison &comparison);

/// What holds when the comparison comes out as `isTrue`. None if the value compares nothing.
std::optional<Comparison> comparisonOf(const Function &function, Index<Value> value, bool isTrue);

/// A condition with `!` taken off, and taken apart at its outermost `&&` or `||`. What it says of its outcome is what
/// De Morgan makes of it: of `!(a && b)` that is true, one of `a` and `b` is false.
struct Split {
  enum Kind : uint8_t {
    Whole,  ///< It is no `&&` and no `||`: `left` is it, casts included.
    Both,   ///< Both sides come out as `isTrue`.
    Either, ///< At least one of them does.
  } kind = Whole;
  Index<Value> left, right;
  bool isTrue = true;
};

/// Of a condition that has come out as `isTrue`. All walks over conditions go by this.
Split splitCondition(const Function &function, Index<Value> condition, bool isTrue);

/// The parts of the condition whose outcome follows from its own: both sides of `a && b` when it is true, of `a || b`
/// when it is false, with `!` taken off. Parts that are no `&&`, `||` or `!` themselves, in the order of the text.
void visitImplied(const Function &function, Index<Value> condition, bool isTrue,
                  llvm::function_ref<void(Index<Value> part, bool isTrue)> visit);

/// Some part of the condition, with `!`, `&&` and `||` taken off, satisfies the test.
bool anyPart(const Function &function, Index<Value> condition, llvm::function_ref<bool(Index<Value> part)> test);

} // namespace opex
