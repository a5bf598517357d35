#include "frontend/damage.h"

#include "frontend/source_files.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace opex {
namespace {

/// What a use of `declaration` stands for, whatever it was instantiated from: instantiations share the error
/// of their pattern.
const clang::Decl *patternOf(const clang::Decl *declaration) {
  if (auto *function = llvm::dyn_cast<clang::FunctionDecl>(declaration)) {
    if (const clang::FunctionDecl *pattern = function->getTemplateInstantiationPattern())
      function = pattern;
    return function->getCanonicalDecl();
  }
  if (auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(declaration)) {
    if (const clang::CXXRecordDecl *pattern = record->getTemplateInstantiationPattern())
      record = pattern;
    return record->getCanonicalDecl();
  }
  return declaration->getCanonicalDecl();
}

/// The innermost functions, classes, variables and names of types around the errors.
class BrokenFinder : public clang::RecursiveASTVisitor<BrokenFinder> {
public:
  BrokenFinder(const clang::SourceManager &sources, std::vector<clang::SourceLocation> errors)
      : sources_(sources), errors_(std::move(errors)), innermost_(errors_.size()) {
    llvm::sort(errors_);
  }

  bool TraverseDecl(clang::Decl *declaration) {
    if (!declaration)
      return true;
    const clang::SourceRange range = sources_.getExpansionRange(declaration->getSourceRange()).getAsRange();
    const auto first = llvm::lower_bound(errors_, range.getBegin());
    const auto end = llvm::upper_bound(errors_, range.getEnd());
    if (first >= end)
      return true;
    // What the walk comes to later lies further in.
    if (llvm::isa<clang::FunctionDecl, clang::CXXRecordDecl, clang::VarDecl, clang::TypedefNameDecl>(
            declaration))
      std::fill(innermost_.begin() + (first - errors_.begin()), innermost_.begin() + (end - errors_.begin()),
                declaration);
    return RecursiveASTVisitor::TraverseDecl(declaration);
  }

  /// Each with its first error, by its pattern.
  llvm::DenseMap<const clang::Decl *, clang::SourceLocation> broken() const {
    llvm::DenseMap<const clang::Decl *, clang::SourceLocation> result;
    for (size_t i = 0; i < errors_.size(); ++i)
      if (innermost_[i])
        result.try_emplace(patternOf(innermost_[i]), errors_[i]);
    return result;
  }

private:
  const clang::SourceManager &sources_;
  std::vector<clang::SourceLocation> errors_;
  std::vector<const clang::Decl *> innermost_;
};

/// Walks the project's code, then what it uses, and so on.
class UseWalk : public clang::RecursiveASTVisitor<UseWalk> {
public:
  UseWalk(SourceFiles &files, const llvm::DenseMap<const clang::Decl *, clang::SourceLocation> &broken)
      : files_(files), broken_(broken) {}

  bool shouldVisitTemplateInstantiations() const { return isOurs_; }

  void walkProject(clang::Decl *declaration) {
    isOurs_ = true;
    TraverseDecl(declaration);
    isOurs_ = false;
    while (!pending_.empty()) {
      clang::Decl *needed = nullptr;
      std::tie(needed, use_) = pending_.pop_back_val();
      walkOutside(needed);
    }
  }

  bool VisitExpr(clang::Expr *expression) {
    result.isInProject |= isOurs_ && expression->containsErrors();
    return noteType(expression->getType(), expression->getBeginLoc());
  }
  bool VisitDecl(clang::Decl *declaration) {
    result.isInProject |= isOurs_ && declaration->isInvalidDecl();
    return true;
  }
  bool VisitDeclRefExpr(clang::DeclRefExpr *expression) {
    return note(expression->getDecl(), expression->getLocation());
  }
  bool VisitMemberExpr(clang::MemberExpr *expression) {
    return note(expression->getMemberDecl(), expression->getMemberLoc());
  }
  bool VisitCXXConstructExpr(clang::CXXConstructExpr *expression) {
    return note(expression->getConstructor(), expression->getLocation());
  }
  bool VisitValueDecl(clang::ValueDecl *declaration) {
    return noteType(declaration->getType(), declaration->getLocation());
  }
  bool VisitCXXRecordDecl(clang::CXXRecordDecl *record) { return noteBases(record); }

  Damage result;

private:
  bool noteType(clang::QualType type, clang::SourceLocation where) {
    if (!type.isNull())
      if (clang::CXXRecordDecl *record = type.getNonReferenceType()->getAsCXXRecordDecl())
        note(record, where);
    return true;
  }

  bool noteBases(const clang::CXXRecordDecl *record) {
    if (record->hasDefinition())
      for (const clang::CXXBaseSpecifier &base : record->bases())
        noteType(base.getType(), base.getBeginLoc());
    return true;
  }

  bool note(clang::Decl *declaration, clang::SourceLocation where) {
    if (!llvm::isa<clang::FunctionDecl, clang::CXXRecordDecl, clang::VarDecl>(declaration) ||
        !seen_.insert(declaration->getCanonicalDecl()).second)
      return true;
    const clang::SourceLocation use = isOurs_ ? files_.manager().getExpansionLoc(where) : use_;
    const clang::Decl *pattern = patternOf(declaration);
    if (auto found = broken_.find(pattern); found != broken_.end() && reported_.insert(pattern).second)
      result.losses.push_back({use, found->second});
    if (!files_.inProject(declaration->getLocation()))
      pending_.emplace_back(declaration, use);
    return true;
  }

  /// What code outside needs in its turn: a function what its body does, a class its bases.
  void walkOutside(clang::Decl *declaration) {
    if (auto *function = llvm::dyn_cast<clang::FunctionDecl>(declaration))
      TraverseDecl(function->getDefinition());
    else if (auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(declaration))
      noteBases(record);
  }

  SourceFiles &files_;
  const llvm::DenseMap<const clang::Decl *, clang::SourceLocation> &broken_;
  llvm::DenseSet<const clang::Decl *> seen_, reported_;
  llvm::SmallVector<std::pair<clang::Decl *, clang::SourceLocation>> pending_;
  clang::SourceLocation use_;
  bool isOurs_ = false;
};

} // namespace

Damage damageOf(SourceFiles &files, clang::ASTContext &context,
                const std::vector<clang::SourceLocation> &errors) {
  BrokenFinder finder(files.manager(), errors);
  clang::TranslationUnitDecl *unit = context.getTranslationUnitDecl();
  for (clang::Decl *declaration : unit->decls())
    if (!files.inProject(declaration->getLocation()))
      finder.TraverseDecl(declaration);
  const auto broken = finder.broken();
  UseWalk walk(files, broken);
  for (clang::Decl *declaration : unit->decls())
    if (files.inProject(declaration->getLocation()))
      walk.walkProject(declaration);
  return std::move(walk.result);
}

} // namespace opex
