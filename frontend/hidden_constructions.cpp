#include "frontend/hidden_constructions.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Sema/Sema.h"

#include "llvm/ADT/SetVector.h"

namespace opex {
namespace {

/// A constructor that somebody may run out of sight, and where.
using Construction = std::pair<clang::CXXConstructorDecl *, clang::SourceLocation>;

class Finder : public clang::RecursiveASTVisitor<Finder> {
public:
  explicit Finder(llvm::function_ref<bool(const clang::Decl *)> isWanted) : isWanted_(isWanted) {}

  bool shouldVisitTemplateInstantiations() const { return true; }

  bool TraverseDecl(clang::Decl *decl) {
    bool isAround = !decl || llvm::isa<clang::NamespaceDecl, clang::LinkageSpecDecl>(decl);
    return !isAround && !isWanted_(decl) ? true : RecursiveASTVisitor::TraverseDecl(decl);
  }

  bool VisitCallExpr(clang::CallExpr *call) {
    const clang::FunctionDecl *callee = call->getDirectCallee();
    const clang::TemplateArgumentList *given = callee && !isWanted_(callee) ? callee->getTemplateSpecializationArgs() : nullptr;
    if (given && given->size() && given->get(0).getKind() == clang::TemplateArgument::Type)
      addConstructors(given->get(0).getAsType()->getAsCXXRecordDecl(), call);
    return true;
  }

  llvm::SetVector<Construction> found;

private:
  void addConstructors(clang::CXXRecordDecl *record, const clang::CallExpr *call) {
    auto *special = llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record);
    if (!special || !special->hasDefinition() || special->isExplicitSpecialization() || !isWanted_(special))
      return;
    for (clang::CXXConstructorDecl *constructor : special->ctors()) {
      bool fits = call->getNumArgs() >= constructor->getMinRequiredArguments() && call->getNumArgs() <= constructor->getNumParams();
      if (fits && !constructor->isDeleted() && !constructor->isImplicit() && constructor->getTemplateInstantiationPattern())
        found.insert({constructor, call->getBeginLoc()});
    }
  }

  llvm::function_ref<bool(const clang::Decl *)> isWanted_;
};

} // namespace

void instantiateHiddenConstructions(clang::Sema &sema, llvm::function_ref<bool(const clang::Decl *)> isWanted) {
  Finder finder(isWanted);
  for (clang::Decl *decl : sema.getASTContext().getTranslationUnitDecl()->noload_decls()) // Nothing of the project is in a precompiled prefix.
    finder.TraverseDecl(decl);
  if (finder.found.empty())
    return;
  clang::DiagnosticsEngine &diagnostics = sema.getDiagnostics();
  const bool wasSilent = diagnostics.getSuppressAllDiagnostics();
  diagnostics.setSuppressAllDiagnostics(true);
  for (auto [constructor, where] : finder.found)
    sema.MarkFunctionReferenced(where, constructor);
  sema.PerformPendingInstantiations();
  diagnostics.setSuppressAllDiagnostics(wasSilent);
}

} // namespace opex
