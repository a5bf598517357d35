// One walk over one function body: from Clang's tree to model/body.h. Everything the walk needs to know
// about a TU is in TuTables; bodies found on the way (lambdas, methods of local classes) are handed back
// to the caller. Knows the language and std::chrono's arithmetic, no other library.
#pragma once

#include "frontend/declarations.h"

namespace clang {
class LambdaExpr;
} // namespace clang

namespace opex {

/// What all bodies of a TU share.
struct TuTables {
  clang::ASTContext &context;
  TuFacts &facts;
  SourceFiles &files;
  Entities &entities;
  Types &types;
  Declarations &declarations;
};

/// A body to reduce; exactly one of `function`, `record` and `variable` is set.
struct Body {
  const clang::FunctionDecl *function = nullptr; ///< With a body. For a lambda its call operator.
  const clang::CXXRecordDecl *record = nullptr;  ///< Its in-class initialisers.
  const clang::VarDecl *variable = nullptr;      ///< Its initialiser.
  const clang::LambdaExpr *lambda = nullptr;     ///< The expression whose body `function` is.
  std::vector<Index<Value>> captures;            ///< Of `lambda`, in the enclosing function's table.
  EntityId enclosing, enclosingInstance;
  bool isUninstantiated = false;
};

/// Reduces `body`. Bodies inside it that are functions of their own are appended to `more`.
Function buildSkeleton(const TuTables &tables, const Body &body, std::vector<Body> &more);

/// Appends the bodies that the members of a class define in place, nested classes included.
void collectMembers(const clang::CXXRecordDecl *record, const Body &like, std::vector<Body> &bodies);

/// Identity of the FieldInitializers of a record and of the GlobalInitializer of a variable.
EntityId initializerId(Entities &entities, const clang::NamedDecl *owner);

} // namespace opex
