#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/Stack.h"

namespace opex {
namespace {

LocalKind kindOf(const clang::VarDecl *variable) {
  if (variable->getTLSKind() != clang::VarDecl::TLS_None)
    return LocalKind::ThreadLocal;
  return variable->isStaticLocal() ? LocalKind::Static : LocalKind::Automatic;
}

bool isAssignment(const clang::Expr *expression) {
  if (auto *builtin = llvm::dyn_cast<clang::BinaryOperator>(expression))
    return builtin->isAssignmentOp();
  auto *call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(expression);
  return call && (call->isAssignmentOp() || call->getOperator() == clang::OO_PlusPlus ||
                  call->getOperator() == clang::OO_MinusMinus);
}

} // namespace

void SkeletonBuilder::statement(const clang::Stmt *statement) {
  if (!statement)
    return;
  clang::runWithSufficientStackSpace([] {},
                                     [&] {
                                       if (auto *expression = llvm::dyn_cast<clang::Expr>(statement))
                                         discard(expression);
                                       else
                                         Visit(statement);
                                     });
}

void SkeletonBuilder::contents(const clang::Stmt *body) {
  if (auto *compound = llvm::dyn_cast_or_null<clang::CompoundStmt>(body))
    for (const clang::Stmt *child : compound->body())
      statement(child);
  else
    statement(body);
}

void SkeletonBuilder::markUse(Index<Value> value, ResultUse use, bool isTemporary) {
  if (!value)
    return;
  const Value &used = function_.values[value.value];
  switch (used.kind) {
  case ValueKind::Call:
    function_.calls[used.index].result = use;
    function_.calls[used.index].isTemporary |= isTemporary;
    break;
  case ValueKind::Await: markUse(used.operands[0], use, isTemporary); break;
  case ValueKind::Choice:
    markUse(used.operands[1], use, isTemporary);
    markUse(used.operands[2], use, isTemporary);
    break;
  case ValueKind::Binary:
    if (used.text == "&&" || used.text == "||")
      markUse(used.operands[1], use, isTemporary);
    break;
  default: break;
  }
}

void SkeletonBuilder::discard(const clang::Expr *expression) {
  ResultUse use = ResultUse::Discarded;
  expression = withoutWrappers(expression);
  while (auto *cast = llvm::dyn_cast<clang::CastExpr>(expression)) {
    if (cast->getCastKind() != clang::CK_ToVoid)
      break;
    if (llvm::isa<clang::ExplicitCastExpr>(cast))
      use = ResultUse::VoidCast;
    expression = withoutWrappers(cast->getSubExpr());
  }
  bool isObject = expression->isPRValue() && expression->getType()->isRecordType();
  Index<Value> result = value(expression);
  // An assignment's value is its target: that nobody looks at it says nothing about the call that gave it.
  if (!isAssignment(expression))
    markUse(result, use, isObject);
}

Index<Value> SkeletonBuilder::VisitStmt(const clang::Stmt *node) {
  for (const clang::Stmt *child : node->children())
    statement(child);
  return {};
}

Index<Value> SkeletonBuilder::VisitNullStmt(const clang::NullStmt *) { return {}; }

Index<Value> SkeletonBuilder::VisitAttributedStmt(const clang::AttributedStmt *node) {
  statement(node->getSubStmt());
  return {};
}

Index<Value> SkeletonBuilder::VisitCapturedStmt(const clang::CapturedStmt *node) {
  statement(node->getCapturedStmt());
  return {};
}

Index<Value> SkeletonBuilder::VisitCoroutineBodyStmt(const clang::CoroutineBodyStmt *node) {
  statement(node->getBody());
  return {};
}

Index<Value> SkeletonBuilder::VisitCompoundStmt(const clang::CompoundStmt *node) {
  scoped(/*isNeeded=*/true, node, [&] { contents(node); });
  return {};
}

/// Runs `fill` in a block of its own if it declares something that must not outlive the statement.
void SkeletonBuilder::scoped(bool isNeeded, const clang::Stmt *around, llvm::function_ref<void()> fill) {
  if (!isNeeded)
    return fill();
  Step owner{StepKind::Block, static_cast<uint32_t>(function_.blocks.size())};
  Index<Block> block = addBlock(BlockRole::Plain, owner, site(around->getSourceRange()));
  step(owner.kind, owner.index);
  inBlock(block, fill);
}

Index<Value> SkeletonBuilder::VisitDeclStmt(const clang::DeclStmt *node) {
  for (const clang::Decl *decl : node->decls()) {
    if (auto *variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
      if (!variable->hasExternalStorage())
        declareVariable(variable);
    } else if (auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(decl);
               record && record->isThisDeclarationADefinition()) {
      tables_.declarations.tag(record);
      Body like;
      like.enclosing = function_.id;
      like.enclosingInstance = function_.instance;
      like.isUninstantiated = function_.isUninstantiated;
      collectMembers(record, like, more_);
    }
  }
  return {};
}

void SkeletonBuilder::declareVariable(const clang::VarDecl *variable) {
  Index<Local> local = addLocal(kindOf(variable), variable, current_);
  if (const clang::Expr *init = variable->getInit()) {
    clang::SourceLocation typeBegin;
    if (const clang::TypeSourceInfo *info = variable->getTypeSourceInfo();
        info && !variable->getType()->getContainedAutoType())
      typeBegin = typeToken(info);
    Site where = token(typeBegin.isValid() ? typeBegin : variable->getLocation());
    auto object = [&] { return localValue(local, token(variable->getLocation())); };
    Index<Value> start = initialize(init, object, where);
    function_.locals[local.value].init = start;
  }
  step(StepKind::Declare, local.value);
  if (auto *decomposition = llvm::dyn_cast<clang::DecompositionDecl>(variable))
    addBindings(decomposition, local, current_);
}

/// Bindings read their part of the whole: a field, or the n-th element.
void SkeletonBuilder::addBindings(const clang::DecompositionDecl *decl, Index<Local> whole,
                                  Index<Block> scope) {
  size_t position = 0;
  for (const clang::BindingDecl *binding : decl->bindings()) {
    Index<Local> local = addLocal(LocalKind::Binding, binding, scope);
    Value part;
    part.kind = ValueKind::Element;
    part.type = function_.locals[local.value].type;
    part.site = function_.locals[local.value].site;
    const clang::Expr *read = binding->getBinding();
    if (auto *member = llvm::dyn_cast_or_null<clang::MemberExpr>(read ? read->IgnoreImplicit() : nullptr)) {
      part.kind = ValueKind::Field;
      part.entity = declare(member->getMemberDecl());
    }
    part.operands.push_back(localValue(whole, part.site));
    if (part.kind == ValueKind::Element) {
      Value index;
      index.kind = ValueKind::Constant;
      index.constant = static_cast<int64_t>(position);
      index.type = type(tables_.context.getSizeType());
      index.site = part.site;
      part.operands.push_back(add(std::move(index)));
    }
    Index<Value> init = add(std::move(part));
    function_.locals[local.value].init = init;
    step(StepKind::Declare, local.value);
    ++position;
  }
}

void SkeletonBuilder::exit(ExitKind kind, clang::SourceLocation where, Index<Value> value,
                           llvm::StringRef label) {
  Exit entry;
  entry.kind = kind;
  entry.site = token(where);
  entry.value = value;
  entry.label = save(label);
  entry.block = current_;
  step(StepKind::Exit, function_.exits.size());
  function_.exits.push_back(entry);
}

Index<Value> SkeletonBuilder::VisitReturnStmt(const clang::ReturnStmt *node) {
  Index<Value> returned;
  if (const clang::Expr *expression = node->getRetValue()) {
    if (expression->getType()->isVoidType())
      statement(expression);
    else
      returned = value(expression);
  }
  exit(ExitKind::Return, node->getReturnLoc(), returned);
  return {};
}

Index<Value> SkeletonBuilder::VisitCoreturnStmt(const clang::CoreturnStmt *node) {
  Index<Value> returned;
  if (const clang::Expr *expression = node->getOperand()) {
    if (expression->getType()->isVoidType())
      statement(expression);
    else
      returned = value(expression);
  }
  exit(ExitKind::CoReturn, node->getKeywordLoc(), returned);
  return {};
}

Index<Value> SkeletonBuilder::VisitBreakStmt(const clang::BreakStmt *node) {
  exit(ExitKind::Break, node->getKwLoc(), {});
  return {};
}

Index<Value> SkeletonBuilder::VisitContinueStmt(const clang::ContinueStmt *node) {
  exit(ExitKind::Continue, node->getKwLoc(), {});
  return {};
}

Index<Value> SkeletonBuilder::VisitGotoStmt(const clang::GotoStmt *node) {
  exit(ExitKind::Goto, node->getGotoLoc(), {}, node->getLabel()->getName());
  return {};
}

Index<Value> SkeletonBuilder::VisitIndirectGotoStmt(const clang::IndirectGotoStmt *node) {
  exit(ExitKind::Goto, node->getGotoLoc(), value(node->getTarget()));
  return {};
}

Index<Value> SkeletonBuilder::VisitLabelStmt(const clang::LabelStmt *node) {
  Label label;
  label.name = save(node->getName());
  label.site = token(node->getIdentLoc());
  label.block = current_;
  step(StepKind::Label, function_.labels.size());
  function_.labels.push_back(label);
  statement(node->getSubStmt());
  return {};
}

} // namespace opex
