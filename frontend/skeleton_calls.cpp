#include "frontend/constants.h"
#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/Builtins.h"

namespace opex {
namespace {

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
  case clang::Builtin::BI__builtin_expect: return value(node->getArg(0));
  case clang::Builtin::BIaddressof:
  case clang::Builtin::BI__addressof:
  case clang::Builtin::BI__builtin_addressof:
    return unary(node, ValueKind::AddressOf, "", operand(node->getArg(0)));
  default: break;
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

/// Something was lost here that may do anything with what is left of it: a call without a body.
Index<Value> SkeletonBuilder::hole(const clang::RecoveryExpr *broken, const clang::CallExpr *around) {
  const clang::Expr *whole = broken;
  std::vector<const clang::Expr *> parts(broken->subExpressions().begin(), broken->subExpressions().end());
  if (around) {
    whole = around;
    parts.insert(parts.end(), around->getArgs(), around->getArgs() + around->getNumArgs());
  }
  Call call = startCall(CallKind::Dependent, broken->getEndLoc(), whole);
  if (llvm::StringRef last = spelling(broken->getEndLoc()); clang::isValidAsciiIdentifier(last))
    call.name = last;
  // What would have been called stands first.
  const clang::Expr *first = parts.empty() ? nullptr : parts.front();
  auto *member = llvm::dyn_cast_or_null<clang::MemberExpr>(first);
  const bool isMethod = member && llvm::isa<clang::CXXMethodDecl>(member->getMemberDecl());
  if (isMethod || llvm::isa_and_nonnull<clang::OverloadExpr>(first)) {
    call.name = save(isMethod ? member->getMemberDecl()->getNameAsString() : dependentName(first));
    call.site = token(first->getExprLoc());
    parts.front() = isMethod ? member->getBase() : nullptr;
  }
  llvm::erase(parts, nullptr);
  addArguments(call, parts);
  return emit(std::move(call), nullptr, whole);
}

Index<Value> SkeletonBuilder::VisitRecoveryExpr(const clang::RecoveryExpr *node) { return hole(node, nullptr); }

Index<Value> SkeletonBuilder::indirectCall(const clang::CallExpr *node) {
  const clang::Expr *callee = node->getCallee();
  if (auto *broken = llvm::dyn_cast<clang::RecoveryExpr>(callee->IgnoreParenImpCasts()))
    return hole(broken, node);
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

} // namespace opex
