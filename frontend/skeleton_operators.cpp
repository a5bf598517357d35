#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"

namespace opex {

Index<Value> SkeletonBuilder::unary(const clang::Expr *expression, ValueKind kind, llvm::StringRef op,
                                    Index<Value> operand) {
  Value result = start(kind, expression);
  result.text = save(op);
  result.operands.push_back(operand);
  return add(std::move(result), expression);
}

Index<Value> SkeletonBuilder::binary(const clang::Expr *expression, llvm::StringRef op, Index<Value> left,
                                     Index<Value> right) {
  Value result = start(ValueKind::Binary, expression);
  result.text = save(op);
  result.operands = {left, right};
  return add(std::move(result), expression);
}

Index<Value> SkeletonBuilder::VisitArraySubscriptExpr(const clang::ArraySubscriptExpr *node) {
  Index<Value> base = operand(node->getBase());
  Index<Value> index = operand(node->getIdx());
  Value element = start(ValueKind::Element, node);
  element.operands = {base, index};
  return add(std::move(element));
}

Index<Value> SkeletonBuilder::VisitUnaryOperator(const clang::UnaryOperator *node) {
  Index<Value> inner = operand(node->getSubExpr());
  switch (node->getOpcode()) {
  case clang::UO_Deref: return unary(node, ValueKind::Deref, "", inner);
  case clang::UO_AddrOf:
    if (function_.values[inner.value].kind == ValueKind::Function)
      return inner;
    return unary(node, ValueKind::AddressOf, "", inner);
  case clang::UO_PreInc:
  case clang::UO_PostInc:
  case clang::UO_PreDec:
  case clang::UO_PostDec: {
    llvm::StringRef op = node->isIncrementOp() ? "++" : "--";
    assign(node->getOperatorLoc(), inner, op, {});
    return unary(node, ValueKind::Unary, op, inner);
  }
  case clang::UO_Minus:
  case clang::UO_Not:
  case clang::UO_LNot:
    return unary(node, ValueKind::Unary, clang::UnaryOperator::getOpcodeStr(node->getOpcode()), inner);
  default: return inner;
  }
}

void SkeletonBuilder::assign(clang::SourceLocation where, Index<Value> target, llvm::StringRef op,
                             Index<Value> value, bool isInitializer) {
  Assign entry;
  entry.site = token(where);
  entry.target = target;
  entry.op = save(op);
  entry.value = value;
  entry.isInitializer = isInitializer;
  entry.block = current_;
  step(StepKind::Assign, function_.assigns.size());
  function_.assigns.push_back(entry);
}

Index<Value> SkeletonBuilder::VisitBinaryOperator(const clang::BinaryOperator *node) {
  if (node->isLogicalOp())
    return shortCircuit(node);
  if (node->isCommaOp()) {
    statement(node->getLHS());
    return value(node->getRHS());
  }
  if (node->isAssignmentOp()) {
    Index<Value> right = operand(node->getRHS());
    Index<Value> left = operand(node->getLHS());
    assign(node->getOperatorLoc(), left, node->getOpcodeStr(), right);
    return left;
  }
  Index<Value> left = operand(node->getLHS());
  Index<Value> right = operand(node->getRHS());
  return binary(node, node->getOpcodeStr(), left, right);
}

Index<Block> SkeletonBuilder::tentative(BlockRole role, Step owner, Site site,
                                        llvm::function_ref<void()> fill) {
  Index<Block> block = addBlock(role, owner, site);
  inBlock(block, fill);
  if (!function_.blocks[block.value].steps.empty())
    return block;
  // Nothing was entered below it either, so it is still the last one.
  function_.blocks.pop_back();
  return {};
}

Index<Value> SkeletonBuilder::shortCircuit(const clang::BinaryOperator *node) {
  bool isAnd = node->getOpcode() == clang::BO_LAnd;
  Index<Value> left = operand(node->getLHS());
  size_t index = function_.branches.size();
  function_.branches.emplace_back();
  Index<Value> right;
  Index<Block> arm =
      tentative(isAnd ? BlockRole::Then : BlockRole::Else, {StepKind::Branch, static_cast<uint32_t>(index)},
                site(node->getRHS()->getSourceRange()), [&] { right = operand(node->getRHS()); });
  if (!arm) {
    function_.branches.pop_back();
    return binary(node, node->getOpcodeStr(), left, right);
  }
  Site where = token(node->getOperatorLoc());
  Branch &branch = function_.branches[index];
  branch.kind = isAnd ? BranchKind::And : BranchKind::Or;
  branch.site = where;
  branch.condition = left;
  (isAnd ? branch.then : branch.otherwise) = arm;
  branch.block = current_;
  step(StepKind::Branch, index);
  return binary(node, node->getOpcodeStr(), left, right);
}

Index<Value> SkeletonBuilder::choice(const clang::Expr *node, const clang::Expr *condition,
                                     const clang::Expr *yes, const clang::Expr *no,
                                     clang::SourceLocation where) {
  Index<Value> test = operand(condition);
  size_t index = function_.branches.size();
  function_.branches.emplace_back();
  Step owner{StepKind::Branch, static_cast<uint32_t>(index)};
  Index<Value> first, second;
  Index<Block> then =
      tentative(BlockRole::Then, owner, site(yes->getSourceRange()), [&] { first = operand(yes); });
  Index<Block> otherwise =
      tentative(BlockRole::Else, owner, site(no->getSourceRange()), [&] { second = operand(no); });
  if (then || otherwise) {
    Site place = token(where);
    Branch &branch = function_.branches[index];
    branch.kind = BranchKind::Conditional;
    branch.site = place;
    branch.condition = test;
    branch.then = then;
    branch.otherwise = otherwise;
    branch.block = current_;
    step(StepKind::Branch, index);
  } else {
    function_.branches.pop_back();
  }
  Value result = start(ValueKind::Choice, node);
  result.operands = {test, first, second};
  return add(std::move(result), node);
}

Index<Value> SkeletonBuilder::VisitConditionalOperator(const clang::ConditionalOperator *node) {
  return choice(node, node->getCond(), node->getTrueExpr(), node->getFalseExpr(), node->getQuestionLoc());
}

Index<Value> SkeletonBuilder::VisitBinaryConditionalOperator(const clang::BinaryConditionalOperator *node) {
  Index<Value> common = operand(node->getCommon());
  opaque_[node->getOpaqueValue()] = common;
  return choice(node, node->getCond(), node->getTrueExpr(), node->getFalseExpr(), node->getQuestionLoc());
}

Index<Value> SkeletonBuilder::VisitCXXRewrittenBinaryOperator(const clang::CXXRewrittenBinaryOperator *node) {
  clang::CXXRewrittenBinaryOperator::DecomposedForm form = node->getDecomposedForm();
  auto *call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(form.InnerBinOp->IgnoreImplicit());
  if (call && (!call->getDirectCallee() || !isInChrono(call->getDirectCallee())))
    return value(node->getSemanticForm());
  Index<Value> left = operand(form.LHS);
  Index<Value> right = operand(form.RHS);
  return binary(node, clang::BinaryOperator::getOpcodeStr(form.Opcode), left, right);
}

Index<Value> SkeletonBuilder::VisitStmtExpr(const clang::StmtExpr *node) {
  Index<Value> result;
  scoped(/*isNeeded=*/true, node, [&] {
    const clang::Stmt *last = node->getSubStmt()->body_empty() ? nullptr : node->getSubStmt()->body_back();
    for (const clang::Stmt *child : node->getSubStmt()->body()) {
      auto *expression = llvm::dyn_cast<clang::Expr>(child);
      if (child == last && expression && !node->getType()->isVoidType())
        result = value(expression);
      else
        statement(child);
    }
  });
  return result;
}

Index<Value> SkeletonBuilder::VisitCXXThrowExpr(const clang::CXXThrowExpr *node) {
  if (!node->getSubExpr()) {
    exit(ExitKind::Rethrow, node->getThrowLoc(), {});
    return {};
  }
  Index<Value> thrown = value(node->getSubExpr());
  exit(ExitKind::Throw, node->getThrowLoc(), thrown);
  return {};
}

Index<Value> SkeletonBuilder::VisitCoroutineSuspendExpr(const clang::CoroutineSuspendExpr *node) {
  if (llvm::isa<clang::CoyieldExpr>(node)) {
    // The operand is the promise's yield_value(…): what matters is what was written.
    auto *handOver = llvm::dyn_cast<clang::CXXMemberCallExpr>(withoutWrappers(node->getOperand()));
    bool isPlain = handOver && handOver->getNumArgs() == 1;
    Index<Value> yielded = operand(isPlain ? handOver->getArg(0) : node->getOperand());
    exit(ExitKind::CoYield, node->getKeywordLoc(), yielded);
    return node->getType()->isVoidType() ? Index<Value>() : add(start(ValueKind::Unknown, node));
  }
  Index<Value> awaited = operand(node->getOperand());
  if (function_.values[awaited.value].kind == ValueKind::Call)
    function_.calls[function_.values[awaited.value].index].isAwaited = true;
  return unary(node, ValueKind::Await, "", awaited);
}

Index<Value> SkeletonBuilder::VisitDependentCoawaitExpr(const clang::DependentCoawaitExpr *node) {
  return unary(node, ValueKind::Await, "", operand(node->getOperand()));
}

} // namespace opex
