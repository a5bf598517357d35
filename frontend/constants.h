// Compile-time values of expressions, as Value::constant wants them: integers as they are, durations and
// time points in nanoseconds. Decides nothing about which expressions are worth asking for.
#pragma once

#include <cstdint>
#include <optional>

namespace clang {
class ASTContext;
class Expr;
class VarDecl;
} // namespace clang

namespace opex {

/// Evaluates `expression` if it is of integer, enumeration, duration or time-point type, is not dependent
/// and has no side effects. Values that do not fit are saturated.
std::optional<int64_t> constantOf(const clang::Expr *expression, const clang::ASTContext &context);

/// The value that a const variable keeps from its initialiser on.
std::optional<int64_t> constantOf(const clang::VarDecl *variable, const clang::ASTContext &context);

/// True for types that constantOf may give a value for.
bool canBeConstant(const clang::Expr *expression);

} // namespace opex
