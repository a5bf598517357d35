#include "frontend/constants.h"
#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/Stack.h"

#include <limits>

namespace opex {
namespace {

/// Larger trees are not evaluated as a whole: their leaves keep their constants, and the cost stays linear.
constexpr uint32_t kHeaviestConstant = 200;

} // namespace

const clang::Expr *withoutWrappers(const clang::Expr *expression) {
  while (expression) {
    const clang::Expr *inner = expression->IgnoreParens();
    if (auto *full = llvm::dyn_cast<clang::FullExpr>(inner))
      inner = full->getSubExpr();
    else if (auto *bound = llvm::dyn_cast<clang::CXXBindTemporaryExpr>(inner))
      inner = bound->getSubExpr();
    else if (auto *replaced = llvm::dyn_cast<clang::SubstNonTypeTemplateParmExpr>(inner))
      inner = replaced->getReplacement();
    if (inner == expression)
      break;
    expression = inner;
  }
  return expression;
}

Index<Value> SkeletonBuilder::value(const clang::Expr *expression) {
  Index<Value> result;
  if (expression)
    clang::runWithSufficientStackSpace([] {}, [&] { result = Visit(expression); });
  return result;
}

Index<Value> SkeletonBuilder::operand(const clang::Expr *expression) {
  Index<Value> result = value(expression);
  if (result)
    return result;
  return add(expression ? start(ValueKind::Unknown, expression) : Value());
}

Value SkeletonBuilder::start(ValueKind kind, const clang::Expr *expression) {
  Value value;
  value.kind = kind;
  value.type = type(expression->getType());
  value.site = site(expression->getSourceRange());
  return value;
}

/// Whether the compiler could know the value, judging by what it is made of.
bool SkeletonBuilder::hasConstantOperands(const Value &value, const clang::Expr *expression) const {
  auto isConstant = [&](Index<Value> part) { return function_.values[part.value].constant.has_value(); };
  switch (value.kind) {
  case ValueKind::Unary:
  case ValueKind::Binary:
  case ValueKind::Choice:
  case ValueKind::Cast:
    return llvm::all_of(value.operands, isConstant) && value.text != "++" && value.text != "--";
  case ValueKind::Call: {
    const Call &call = function_.calls[value.index];
    const clang::FunctionDecl *callee = nullptr;
    if (auto *node = llvm::dyn_cast<clang::CallExpr>(expression))
      callee = node->getDirectCallee();
    return callee && callee->isConstexpr() && llvm::all_of(call.arguments, isConstant) &&
           (!call.object || isConstant(call.object));
  }
  case ValueKind::SizeOf: return true;
  case ValueKind::Unknown:
    return llvm::isa<clang::TypeTraitExpr, clang::CXXNoexceptExpr, clang::ConceptSpecializationExpr,
                     clang::SizeOfPackExpr, clang::RequiresExpr>(expression);
  default: return false;
  }
}

Index<Value> SkeletonBuilder::add(Value value, const clang::Expr *expression) {
  uint32_t weight = 1;
  for (Index<Value> part : value.operands)
    weight += weights_[part.value];
  if (!value.constant && expression && weight <= kHeaviestConstant && hasConstantOperands(value, expression))
    value.constant = constantOf(expression, tables_.context);
  weights_.push_back(weight);
  Index<Value> index(function_.values.size());
  function_.values.push_back(std::move(value));
  return index;
}

/// Keeps the spelling, and walks what is inside for the calls in it.
Index<Value> SkeletonBuilder::unknown(const clang::Expr *expression) {
  llvm::SmallVector<Index<Value>, 2> parts;
  bool isEvaluated = !llvm::isa<clang::CXXNoexceptExpr, clang::CXXTypeidExpr, clang::RequiresExpr,
                                clang::ConceptSpecializationExpr>(expression);
  for (const clang::Stmt *child : expression->children()) {
    if (!isEvaluated)
      break;
    if (auto *inner = llvm::dyn_cast_or_null<clang::Expr>(child)) {
      if (Index<Value> part = value(inner))
        parts.push_back(part);
    } else {
      statement(child);
    }
  }
  Value result = start(ValueKind::Unknown, expression);
  result.text = spelling(expression->getSourceRange());
  result.operands = std::move(parts);
  return add(std::move(result), expression);
}

Index<Value> SkeletonBuilder::cast(const clang::Expr *expression, Index<Value> operand) {
  Value result = start(ValueKind::Cast, expression);
  result.operands.push_back(operand);
  // The longest time there is stays that in every unit, although the conversion itself overflows.
  std::optional<int64_t> whole = function_.values[operand.value].constant;
  if (whole &&
      (*whole == std::numeric_limits<int64_t>::max() || *whole == std::numeric_limits<int64_t>::min()) &&
      chronoType(expression->getType()))
    result.constant = whole;
  return add(std::move(result), expression);
}

Index<Value> SkeletonBuilder::VisitExpr(const clang::Expr *node) { return unknown(node); }

Index<Value> SkeletonBuilder::VisitParenExpr(const clang::ParenExpr *node) {
  return value(node->getSubExpr());
}

Index<Value> SkeletonBuilder::VisitFullExpr(const clang::FullExpr *node) { return value(node->getSubExpr()); }

Index<Value> SkeletonBuilder::VisitCXXBindTemporaryExpr(const clang::CXXBindTemporaryExpr *node) {
  return value(node->getSubExpr());
}

Index<Value> SkeletonBuilder::VisitMaterializeTemporaryExpr(const clang::MaterializeTemporaryExpr *node) {
  Index<Value> inner = value(node->getSubExpr());
  if (inner && node->getStorageDuration() == clang::SD_FullExpression && node->getType()->isRecordType()) {
    const Value &made = function_.values[inner.value];
    if (made.kind == ValueKind::Call)
      function_.calls[made.index].isTemporary = true;
  }
  return inner;
}

Index<Value>
SkeletonBuilder::VisitSubstNonTypeTemplateParmExpr(const clang::SubstNonTypeTemplateParmExpr *node) {
  return value(node->getReplacement());
}

Index<Value> SkeletonBuilder::VisitOpaqueValueExpr(const clang::OpaqueValueExpr *node) {
  if (auto known = opaque_.find(node); known != opaque_.end())
    return known->second;
  if (!node->getSourceExpr())
    return add(start(ValueKind::Unknown, node));
  Index<Value> source = value(node->getSourceExpr());
  opaque_[node] = source;
  return source;
}

/// A default is the declaration's text but happens here: all of it stands where it is used.
Index<Value> SkeletonBuilder::defaultValue(const clang::Expr *expression, clang::SourceLocation used) {
  std::optional<Site> outer = place_;
  if (!place_)
    place_ = token(used);
  Index<Value> result = value(expression);
  place_ = outer;
  return result;
}

Index<Value> SkeletonBuilder::VisitCXXDefaultArgExpr(const clang::CXXDefaultArgExpr *node) {
  return defaultValue(node->getExpr(), node->getUsedLocation());
}

Index<Value> SkeletonBuilder::VisitCXXDefaultInitExpr(const clang::CXXDefaultInitExpr *node) {
  return defaultValue(node->getExpr(), node->getUsedLocation());
}

Index<Value> SkeletonBuilder::VisitChooseExpr(const clang::ChooseExpr *node) {
  return node->isConditionDependent() ? unknown(node) : value(node->getChosenSubExpr());
}

Index<Value> SkeletonBuilder::VisitGenericSelectionExpr(const clang::GenericSelectionExpr *node) {
  return node->isResultDependent() ? unknown(node) : value(node->getResultExpr());
}

Index<Value> SkeletonBuilder::VisitPackExpansionExpr(const clang::PackExpansionExpr *node) {
  return value(node->getPattern());
}

Index<Value> SkeletonBuilder::VisitImplicitCastExpr(const clang::ImplicitCastExpr *node) {
  switch (node->getCastKind()) {
  case clang::CK_NullToPointer:
  case clang::CK_NullToMemberPointer: return add(start(ValueKind::Null, node));
  case clang::CK_FloatingToIntegral: return cast(node, operand(node->getSubExpr()));
  case clang::CK_IntegralCast:
  case clang::CK_IntegralToBoolean: {
    Index<Value> inner = value(node->getSubExpr());
    if (!inner || !function_.values[inner.value].constant)
      return inner;
    std::optional<int64_t> converted = constantOf(node, tables_.context);
    if (!converted || converted == function_.values[inner.value].constant)
      return inner;
    return cast(node, inner);
  }
  default: return value(node->getSubExpr());
  }
}

Index<Value> SkeletonBuilder::VisitExplicitCastExpr(const clang::ExplicitCastExpr *node) {
  const clang::Expr *inner = node->getSubExpr();
  if (auto *part = llvm::dyn_cast<clang::ImplicitCastExpr>(inner);
      part && part->isPartOfExplicitCast() && part->getType()->isArithmeticType())
    inner = part->getSubExpr();
  switch (node->getCastKind()) {
  case clang::CK_ConstructorConversion:
  case clang::CK_UserDefinedConversion:
    if (auto *made = llvm::dyn_cast<clang::CXXConstructExpr>(withoutWrappers(inner))) {
      clang::SourceLocation name = typeToken(node->getTypeInfoAsWritten());
      return construct(
          made, [] { return Index<Value>(); }, token(name.isValid() ? name : node->getBeginLoc()));
    }
    return value(inner);
  case clang::CK_ToVoid: {
    Index<Value> dropped = value(inner);
    markUse(dropped, ResultUse::VoidCast, false);
    return dropped;
  }
  case clang::CK_NullToPointer: return add(start(ValueKind::Null, node));
  default:
    // `T{…}` names a type only to build it.
    if (llvm::isa<clang::InitListExpr>(withoutWrappers(inner)) && node->getType()->isRecordType())
      return value(inner);
    return cast(node, operand(inner));
  }
}

} // namespace opex
