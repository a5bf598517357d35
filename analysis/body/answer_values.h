// What the values of one function are to somebody who tells answers apart: the same as another one, constant,
// empty, nothing at all. Compares what is written; what a call returns is not looked into.
#pragma once

#include "model/program.h"

namespace opex {

/// What a value is made of, as far as its reader can tell it from others.
enum class Shape : uint8_t {
  Absent,   ///< A null pointer, an optional without a value.
  Empty,    ///< `""`, `{}`, `Rows()`, `0.0`.
  Fixed,    ///< Another constant.
  Variable, ///< What a variable or a field holds.
  Made,     ///< Anything else: the result of a call, a text, an object.
};

/// The value without the casts and copies around it.
Index<Value> withoutCopies(const Function &body, Index<Value> value);

/// The program must outlive it.
class AnswerValues {
public:
  AnswerValues(const Program &program, const LinkedFunction &function)
      : program_(program), function_(function), body_(*function.body) {}

  /// The value without conversions around it.
  Index<Value> strip(Index<Value> index) const;

  /// Both are written alike, of the same variables, constants and functions.
  bool isSame(Index<Value> a, Index<Value> b) const { return isSame(a, b, 0); }

  /// A constant of any type.
  bool isFixed(Index<Value> index) const;

  Shape shapeOf(Index<Value> index) const;

  /// Types whose empty value is tested for: pointers and what behaves like one.
  bool canBeAbsent(Index<Type> index) const;

  bool isBool(Index<Type> index) const;

private:
  bool isSame(Index<Value> a, Index<Value> b, unsigned depth) const;
  bool isSameList(llvm::ArrayRef<Index<Value>> a, llvm::ArrayRef<Index<Value>> b, unsigned depth) const;
  bool isSameCall(const Call &a, const Call &b, unsigned depth) const;
  Shape shapeOfCall(const Call &call) const;

  const Program &program_;
  const LinkedFunction &function_;
  const Function &body_;
};

} // namespace opex
