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

clang::SourceRange rangeOf(const clang::Stmt *statement) {
  return statement ? statement->getSourceRange() : clang::SourceRange();
}

} // namespace

void SkeletonBuilder::statement(const clang::Stmt *statement) {
  if (!statement)
    return;
  clang::runWithSufficientStackSpace([] {}, [&] {
    if (auto *expression = llvm::dyn_cast<clang::Expr>(statement))
      discard(expression);
    else
      Visit(statement);
  });
}

/// The statements of a braced body, or the one statement that stands for it, in the current block.
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
  case ValueKind::Await:
    markUse(used.operands[0], use, isTemporary);
    break;
  case ValueKind::Choice:
    markUse(used.operands[1], use, isTemporary);
    markUse(used.operands[2], use, isTemporary);
    break;
  case ValueKind::Binary:
    if (used.text == "&&" || used.text == "||")
      markUse(used.operands[1], use, isTemporary);
    break;
  default:
    break;
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
  markUse(value(expression), use, isObject);
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
void SkeletonBuilder::addBindings(const clang::DecompositionDecl *decl, Index<Local> whole, Index<Block> scope) {
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

Index<Value> SkeletonBuilder::VisitIfStmt(const clang::IfStmt *node) {
  scoped(node->getInit() || node->getConditionVariable(), node, [&] {
    statement(node->getInit());
    if (node->getConditionVariable())
      declareVariable(node->getConditionVariable());
    if (node->isConsteval())
      return statement(node->isNegatedConsteval() ? node->getThen() : node->getElse());
    if (node->isConstexpr() && !node->getCond()->isValueDependent())
      if (std::optional<const clang::Stmt *> taken = node->getNondiscardedCase(tables_.context))
        return statement(*taken);
    branch(node);
  });
  return {};
}

void SkeletonBuilder::branch(const clang::IfStmt *node) {
  Index<Value> condition = operand(node->getCond());
  size_t index = function_.branches.size();
  Branch &entry = function_.branches.emplace_back();
  entry.kind = BranchKind::If;
  entry.condition = condition;
  entry.block = current_;
  Site where = token(node->getIfLoc());
  function_.branches[index].site = where;
  step(StepKind::Branch, index);
  Step owner{StepKind::Branch, static_cast<uint32_t>(index)};
  Index<Block> then = addBlock(BlockRole::Then, owner, site(rangeOf(node->getThen())));
  function_.branches[index].then = then;
  inBlock(then, [&] { contents(node->getThen()); });
  if (!node->getElse())
    return;
  Index<Block> otherwise = addBlock(BlockRole::Else, owner, site(rangeOf(node->getElse())));
  function_.branches[index].otherwise = otherwise;
  inBlock(otherwise, [&] { contents(node->getElse()); });
}

Index<Value> SkeletonBuilder::VisitSwitchStmt(const clang::SwitchStmt *node) {
  scoped(node->getInit() || node->getConditionVariable(), node, [&] {
    statement(node->getInit());
    if (node->getConditionVariable())
      declareVariable(node->getConditionVariable());
    Index<Value> condition = operand(node->getCond());
    Index<Switch> index(function_.switches.size());
    function_.switches.emplace_back();
    Site where = token(node->getSwitchLoc());
    EntityId enumeration;
    if (const clang::EnumDecl *over = node->getCond()->IgnoreParenImpCasts()->getType()->getAsEnumDecl()) {
      enumeration = tables_.entities.id(over);
      tables_.declarations.tag(over);
      tables_.declarations.enumerators(over);
    }
    step(StepKind::Switch, index.value);
    Index<Block> body = addBlock(BlockRole::SwitchBody, {StepKind::Switch, index.value}, site(rangeOf(node->getBody())));
    Switch &entry = function_.switches[index.value];
    entry.site = where;
    entry.condition = condition;
    entry.enumeration = enumeration;
    entry.block = current_;
    entry.body = body;
    Index<Switch> outer = std::exchange(switch_, index);
    inBlock(body, [&] { contents(node->getBody()); });
    switch_ = outer;
  });
  return {};
}

/// Steps are entered before what they hold, so a label deeper inside belongs to the body's last step.
uint32_t SkeletonBuilder::casePosition() const {
  Index<Block> body = function_.switches[switch_.value].body;
  size_t steps = function_.blocks[body.value].steps.size();
  return static_cast<uint32_t>(current_ == body || steps == 0 ? steps : steps - 1);
}

Index<Value> SkeletonBuilder::VisitCaseStmt(const clang::CaseStmt *node) {
  Case label;
  label.site = token(node->getCaseLoc());
  label.low = operand(node->getLHS());
  label.high = value(node->getRHS());
  if (switch_) {
    label.position = casePosition();
    function_.switches[switch_.value].cases.push_back(label);
  }
  statement(node->getSubStmt());
  return {};
}

Index<Value> SkeletonBuilder::VisitDefaultStmt(const clang::DefaultStmt *node) {
  Case label;
  label.site = token(node->getDefaultLoc());
  if (switch_) {
    label.position = casePosition();
    function_.switches[switch_.value].cases.push_back(label);
    function_.switches[switch_.value].hasDefault = true;
  }
  statement(node->getSubStmt());
  return {};
}

Index<Value> SkeletonBuilder::VisitWhileStmt(const clang::WhileStmt *node) {
  size_t index = function_.loops.size();
  function_.loops.emplace_back();
  Site where = token(node->getWhileLoc());
  step(StepKind::Loop, index);
  Step owner{StepKind::Loop, static_cast<uint32_t>(index)};
  Index<Block> test = addBlock(BlockRole::LoopTest, owner, site(node->getCond()->getSourceRange()));
  Index<Value> condition;
  inBlock(test, [&] {
    if (node->getConditionVariable())
      declareVariable(node->getConditionVariable());
    condition = operand(node->getCond());
  });
  Index<Block> body = addBlock(BlockRole::LoopBody, owner, site(rangeOf(node->getBody())));
  Loop &loop = function_.loops[index];
  loop.kind = LoopKind::While;
  loop.site = where;
  loop.condition = condition;
  loop.test = test;
  loop.body = body;
  loop.block = current_;
  inBlock(body, [&] { contents(node->getBody()); });
  return {};
}

Index<Value> SkeletonBuilder::VisitDoStmt(const clang::DoStmt *node) {
  size_t index = function_.loops.size();
  function_.loops.emplace_back();
  Site where = token(node->getDoLoc());
  step(StepKind::Loop, index);
  Step owner{StepKind::Loop, static_cast<uint32_t>(index)};
  Index<Block> body = addBlock(BlockRole::LoopBody, owner, site(rangeOf(node->getBody())));
  inBlock(body, [&] { contents(node->getBody()); });
  Index<Block> test = addBlock(BlockRole::LoopTest, owner, site(rangeOf(node->getCond())));
  Index<Value> condition;
  inBlock(test, [&] { condition = operand(node->getCond()); });
  Loop &loop = function_.loops[index];
  loop.kind = LoopKind::DoWhile;
  loop.site = where;
  loop.condition = condition;
  loop.test = test;
  loop.body = body;
  loop.block = current_;
  return {};
}

Index<Value> SkeletonBuilder::VisitForStmt(const clang::ForStmt *node) {
  scoped(node->getInit() != nullptr, node, [&] {
    statement(node->getInit());
    size_t index = function_.loops.size();
    function_.loops.emplace_back();
    function_.loops[index].kind = LoopKind::For;
    function_.loops[index].block = current_;
    Site where = token(node->getForLoc());
    function_.loops[index].site = where;
    step(StepKind::Loop, index);
    Step owner{StepKind::Loop, static_cast<uint32_t>(index)};
    if (node->getCond()) {
      Index<Block> test = addBlock(BlockRole::LoopTest, owner, site(node->getCond()->getSourceRange()));
      function_.loops[index].test = test;
      inBlock(test, [&] {
        if (node->getConditionVariable())
          declareVariable(node->getConditionVariable());
        Index<Value> condition = operand(node->getCond());
        function_.loops[index].condition = condition;
      });
    }
    Index<Block> body = addBlock(BlockRole::LoopBody, owner, site(rangeOf(node->getBody())));
    function_.loops[index].body = body;
    inBlock(body, [&] { contents(node->getBody()); });
    if (node->getInc()) {
      Index<Block> increment = addBlock(BlockRole::LoopIncrement, owner, site(node->getInc()->getSourceRange()));
      function_.loops[index].increment = increment;
      inBlock(increment, [&] { statement(node->getInc()); });
    }
  });
  return {};
}

void SkeletonBuilder::addLoopVariable(const clang::CXXForRangeStmt *node, Index<Loop> loop) {
  const clang::VarDecl *variable = node->getLoopVariable();
  if (!variable)
    return;
  Index<Local> local = addLocal(LocalKind::Range, variable, current_);
  function_.locals[local.value].init = function_.loops[loop.value].range;
  function_.loops[loop.value].variable = local;
  step(StepKind::Declare, local.value);
  if (auto *decomposition = llvm::dyn_cast<clang::DecompositionDecl>(variable))
    addBindings(decomposition, local, current_);
}

Index<Value> SkeletonBuilder::VisitCXXForRangeStmt(const clang::CXXForRangeStmt *node) {
  scoped(/*isNeeded=*/true, node, [&] {
    statement(node->getInit());
    Index<Value> range = operand(node->getRangeInit());
    Index<Loop> index(function_.loops.size());
    function_.loops.emplace_back();
    Site where = token(node->getForLoc());
    step(StepKind::Loop, index.value);
    Index<Block> body = addBlock(BlockRole::LoopBody, {StepKind::Loop, index.value}, site(rangeOf(node->getBody())));
    Loop &loop = function_.loops[index.value];
    loop.kind = LoopKind::RangeFor;
    loop.site = where;
    loop.range = range;
    loop.body = body;
    loop.block = current_;
    inBlock(body, [&] {
      addLoopVariable(node, index);
      contents(node->getBody());
    });
  });
  return {};
}

Index<Value> SkeletonBuilder::VisitCXXTryStmt(const clang::CXXTryStmt *node) {
  addTry(node, /*isFunctionTry=*/false, [] {});
  return {};
}

void SkeletonBuilder::addTry(const clang::CXXTryStmt *node, bool isFunctionTry, llvm::function_ref<void()> before) {
  Index<Try> index(function_.tries.size());
  function_.tries.emplace_back();
  Site where = token(node->getTryLoc());
  step(StepKind::Try, index.value);
  Step owner{StepKind::Try, index.value};
  Index<Block> body = addBlock(BlockRole::TryBody, owner, site(node->getTryBlock()->getSourceRange()));
  Try &entry = function_.tries[index.value];
  entry.site = where;
  entry.body = body;
  entry.isFunctionTry = isFunctionTry;
  entry.block = current_;
  inBlock(body, [&] {
    before();
    contents(node->getTryBlock());
  });
  for (unsigned i = 0; i < node->getNumHandlers(); ++i) {
    const clang::CXXCatchStmt *handler = node->getHandler(i);
    Index<Block> handlerBody =
        addBlock(BlockRole::HandlerBody, owner, site(rangeOf(handler->getHandlerBlock())));
    addHandler(handler, index, handlerBody);
    inBlock(handlerBody, [&] { contents(handler->getHandlerBlock()); });
  }
}

void SkeletonBuilder::addHandler(const clang::CXXCatchStmt *node, Index<Try> owner, Index<Block> &body) {
  Handler handler;
  handler.site = token(node->getCatchLoc());
  handler.body = body;
  handler.owner = owner;
  if (clang::QualType caught = node->getCaughtType(); !caught.isNull()) {
    handler.byReference = caught->isReferenceType();
    handler.byPointer = caught.getNonReferenceType()->isPointerType();
    handler.caught = type(caught.getNonReferenceType().getUnqualifiedType());
  }
  if (const clang::VarDecl *exception = node->getExceptionDecl(); exception && exception->getIdentifier()) {
    handler.variable = addLocal(LocalKind::Caught, exception, body);
    inBlock(body, [&] { step(StepKind::Declare, handler.variable.value); });
  }
  function_.tries[owner.value].handlers.emplace_back(function_.handlers.size());
  function_.handlers.push_back(handler);
}

void SkeletonBuilder::exit(ExitKind kind, clang::SourceLocation where, Index<Value> value, llvm::StringRef label) {
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
