#include "frontend/constants.h"

#include "frontend/types.h"

#include "clang/AST/APValue.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Expr.h"

#include <cmath>
#include <limits>

namespace opex {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

int64_t saturated(const llvm::APSInt &number) {
  if (std::optional<int64_t> fits = number.tryExtValue())
    return *fits;
  return number.isNegative() ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

int64_t saturated(__int128 number) {
  if (number > std::numeric_limits<int64_t>::max())
    return std::numeric_limits<int64_t>::max();
  if (number < std::numeric_limits<int64_t>::min())
    return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(number);
}

int64_t saturated(double number) {
  if (std::isnan(number))
    return 0;
  if (number >= 9.2e18)
    return std::numeric_limits<int64_t>::max();
  if (number <= -9.2e18)
    return std::numeric_limits<int64_t>::min();
  return std::llround(number);
}

int64_t nanoseconds(const llvm::APSInt &ticks, const ChronoType &chrono) {
  // |ticks| < 2^63 and the ratio's parts are at most 2^63: scale in two steps to stay within 128 bits.
  __int128 count = saturated(ticks);
  if (chrono.numerator > kNanosecondsPerSecond)
    return saturated(static_cast<double>(count) * static_cast<double>(chrono.numerator) * 1e9 /
                     static_cast<double>(chrono.denominator));
  return saturated(count * chrono.numerator * kNanosecondsPerSecond / chrono.denominator);
}

std::optional<int64_t> fromValue(const clang::APValue &value, const std::optional<ChronoType> &chrono) {
  const clang::APValue *inner = &value;
  while (inner->isStruct() && inner->getStructNumFields() >= 1)
    inner = &inner->getStructField(0);
  if (inner != &value && !chrono)
    return std::nullopt;
  if (inner->isInt())
    return chrono ? nanoseconds(inner->getInt(), *chrono) : saturated(inner->getInt());
  if (inner->isFloat() && chrono) {
    llvm::APFloat ticks = inner->getFloat();
    bool losesInfo = false;
    ticks.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    return saturated(ticks.convertToDouble() * 1e9 * static_cast<double>(chrono->numerator) /
                     static_cast<double>(chrono->denominator));
  }
  return std::nullopt;
}

bool hasConstantType(clang::QualType type) {
  return !type.isNull() && !type->isDependentType() &&
         (type->isIntegralOrEnumerationType() || chronoType(type).has_value());
}

} // namespace

bool canBeConstant(const clang::Expr *expression) {
  return hasConstantType(expression->getType()) && !expression->isValueDependent() &&
         !expression->containsErrors();
}

std::optional<int64_t> constantOf(const clang::Expr *expression, const clang::ASTContext &context) {
  if (!canBeConstant(expression))
    return std::nullopt;
  clang::Expr::EvalResult result;
  if (!expression->EvaluateAsRValue(result, context) || result.HasSideEffects)
    return std::nullopt;
  return fromValue(result.Val, chronoType(expression->getType()));
}

std::optional<int64_t> constantOf(const clang::VarDecl *variable, const clang::ASTContext &context) {
  clang::QualType type = variable->getType().getNonReferenceType();
  if (variable->isInvalidDecl() || !type.isConstQualified() || type.isVolatileQualified() ||
      !hasConstantType(type))
    return std::nullopt;
  const clang::Expr *init = variable->getAnyInitializer(variable);
  if (!init || init->isValueDependent() || init->containsErrors() || llvm::isa<clang::ParmVarDecl>(variable))
    return std::nullopt;
  if (const clang::APValue *value = variable->evaluateValue())
    return fromValue(*value, chronoType(type));
  return std::nullopt;
}

} // namespace opex
