#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

namespace opex {
namespace {

clang::SourceRange rangeOf(const clang::Stmt *statement) {
  return statement ? statement->getSourceRange() : clang::SourceRange();
}

} // namespace

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
    Index<Block> body =
        addBlock(BlockRole::SwitchBody, {StepKind::Switch, index.value}, site(rangeOf(node->getBody())));
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
      Index<Block> increment =
          addBlock(BlockRole::LoopIncrement, owner, site(node->getInc()->getSourceRange()));
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
    Index<Block> body =
        addBlock(BlockRole::LoopBody, {StepKind::Loop, index.value}, site(rangeOf(node->getBody())));
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

void SkeletonBuilder::addTry(const clang::CXXTryStmt *node, bool isFunctionTry,
                             llvm::function_ref<void()> before) {
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

} // namespace opex
