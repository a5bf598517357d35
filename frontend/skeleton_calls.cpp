#include "frontend/constants.h"
#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/Builtins.h"

namespace opex {
namespace {

const auto kNoObject = [] { return Index<Value>(); };

/// The token that names what is called.
clang::SourceLocation calleeToken(const clang::CallExpr *node) {
  const clang::Expr *callee = node->getCallee()->IgnoreParenImpCasts();
  if (auto *member = llvm::dyn_cast<clang::MemberExpr>(callee))
    return member->getMemberLoc().isValid() ? member->getMemberLoc() : member->getBase()->getBeginLoc();
  if (auto *member = llvm::dyn_cast<clang::CXXDependentScopeMemberExpr>(callee))
    return member->getMemberLoc();
  if (auto *overloads = llvm::dyn_cast<clang::OverloadExpr>(callee))
    return overloads->getNameLoc();
  if (auto *named = llvm::dyn_cast<clang::DependentScopeDeclRefExpr>(callee))
    return named->getLocation();
  if (auto *named = llvm::dyn_cast<clang::DeclRefExpr>(callee))
    return named->getLocation();
  return callee->getEndLoc();
}

std::string dependentName(const clang::Expr *callee) {
  callee = callee->IgnoreParenImpCasts();
  if (auto *member = llvm::dyn_cast<clang::CXXDependentScopeMemberExpr>(callee))
    return member->getMember().getAsString();
  if (auto *overloads = llvm::dyn_cast<clang::OverloadExpr>(callee))
    return overloads->getName().getAsString();
  if (auto *named = llvm::dyn_cast<clang::DependentScopeDeclRefExpr>(callee))
    return named->getDeclName().getAsString();
  return "";
}

void addTypes(llvm::ArrayRef<clang::TemplateArgument> arguments, Types &types,
              llvm::SmallVectorImpl<Index<Type>> &result) {
  for (const clang::TemplateArgument &argument : arguments) {
    if (argument.getKind() == clang::TemplateArgument::Type)
      result.push_back(types.type(argument.getAsType()));
    else if (argument.getKind() == clang::TemplateArgument::Pack)
      addTypes(argument.pack_elements(), types, result);
  }
}

bool isChronoArithmetic(const clang::FunctionDecl *callee) {
  if (callee->getOverloadedOperator() == clang::OO_LessLess ||
      callee->getOverloadedOperator() == clang::OO_GreaterGreater)
    return false;
  if (auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(callee))
    return isInChrono(method->getParent());
  return isInChrono(callee);
}

bool isChronoCast(const clang::FunctionDecl *callee) {
  if (!callee->getIdentifier() || callee->getNumParams() != 1 || !isInChrono(callee))
    return false;
  llvm::StringRef name = callee->getName();
  return name == "duration_cast" || name == "time_point_cast" || name == "floor" || name == "ceil" ||
         name == "round";
}

/// Default construction of a foreign class without data (allocators, comparators) does nothing.
bool isEmptyForeign(const clang::CXXConstructorDecl *constructor, SourceFiles &files) {
  const clang::CXXRecordDecl *record = constructor->getParent();
  return constructor->isDefaultConstructor() && record->hasDefinition() && record->isEmpty() &&
         !files.inProject(record->getLocation());
}

/// The operator of an overloaded call as C++ spells it between or before its operands.
llvm::StringRef operatorText(const clang::CXXOperatorCallExpr *node) {
  return clang::getOperatorSpelling(node->getOperator());
}

} // namespace

Call SkeletonBuilder::startCall(CallKind kind, clang::SourceLocation where, const clang::Expr *node) {
  Call call;
  call.kind = kind;
  call.site = token(where);
  call.extent = site(node->getSourceRange());
  call.type = type(node->getType());
  return call;
}

void SkeletonBuilder::addArguments(Call &call, llvm::ArrayRef<const clang::Expr *> arguments) {
  for (const clang::Expr *argument : arguments) {
    call.defaultArguments += llvm::isa<clang::CXXDefaultArgExpr>(argument);
    Index<Value> passed = operand(argument);
    call.arguments.push_back(passed);
  }
}

Index<Value> SkeletonBuilder::emit(Call call, const clang::FunctionDecl *callee, const clang::Expr *node) {
  if (callee) {
    call.callee = declare(callee);
    call.instance = tables_.entities.instance(callee);
    call.name = tables_.entities.name(callee);
    call.isNoReturn = callee->isNoReturn();
    if (const clang::TemplateArgumentList *arguments = callee->getTemplateSpecializationArgs())
      addTypes(arguments->asArray(), tables_.types, call.templateArguments);
  }
  call.block = current_;
  Value result;
  result.kind = ValueKind::Call;
  result.type = type(node->getType());
  result.index = static_cast<uint32_t>(function_.calls.size());
  result.site = call.extent;
  step(StepKind::Call, function_.calls.size());
  function_.calls.push_back(std::move(call));
  return add(std::move(result), node);
}

/// Calls that only pass a value along, and std::chrono's conversions, are part of the expression.
Index<Value> SkeletonBuilder::transparentCall(const clang::CallExpr *node, const clang::FunctionDecl *callee,
                                              bool &isTransparent) {
  // Literal operator templates take no argument.
  isTransparent = node->getNumArgs() >= 1 || callee->getLiteralIdentifier();
  if (!isTransparent)
    return {};
  switch (callee->getBuiltinID()) {
  case clang::Builtin::BImove:
  case clang::Builtin::BImove_if_noexcept:
  case clang::Builtin::BIforward:
  case clang::Builtin::BIforward_like:
  case clang::Builtin::BIas_const:
  case clang::Builtin::BI__builtin_expect:
    return value(node->getArg(0));
  case clang::Builtin::BIaddressof:
  case clang::Builtin::BI__addressof:
  case clang::Builtin::BI__builtin_addressof:
    return unary(node, ValueKind::AddressOf, "", operand(node->getArg(0)));
  default:
    break;
  }
  if (callee->getLiteralIdentifier())
    if (std::optional<int64_t> constant = constantOf(node, tables_.context)) {
      Value literal = start(ValueKind::Constant, node);
      literal.constant = constant;
      return add(std::move(literal));
    }
  if (isChronoCast(callee))
    return cast(node, operand(node->getArg(0)));
  isTransparent = false;
  return {};
}

Index<Value> SkeletonBuilder::VisitCallExpr(const clang::CallExpr *node) {
  const clang::FunctionDecl *callee = node->getDirectCallee();
  if (!callee)
    return indirectCall(node);
  bool isTransparent = false;
  Index<Value> passed = transparentCall(node, callee, isTransparent);
  if (isTransparent)
    return passed;
  const clang::Expr *named = node->getCallee()->IgnoreParenImpCasts();
  if (auto *member = llvm::dyn_cast<clang::MemberExpr>(named);
      member && !llvm::isa<clang::CXXThisExpr, clang::DeclRefExpr>(member->getBase()->IgnoreParenImpCasts()))
    value(member->getBase());
  Call call = startCall(CallKind::Function, calleeToken(node), node);
  addArguments(call, {node->getArgs(), node->getNumArgs()});
  return emit(std::move(call), callee, node);
}

Index<Value> SkeletonBuilder::indirectCall(const clang::CallExpr *node) {
  const clang::Expr *callee = node->getCallee();
  bool isDependent = callee->isTypeDependent() || node->isTypeDependent() || callee->containsErrors();
  Call call = startCall(isDependent ? CallKind::Dependent : CallKind::Indirect, calleeToken(node), node);
  std::string name = dependentName(callee);
  if (!name.empty()) {
    call.name = save(name);
    if (auto *member = llvm::dyn_cast<clang::CXXDependentScopeMemberExpr>(callee->IgnoreParenImpCasts());
        member && !member->isImplicitAccess())
      call.object = value(member->getBase());
    else if (auto *method = llvm::dyn_cast<clang::UnresolvedMemberExpr>(callee->IgnoreParenImpCasts());
             method && !method->isImplicitAccess())
      call.object = value(method->getBase());
  } else if (!llvm::isa<clang::CXXPseudoDestructorExpr>(callee->IgnoreParenImpCasts())) {
    call.calleeValue = value(callee);
  } else {
    return {};
  }
  addArguments(call, {node->getArgs(), node->getNumArgs()});
  return emit(std::move(call), nullptr, node);
}

Index<Value> SkeletonBuilder::VisitCXXMemberCallExpr(const clang::CXXMemberCallExpr *node) {
  const clang::CXXMethodDecl *method = node->getMethodDecl();
  auto *member = llvm::dyn_cast<clang::MemberExpr>(node->getCallee()->IgnoreParens());
  if (!method || !member)
    return indirectCall(node);
  bool isDestructor = llvm::isa<clang::CXXDestructorDecl>(method);
  Call call = startCall(isDestructor ? CallKind::Destructor : CallKind::Method, calleeToken(node), node);
  call.object = operand(node->getImplicitObjectArgument());
  call.isVirtual = method->isVirtual() && member->performsVirtualDispatch(tables_.context.getLangOpts()) &&
                   !method->hasAttr<clang::FinalAttr>() && !method->getParent()->isEffectivelyFinal();
  addArguments(call, {node->getArgs(), node->getNumArgs()});
  return emit(std::move(call), method, node);
}

/// std::chrono's operators are arithmetic, not calls.
Index<Value> SkeletonBuilder::chronoOperator(const clang::CXXOperatorCallExpr *node) {
  llvm::StringRef op = operatorText(node);
  if (node->getNumArgs() == 2 && node->isAssignmentOp()) {
    Index<Value> right = operand(node->getArg(1));
    Index<Value> left = operand(node->getArg(0));
    assign(node->getOperatorLoc(), left, op, right);
    return left;
  }
  Index<Value> left = operand(node->getArg(0));
  if (op == "++" || op == "--")
    assign(node->getOperatorLoc(), left, op, {});
  if (op == "++" || op == "--" || node->getNumArgs() == 1)
    return op == "+" ? left : unary(node, ValueKind::Unary, op, left);
  Index<Value> right = operand(node->getArg(1));
  return binary(node, op, left, right);
}

/// `a = b`, `a += b`, `++a` on class types: an assignment, and a call unless the operator is trivial.
Index<Value> SkeletonBuilder::assignmentOperator(const clang::CXXOperatorCallExpr *node,
                                                 const clang::FunctionDecl *callee) {
  bool isStep = node->getOperator() == clang::OO_PlusPlus || node->getOperator() == clang::OO_MinusMinus;
  Index<Value> right = isStep || node->getNumArgs() < 2 ? Index<Value>() : operand(node->getArg(1));
  Index<Value> left = operand(node->getArg(0));
  Index<Value> result = left;
  auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  if (!callee->isTrivial()) {
    Call call = startCall(CallKind::Operator, node->getOperatorLoc(), node);
    call.isVirtual = method && method->isVirtual();
    if (method)
      call.object = left;
    else
      call.arguments.push_back(left);
    if (right)
      call.arguments.push_back(right);
    result = emit(std::move(call), callee, node);
  }
  assign(node->getOperatorLoc(), left, operatorText(node), right);
  return result;
}

Index<Value> SkeletonBuilder::VisitCXXOperatorCallExpr(const clang::CXXOperatorCallExpr *node) {
  const clang::FunctionDecl *callee = node->getDirectCallee();
  if (!callee) {
    if (node->getNumArgs() == 2 && node->isInfixBinaryOp()) {
      Index<Value> left = operand(node->getArg(0));
      Index<Value> right = operand(node->getArg(1));
      return binary(node, operatorText(node), left, right);
    }
    return indirectCall(node);
  }
  if (node->getNumArgs() >= 1 && isChronoArithmetic(callee))
    return chronoOperator(node);
  bool isStep = node->getOperator() == clang::OO_PlusPlus || node->getOperator() == clang::OO_MinusMinus;
  if (node->isAssignmentOp() || isStep)
    return assignmentOperator(node, callee);
  clang::SourceLocation where = node->getOperatorLoc();
  if (node->getOperator() == clang::OO_Call)
    where = node->getArg(0)->getEndLoc();
  else if (node->getOperator() == clang::OO_Subscript)
    where = node->getCallee()->getExprLoc();
  Call call = startCall(CallKind::Operator, where, node);
  llvm::ArrayRef<const clang::Expr *> arguments(node->getArgs(), node->getNumArgs());
  if (auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(callee); method && !arguments.empty()) {
    Index<Value> object = operand(arguments.front());
    if (!method->isStatic())
      call.object = object;
    call.isVirtual = method->isVirtual();
    if (node->getOperator() == clang::OO_Call)
      call.calleeValue = object;
    arguments = arguments.drop_front();
  }
  addArguments(call, arguments);
  return emit(std::move(call), callee, node);
}

/// `init` fills the object that `object` names (asked for only if a constructor runs on it).
Index<Value> SkeletonBuilder::initialize(const clang::Expr *init, llvm::function_ref<Index<Value>()> object,
                                         Site where) {
  const clang::Expr *inner = init;
  while (true) {
    inner = withoutWrappers(inner);
    if (auto *made = llvm::dyn_cast<clang::CXXConstructExpr>(inner); made && made->isElidable() && made->getNumArgs())
      inner = made->getArg(0)->IgnoreImplicit();
    else if (auto *cast = llvm::dyn_cast<clang::CastExpr>(inner);
             cast && cast->isPRValue() && cast->getType()->isRecordType() &&
             (cast->getCastKind() == clang::CK_ConstructorConversion || cast->getCastKind() == clang::CK_NoOp))
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
      return constructor->isTrivial() && !node->requiresZeroInitialization() ? Index<Value>() : add(std::move(zero));
    }
    Index<Value> ticks = operand(node->getArg(0));
    return constructor->isCopyOrMoveConstructor() ? ticks : cast(node, ticks);
  }
  if (isEmptyForeign(constructor, tables_.files) && !isHeap)
    return list(node, {});
  if (constructor->isTrivial() && constructor->isDefaultConstructor() && !isHeap)
    return node->requiresZeroInitialization() ? list(node, {}) : Index<Value>();
  Index<Value> target = constructor->isCopyOrMoveConstructor() && constructor->isTrivial() ? Index<Value>() : object();
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
  if (auto *temporary = llvm::dyn_cast<clang::CXXTemporaryObjectExpr>(node); temporary && temporary->getTypeSourceInfo())
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
