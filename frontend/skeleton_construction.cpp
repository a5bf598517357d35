#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"

namespace opex {
namespace {

const auto kNoObject = [] { return Index<Value>(); };

/// Default construction of a foreign class without data (allocators, comparators) does nothing.
bool isEmptyForeign(const clang::CXXConstructorDecl *constructor, SourceFiles &files) {
  const clang::CXXRecordDecl *record = constructor->getParent();
  return constructor->isDefaultConstructor() && record->hasDefinition() && record->isEmpty() &&
         !files.inProject(record->getLocation());
}

} // namespace

/// `init` fills the object that `object` names (asked for only if a constructor runs on it).
Index<Value> SkeletonBuilder::initialize(const clang::Expr *init, llvm::function_ref<Index<Value>()> object,
                                         Site where) {
  const clang::Expr *inner = init;
  while (true) {
    inner = withoutWrappers(inner);
    if (auto *made = llvm::dyn_cast<clang::CXXConstructExpr>(inner);
        made && made->isElidable() && made->getNumArgs())
      inner = made->getArg(0)->IgnoreImplicit();
    else if (auto *cast = llvm::dyn_cast<clang::CastExpr>(inner);
             cast && cast->isPRValue() && cast->getType()->isRecordType() &&
             (cast->getCastKind() == clang::CK_ConstructorConversion ||
              cast->getCastKind() == clang::CK_NoOp))
      inner = cast->getSubExpr();
    else if (auto *braced = llvm::dyn_cast<clang::InitListExpr>(inner); braced && braced->isTransparent())
      inner = braced->getInit(0);
    else
      break;
  }
  if (auto *made = llvm::dyn_cast<clang::CXXConstructExpr>(inner))
    return construct(made, object, where);
  return value(inner);
}

Index<Value> SkeletonBuilder::construct(const clang::CXXConstructExpr *node,
                                        llvm::function_ref<Index<Value>()> object, Site where, bool isHeap) {
  const clang::CXXConstructorDecl *constructor = node->getConstructor();
  if (node->isElidable() && node->getNumArgs())
    return value(node->getArg(0));
  if (chronoType(node->getType())) {
    if (node->getNumArgs() == 0 || llvm::isa<clang::CXXDefaultArgExpr>(node->getArg(0))) {
      Value zero = start(ValueKind::Constant, node);
      zero.constant = 0;
      return constructor->isTrivial() && !node->requiresZeroInitialization() ? Index<Value>()
                                                                             : add(std::move(zero));
    }
    Index<Value> ticks = operand(node->getArg(0));
    return constructor->isCopyOrMoveConstructor() ? ticks : cast(node, ticks);
  }
  if (isEmptyForeign(constructor, tables_.files) && !isHeap)
    return list(node, {});
  if (constructor->isTrivial() && constructor->isDefaultConstructor() && !isHeap)
    return node->requiresZeroInitialization() ? list(node, {}) : Index<Value>();
  Index<Value> target =
      constructor->isCopyOrMoveConstructor() && constructor->isTrivial() ? Index<Value>() : object();
  // Copies into parameters, results and temporaries are the value itself.
  if (constructor->isCopyOrMoveConstructor() && node->getNumArgs() && !target && !isHeap)
    return value(node->getArg(0));
  Call call;
  call.kind = CallKind::Constructor;
  call.site = place_ ? *place_ : where;
  call.extent = site(node->getSourceRange());
  call.type = type(node->getType());
  call.object = target;
  call.isHeap = isHeap;
  addArguments(call, {node->getArgs(), node->getNumArgs()});
  return emit(std::move(call), constructor, node);
}

Index<Value> SkeletonBuilder::VisitCXXConstructExpr(const clang::CXXConstructExpr *node) {
  clang::SourceLocation where = node->getBeginLoc();
  if (auto *temporary = llvm::dyn_cast<clang::CXXTemporaryObjectExpr>(node);
      temporary && temporary->getTypeSourceInfo())
    where = typeToken(temporary->getTypeSourceInfo());
  return construct(node, kNoObject, token(where));
}

Index<Value> SkeletonBuilder::VisitCXXInheritedCtorInitExpr(const clang::CXXInheritedCtorInitExpr *node) {
  Call call = startCall(CallKind::Constructor, node->getLocation(), node);
  return emit(std::move(call), node->getConstructor(), node);
}

Index<Value> SkeletonBuilder::VisitCXXUnresolvedConstructExpr(const clang::CXXUnresolvedConstructExpr *node) {
  Call call = startCall(CallKind::Dependent, typeToken(node->getTypeSourceInfo()), node);
  call.name = tables_.facts[call.type].spelled;
  for (const clang::Expr *argument : node->arguments()) {
    Index<Value> passed = operand(argument);
    call.arguments.push_back(passed);
  }
  return emit(std::move(call), nullptr, node);
}

Index<Value> SkeletonBuilder::VisitCXXNewExpr(const clang::CXXNewExpr *node) {
  clang::SourceLocation begin = node->getBeginLoc();
  if (const clang::TypeSourceInfo *info = node->getAllocatedTypeSourceInfo())
    begin = typeToken(info);
  Site where = token(begin);
  Index<Value> made;
  if (const clang::CXXConstructExpr *constructor = node->getConstructExpr())
    made = construct(constructor, kNoObject, where, /*isHeap=*/true);
  if (made && function_.values[made.value].kind == ValueKind::Call) {
    function_.values[made.value].type = type(node->getType());
    function_.values[made.value].site = site(node->getSourceRange());
    return made;
  }
  Call call = startCall(CallKind::Constructor, begin, node);
  call.type = type(node->getAllocatedType());
  call.isHeap = true;
  if (std::optional<const clang::Expr *> size = node->getArraySize(); size && *size)
    value(*size);
  if (made)
    call.arguments.push_back(made);
  else if (const clang::Expr *init = node->getInitializer(); init && !node->getConstructExpr())
    call.arguments.push_back(operand(init));
  return emit(std::move(call), nullptr, node);
}

Index<Value> SkeletonBuilder::VisitCXXDeleteExpr(const clang::CXXDeleteExpr *node) {
  Call call = startCall(CallKind::Destructor, node->getBeginLoc(), node);
  call.object = operand(node->getArgument());
  const clang::CXXDestructorDecl *destructor = nullptr;
  clang::QualType destroyed = node->getDestroyedType();
  if (const clang::CXXRecordDecl *record = destroyed.isNull() ? nullptr : destroyed->getAsCXXRecordDecl();
      record && record->hasDefinition())
    destructor = record->getDestructor();
  call.isVirtual = destructor && destructor->isVirtual();
  return emit(std::move(call), destructor, node);
}

Index<Value> SkeletonBuilder::VisitLambdaExpr(const clang::LambdaExpr *node) {
  std::vector<Index<Value>> captures;
  const clang::Expr *const *init = node->capture_init_begin();
  for (const clang::LambdaCapture &capture : node->captures()) {
    const clang::Expr *start = init != node->capture_init_end() ? *init++ : nullptr;
    Index<Value> captured;
    if (capture.capturesVariable() && !node->isInitCapture(&capture)) {
      Value named;
      named.site = token(capture.getLocation());
      if (auto local = locals_.find(capture.getCapturedVar()); local != locals_.end())
        captured = localValue(local->second, named.site);
      else
        captured = value(start);
    } else {
      captured = value(start);
    }
    captures.push_back(captured);
  }
  enqueueLambda(node, std::move(captures));
  Value lambda = start(ValueKind::Lambda, node);
  lambda.entity = tables_.entities.id(node->getCallOperator());
  return add(std::move(lambda));
}

/// A generic lambda has a body for each set of argument types it was called with.
void SkeletonBuilder::enqueueLambda(const clang::LambdaExpr *node, std::vector<Index<Value>> captures) {
  Body body;
  body.lambda = node;
  body.captures = std::move(captures);
  body.enclosing = function_.id;
  body.enclosingInstance = function_.instance;
  body.isUninstantiated = function_.isUninstantiated;
  const clang::CXXMethodDecl *pattern = node->getCallOperator();
  size_t before = more_.size();
  if (const clang::FunctionTemplateDecl *generic = pattern->getDescribedFunctionTemplate())
    for (const clang::FunctionDecl *special : generic->specializations())
      if (special->doesThisDeclarationHaveABody()) {
        body.function = special;
        more_.push_back(body);
      }
  if (more_.size() != before)
    return;
  body.function = pattern;
  body.isUninstantiated |= pattern->isDependentContext();
  more_.push_back(std::move(body));
}

} // namespace opex
