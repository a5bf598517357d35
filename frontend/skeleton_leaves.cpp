#include "frontend/constants.h"
#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/StringExtras.h"

namespace opex {
namespace {

constexpr size_t kLongestString = 1024;
/// Longer lists are tables of data; what they hold is cut short.
constexpr size_t kLongestList = 1000;

} // namespace

Index<Value> SkeletonBuilder::localValue(Index<Local> local, Site site) {
  Value value;
  value.kind = ValueKind::Local;
  value.type = function_.locals[local.value].type;
  value.index = local.value;
  value.site = site;
  return add(std::move(value));
}

Index<Value> SkeletonBuilder::fieldOfThis(const clang::FieldDecl *field, Site site) {
  Value self;
  self.kind = ValueKind::This;
  self.type = type(tables_.context.getPointerType(tables_.context.getCanonicalTagType(field->getParent())));
  self.site = site;
  Value value;
  value.kind = ValueKind::Field;
  value.type = type(field->getType());
  value.entity = declare(field);
  value.site = site;
  value.operands.push_back(add(std::move(self)));
  return add(std::move(value));
}

Index<Value> SkeletonBuilder::VisitIntegerLiteral(const clang::IntegerLiteral *node) {
  Value literal = start(ValueKind::Constant, node);
  literal.constant = constantOf(node, tables_.context);
  return add(std::move(literal));
}

Index<Value> SkeletonBuilder::VisitCharacterLiteral(const clang::CharacterLiteral *node) {
  Value literal = start(ValueKind::Constant, node);
  literal.constant = node->getValue();
  return add(std::move(literal));
}

Index<Value> SkeletonBuilder::VisitCXXBoolLiteralExpr(const clang::CXXBoolLiteralExpr *node) {
  Value literal = start(ValueKind::Constant, node);
  literal.constant = node->getValue();
  return add(std::move(literal));
}

Index<Value> SkeletonBuilder::VisitFloatingLiteral(const clang::FloatingLiteral *node) {
  Value literal = start(ValueKind::Float, node);
  literal.text = spelling(node->getSourceRange());
  if (literal.text.empty()) {
    llvm::SmallString<32> digits;
    node->getValue().toString(digits);
    literal.text = save(digits);
  }
  return add(std::move(literal));
}

Index<Value> SkeletonBuilder::VisitStringLiteral(const clang::StringLiteral *node) {
  Value literal = start(ValueKind::String, node);
  if (node->getCharByteWidth() == 1) {
    literal.text = save(node->getString().take_front(kLongestString));
  } else {
    std::string escaped;
    llvm::raw_string_ostream out(escaped);
    node->outputString(out);
    literal.text = save(llvm::StringRef(escaped).take_front(kLongestString));
  }
  return add(std::move(literal));
}

Index<Value> SkeletonBuilder::VisitPredefinedExpr(const clang::PredefinedExpr *node) {
  Value literal = start(ValueKind::String, node);
  if (const clang::StringLiteral *name = node->getFunctionName())
    literal.text = save(name->getString());
  return add(std::move(literal));
}

Index<Value> SkeletonBuilder::VisitCXXNullPtrLiteralExpr(const clang::CXXNullPtrLiteralExpr *node) {
  return add(start(ValueKind::Null, node));
}

Index<Value> SkeletonBuilder::VisitGNUNullExpr(const clang::GNUNullExpr *node) {
  return add(start(ValueKind::Null, node));
}

Index<Value> SkeletonBuilder::VisitCXXThisExpr(const clang::CXXThisExpr *node) {
  return add(start(ValueKind::This, node));
}

Index<Value> SkeletonBuilder::VisitUnaryExprOrTypeTraitExpr(const clang::UnaryExprOrTypeTraitExpr *node) {
  return add(start(ValueKind::SizeOf, node), node);
}

Index<Value> SkeletonBuilder::VisitImplicitValueInitExpr(const clang::ImplicitValueInitExpr *node) {
  clang::QualType type = node->getType();
  if (type->isPointerType())
    return add(start(ValueKind::Null, node));
  Value zero = start(canBeConstant(node) ? ValueKind::Constant : ValueKind::List, node);
  if (zero.kind == ValueKind::Constant)
    zero.constant = 0;
  return add(std::move(zero));
}

Index<Value> SkeletonBuilder::VisitCXXScalarValueInitExpr(const clang::CXXScalarValueInitExpr *node) {
  if (node->getType()->isVoidType())
    return {};
  Value zero = start(node->getType()->isPointerType() ? ValueKind::Null : ValueKind::Constant, node);
  if (zero.kind == ValueKind::Constant)
    zero.constant = 0;
  return add(std::move(zero));
}

Index<Value> SkeletonBuilder::variable(const clang::ValueDecl *decl, const clang::Expr *expression) {
  auto *asVariable = llvm::dyn_cast<clang::VarDecl>(decl);
  Value named = start(ValueKind::Unknown, expression);
  if (auto local = locals_.find(decl); local != locals_.end()) {
    named.kind = ValueKind::Local;
    named.index = local->second.value;
  } else if (asVariable && asVariable->hasGlobalStorage()) {
    named.kind = ValueKind::Global;
    named.entity = declare(asVariable);
  } else {
    named.text = save(decl->getName());
  }
  if (asVariable)
    named.constant = constantOf(asVariable, tables_.context);
  return add(std::move(named));
}

Index<Value> SkeletonBuilder::VisitDeclRefExpr(const clang::DeclRefExpr *node) {
  const clang::ValueDecl *decl = node->getDecl();
  if (auto *enumerator = llvm::dyn_cast<clang::EnumConstantDecl>(decl)) {
    Value named = start(ValueKind::Enumerator, node);
    named.entity = declare(enumerator);
    named.constant = enumerator->getInitVal().extOrTrunc(64).getSExtValue();
    return add(std::move(named));
  }
  if (llvm::isa<clang::FunctionDecl>(decl)) {
    Value named = start(ValueKind::Function, node);
    named.entity = declare(decl);
    return add(std::move(named));
  }
  if (llvm::isa<clang::VarDecl, clang::BindingDecl>(decl))
    return variable(decl, node);
  return unknown(node);
}

Index<Value> SkeletonBuilder::VisitMemberExpr(const clang::MemberExpr *node) {
  const clang::ValueDecl *member = node->getMemberDecl();
  if (!llvm::isa<clang::FieldDecl>(member)) {
    if (!llvm::isa<clang::CXXThisExpr, clang::DeclRefExpr>(node->getBase()->IgnoreParenImpCasts()))
      value(node->getBase());
    if (auto *asVariable = llvm::dyn_cast<clang::VarDecl>(member))
      return variable(asVariable, node);
    Value named = start(ValueKind::Function, node);
    if (auto *enumerator = llvm::dyn_cast<clang::EnumConstantDecl>(member)) {
      named.kind = ValueKind::Enumerator;
      named.constant = enumerator->getInitVal().extOrTrunc(64).getSExtValue();
    }
    named.entity = declare(member);
    return add(std::move(named));
  }
  Index<Value> base = operand(node->getBase());
  if (member->getDeclName().isEmpty())
    return base; // an anonymous struct or union: its members are the outer class's
  Value field = start(ValueKind::Field, node);
  field.entity = declare(member);
  field.operands.push_back(base);
  return add(std::move(field));
}

Index<Value> SkeletonBuilder::list(const clang::Expr *node, llvm::ArrayRef<const clang::Expr *> elements) {
  Value result = start(ValueKind::List, node);
  for (const clang::Expr *element : elements.take_front(kLongestList)) {
    Index<Value> part = operand(element);
    result.operands.push_back(part);
  }
  return add(std::move(result));
}

Index<Value> SkeletonBuilder::VisitInitListExpr(const clang::InitListExpr *node) {
  if (const clang::InitListExpr *semantic = node->getSemanticForm())
    node = semantic;
  if (node->isTransparent() || (node->getNumInits() == 1 && node->getType()->isScalarType()))
    return value(node->getInit(0));
  if (node->getNumInits() == 0 && canBeConstant(node)) {
    Value zero = start(ValueKind::Constant, node);
    zero.constant = 0;
    return add(std::move(zero));
  }
  if (node->getType()->isRecordType() && node->getType()->isUnionType() && node->getNumInits() == 1 &&
      node->getInitializedFieldInUnion())
    return list(node, {node->getInit(0)});
  return list(node, node->inits());
}

Index<Value> SkeletonBuilder::VisitCXXParenListInitExpr(const clang::CXXParenListInitExpr *node) {
  return list(node, node->getInitExprs());
}

Index<Value> SkeletonBuilder::VisitCXXStdInitializerListExpr(const clang::CXXStdInitializerListExpr *node) {
  return value(node->getSubExpr());
}

Index<Value> SkeletonBuilder::VisitParenListExpr(const clang::ParenListExpr *node) {
  if (node->getNumExprs() == 1)
    return value(node->getExpr(0));
  auto *self = const_cast<clang::ParenListExpr *>(node);
  return list(node, {self->getExprs(), node->getNumExprs()});
}

Index<Value> SkeletonBuilder::VisitCompoundLiteralExpr(const clang::CompoundLiteralExpr *node) {
  return value(node->getInitializer());
}

Index<Value> SkeletonBuilder::VisitArrayInitLoopExpr(const clang::ArrayInitLoopExpr *node) {
  return value(node->getCommonExpr()->getSourceExpr());
}

} // namespace opex
