#include "frontend/constants.h"
#include "frontend/skeleton_builder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/Stack.h"
#include "llvm/ADT/StringExtras.h"

#include <limits>

namespace opex {
namespace {

/// Larger trees are not evaluated as a whole: their leaves keep their constants, and the cost stays linear.
constexpr uint32_t kHeaviestConstant = 200;
constexpr size_t kLongestString = 1024;
/// Longer lists are tables of data; what they hold is cut short.
constexpr size_t kLongestList = 1000;

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
  case ValueKind::SizeOf:
    return true;
  case ValueKind::Unknown:
    return llvm::isa<clang::TypeTraitExpr, clang::CXXNoexceptExpr, clang::ConceptSpecializationExpr,
                     clang::SizeOfPackExpr, clang::RequiresExpr>(expression);
  default:
    return false;
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

Index<Value> SkeletonBuilder::cast(const clang::Expr *expression, Index<Value> operand) {
  Value result = start(ValueKind::Cast, expression);
  result.operands.push_back(operand);
  // The longest time there is stays that in every unit, although the conversion itself overflows.
  std::optional<int64_t> whole = function_.values[operand.value].constant;
  if (whole && (*whole == std::numeric_limits<int64_t>::max() || *whole == std::numeric_limits<int64_t>::min()) &&
      chronoType(expression->getType()))
    result.constant = whole;
  return add(std::move(result), expression);
}

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

Index<Value> SkeletonBuilder::VisitExpr(const clang::Expr *node) { return unknown(node); }
Index<Value> SkeletonBuilder::VisitParenExpr(const clang::ParenExpr *node) { return value(node->getSubExpr()); }
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

Index<Value> SkeletonBuilder::VisitSubstNonTypeTemplateParmExpr(const clang::SubstNonTypeTemplateParmExpr *node) {
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

/// A default argument is the callee's text but happens here: all of it stands where the call does.
Index<Value> SkeletonBuilder::VisitCXXDefaultArgExpr(const clang::CXXDefaultArgExpr *node) {
  std::optional<Site> outer = place_;
  if (!place_)
    place_ = token(node->getUsedLocation());
  Index<Value> result = value(node->getExpr());
  place_ = outer;
  return result;
}

Index<Value> SkeletonBuilder::VisitCXXDefaultInitExpr(const clang::CXXDefaultInitExpr *node) {
  std::optional<Site> outer = place_;
  if (!place_)
    place_ = token(node->getUsedLocation());
  Index<Value> result = value(node->getExpr());
  place_ = outer;
  return result;
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
  case clang::CK_NullToMemberPointer:
    return add(start(ValueKind::Null, node));
  case clang::CK_FloatingToIntegral:
    return cast(node, operand(node->getSubExpr()));
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
  default:
    return value(node->getSubExpr());
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
      return construct(made, [] { return Index<Value>(); }, token(name.isValid() ? name : node->getBeginLoc()));
    }
    return value(inner);
  case clang::CK_ToVoid: {
    Index<Value> dropped = value(inner);
    markUse(dropped, ResultUse::VoidCast, false);
    return dropped;
  }
  case clang::CK_NullToPointer:
    return add(start(ValueKind::Null, node));
  default:
    // `T{…}` names a type only to build it.
    if (llvm::isa<clang::InitListExpr>(withoutWrappers(inner)) && node->getType()->isRecordType())
      return value(inner);
    return cast(node, operand(inner));
  }
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
  case clang::UO_Deref:
    return unary(node, ValueKind::Deref, "", inner);
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
  default:
    return inner;
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

Index<Block> SkeletonBuilder::tentative(BlockRole role, Step owner, Site site, llvm::function_ref<void()> fill) {
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
  Index<Block> arm = tentative(isAnd ? BlockRole::Then : BlockRole::Else,
                               {StepKind::Branch, static_cast<uint32_t>(index)},
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

Index<Value> SkeletonBuilder::choice(const clang::Expr *node, const clang::Expr *condition, const clang::Expr *yes,
                                     const clang::Expr *no, clang::SourceLocation where) {
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
