// From declarations to identities: the template's pattern behind a declaration, its USR, its hash and its
// qualified name. The only caller of USR generation. Ids depend on the program alone, not on the machine:
// file names inside USRs are replaced by paths relative to the root, offsets inside functions are removed,
// and lambdas are named by the function around them and their position among its lambdas.
#pragma once

#include "frontend/source_files.h"

#include "clang/AST/Decl.h"

#include <string>
#include <vector>

namespace clang {
class ASTContext;
class CXXRecordDecl;
class Stmt;
} // namespace clang

namespace opex {

/// The declaration whose text `decl` comes from: for (members of) instantiations the template's own,
/// else `decl`; canonical.
const clang::NamedDecl *patternOf(const clang::NamedDecl *decl);

/// The function around a local declaration or lambda, lambdas' call operators included; null if none.
const clang::FunctionDecl *enclosingFunction(const clang::Decl *decl);

class Entities {
public:
  Entities(clang::ASTContext &context, SourceFiles &files, TuFacts &facts);

  /// Identity at the template's pattern. Never zero for a non-null declaration.
  EntityId id(const clang::NamedDecl *decl);
  /// Identity of the specialisation itself; zero if `decl` is no instantiation.
  EntityId instance(const clang::NamedDecl *decl);
  /// The text that `id` hashes, saved in the facts.
  llvm::StringRef usr(const clang::NamedDecl *decl);
  /// An identity of something that belongs to `owner` but has no declaration of its own.
  EntityId derived(const clang::NamedDecl *owner, llvm::StringRef part);

  /// As Declaration::name.
  std::string qualifiedName(const clang::NamedDecl *decl);
  /// The qualified name of the pattern, saved in the facts.
  llvm::StringRef name(const clang::NamedDecl *decl);

  /// Makes the lambdas in `code` (an initialiser outside of functions) known as `owner`'s.
  void adoptLambdas(const clang::NamedDecl *owner, const clang::Stmt *code);

private:
  std::string text(const clang::NamedDecl *decl);
  std::string lambdaText(const clang::CXXRecordDecl *closure, bool atPattern);
  std::string rawText(const clang::NamedDecl *decl);
  size_t lambdaOrdinal(const clang::FunctionDecl *function, const clang::CXXRecordDecl *closure);
  void appendScope(const clang::DeclContext *context, std::string &name);

  clang::ASTContext &context_;
  SourceFiles &files_;
  TuFacts &facts_;
  llvm::DenseMap<const clang::Decl *, EntityId> ids_, instances_;
  llvm::DenseMap<const clang::Decl *, llvm::StringRef> usrs_, names_;
  llvm::DenseMap<const clang::DeclContext *, std::string> scopes_;
  /// Begin of each lambda of a function, in source order.
  llvm::DenseMap<const clang::FunctionDecl *, std::vector<clang::SourceLocation>> lambdas_;
  /// Lambdas outside of functions: owner's text and ordinal.
  llvm::DenseMap<const clang::CXXRecordDecl *, std::pair<const clang::NamedDecl *, size_t>> adopted_;
};

} // namespace opex
