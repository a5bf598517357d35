// What a caller can tell from the value that a function returns after a failure: is it one that only
// failures give, or could it be an ordinary result? Compares the handler's returns with the others of the
// same function.
#pragma once

#include "model/program.h"

#include <vector>

namespace opex {

/// What the caller of the function learns from the value that the handler returns (or leaves behind).
enum class Answer : uint8_t {
  None,      ///< No value: the function goes on, or returns none.
  Status,    ///< A value that only failures give: the caller can tell.
  Conflated, ///< A value that ordinary results of the same function have too.
  Default,   ///< An empty or zero value out of the range of ordinary results.
  Success,   ///< The very value that success gives.
};

struct AnswerGiven {
  Answer answer = Answer::None;
  Index<Value> value; ///< As returned.
  Site same;          ///< An ordinary return of the same value.
  /// It is what the function also ends with when the try has found nothing; what it finds it returns at once.
  bool isNotFound = false;
};

/// `exits` are the ways out of the handler (and of what follows it, where only failures get there).
AnswerGiven answerOf(const Program &program, const LinkedFunction &function, Index<Try> owner,
                     const std::vector<uint32_t> &exits);

} // namespace opex
