// The walk behind buildSkeleton, in one source file for each sort of node (named below); what they share,
// the function's header and its blocks, is in skeleton.cpp. Indices, not references, are kept across
// recursive calls, because every table grows while its entries are being filled.
#pragma once

#include "frontend/skeleton.h"

#include "clang/AST/StmtVisitor.h"

namespace opex {

/// Visits of expressions give their value and append the steps they cause to the current block; visits of
/// statements give none.
class SkeletonBuilder : public clang::ConstStmtVisitor<SkeletonBuilder, Index<Value>> {
public:
  SkeletonBuilder(const TuTables &tables, Function &function, std::vector<Body> &more);
  void build(const Body &body);

#define OPEX_VISIT(NODE) Index<Value> Visit##NODE(const clang::NODE *node);
#include "frontend/skeleton_visits.def"
#undef OPEX_VISIT

private:
  // skeleton.cpp
  void describe(const Body &body);
  void describeInitializer(const Body &body);
  void describeFunction(const clang::FunctionDecl &function, const clang::LambdaExpr *lambda);
  void addParameters(const clang::FunctionDecl *function);
  void addCaptures(const Body &body);
  void addConstructorInitializers(const clang::CXXConstructorDecl *constructor);
  void addFieldInitializers(const clang::CXXRecordDecl *record);
  void addVariableInitializer(const clang::VarDecl *variable);
  void initializeField(const clang::FieldDecl *field, const clang::Expr *init, Site where, bool isWritten);
  Index<Block> addBlock(BlockRole role, Step owner, Site site);
  void inBlock(Index<Block> block, llvm::function_ref<void()> fill);
  void step(StepKind kind, size_t index);
  Index<Local> addLocal(LocalKind kind, const clang::ValueDecl *decl, Index<Block> scope);
  Site site(clang::SourceRange range);
  Site token(clang::SourceLocation where);
  EntityId declare(const clang::NamedDecl *decl) { return tables_.declarations.declare(decl); }
  Index<Type> type(clang::QualType type) { return tables_.types.type(type); }
  llvm::StringRef save(llvm::StringRef text) { return tables_.facts.save(text); }
  llvm::StringRef spelling(clang::SourceRange range);

  // skeleton_statements.cpp, skeleton_control.cpp
  void statement(const clang::Stmt *statement);
  /// The statements of a braced body, or the one statement that stands for it, in the current block.
  void contents(const clang::Stmt *body);
  void discard(const clang::Expr *expression);
  void markUse(Index<Value> value, ResultUse use, bool isTemporary);
  void declareVariable(const clang::VarDecl *variable);
  void addBindings(const clang::DecompositionDecl *decl, Index<Local> whole, Index<Block> scope);
  void scoped(bool isNeeded, const clang::Stmt *around, llvm::function_ref<void()> fill);
  void branch(const clang::IfStmt *statement);
  void addLoopVariable(const clang::CXXForRangeStmt *loop, Index<Loop> index);
  void addHandler(const clang::CXXCatchStmt *handler, Index<Try> owner, Index<Block> &body);
  void addTry(const clang::CXXTryStmt *statement, bool isFunctionTry, llvm::function_ref<void()> before);
  uint32_t casePosition() const;
  void exit(ExitKind kind, clang::SourceLocation where, Index<Value> value, llvm::StringRef label = "");

  // skeleton_expressions.cpp
  Index<Value> value(const clang::Expr *expression);
  Index<Value> operand(const clang::Expr *expression); ///< Never none.
  Value start(ValueKind kind, const clang::Expr *expression);
  Index<Value> add(Value value, const clang::Expr *expression = nullptr);
  bool hasConstantOperands(const Value &value, const clang::Expr *expression) const;
  Index<Value> unknown(const clang::Expr *expression);
  Index<Value> cast(const clang::Expr *expression, Index<Value> operand);
  Index<Value> defaultValue(const clang::Expr *expression, clang::SourceLocation used);

  // skeleton_leaves.cpp
  Index<Value> variable(const clang::ValueDecl *decl, const clang::Expr *expression);
  Index<Value> localValue(Index<Local> local, Site site);
  Index<Value> fieldOfThis(const clang::FieldDecl *field, Site site);
  Index<Value> list(const clang::Expr *node, llvm::ArrayRef<const clang::Expr *> elements);

  // skeleton_operators.cpp
  Index<Value> unary(const clang::Expr *expression, ValueKind kind, llvm::StringRef op, Index<Value> operand);
  Index<Value> binary(const clang::Expr *expression, llvm::StringRef op, Index<Value> left,
                      Index<Value> right);
  Index<Value> shortCircuit(const clang::BinaryOperator *node);
  Index<Value> choice(const clang::Expr *node, const clang::Expr *condition, const clang::Expr *yes,
                      const clang::Expr *no, clang::SourceLocation where);
  void assign(clang::SourceLocation where, Index<Value> target, llvm::StringRef op, Index<Value> value,
              bool isInitializer = false);
  /// Walks `fill` in a block of its own; forgets that block and gives none if nothing happens in it.
  Index<Block> tentative(BlockRole role, Step owner, Site site, llvm::function_ref<void()> fill);

  // skeleton_calls.cpp
  Index<Value> emit(Call call, const clang::FunctionDecl *callee, const clang::Expr *node);
  void addArguments(Call &call, llvm::ArrayRef<const clang::Expr *> arguments);
  Call startCall(CallKind kind, clang::SourceLocation where, const clang::Expr *node);
  Index<Value> chronoOperator(const clang::CXXOperatorCallExpr *node);
  Index<Value> assignmentOperator(const clang::CXXOperatorCallExpr *node, const clang::FunctionDecl *callee);
  Index<Value> indirectCall(const clang::CallExpr *node);
  Index<Value> hole(const clang::RecoveryExpr *broken, const clang::CallExpr *around);
  Index<Value> transparentCall(const clang::CallExpr *node, const clang::FunctionDecl *callee,
                               bool &isTransparent);

  // skeleton_construction.cpp
  Index<Value> initialize(const clang::Expr *init, llvm::function_ref<Index<Value>()> object, Site where);
  Index<Value> construct(const clang::CXXConstructExpr *node, llvm::function_ref<Index<Value>()> object,
                         Site where, bool isHeap = false);
  void enqueueLambda(const clang::LambdaExpr *node, std::vector<Index<Value>> captures);

  const TuTables &tables_;
  Function &function_;
  std::vector<Body> &more_;
  Index<Block> current_;
  llvm::DenseMap<const clang::ValueDecl *, Index<Local>> locals_;
  llvm::DenseMap<const clang::OpaqueValueExpr *, Index<Value>> opaque_;
  std::vector<uint32_t> weights_; ///< Size of the tree below each value.
  Index<Switch> switch_;          ///< The innermost one around the current step.
  std::optional<Site> place_;     ///< Overrides the place of everything in a default argument.
};

/// The expression behind nodes that only say how long temporaries live, or parenthesise.
const clang::Expr *withoutWrappers(const clang::Expr *expression);

/// The token that names a written type, without qualifiers and template arguments; invalid if null.
clang::SourceLocation typeToken(const clang::TypeSourceInfo *type);

} // namespace opex
