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

/// Stretches of source that may lie in one another.
class Stretches {
public:
  void add(clang::SourceRange range) { ranges_.push_back({range.getBegin(), range.getEnd()}); }

  /// Call it when all are there and before any question.
  void sort() {
    llvm::sort(ranges_);
    for (size_t i = 1; i < ranges_.size(); ++i)
      ranges_[i].second = std::max(ranges_[i].second, ranges_[i - 1].second);
  }

  bool contain(clang::SourceLocation where) const {
    const auto after = llvm::upper_bound(
        ranges_, where, [](clang::SourceLocation at, const auto &range) { return at < range.first; });
    return after != ranges_.begin() && where <= std::prev(after)->second;
  }

private:
  std::vector<std::pair<clang::SourceLocation, clang::SourceLocation>> ranges_;
};

/// Tells a broken expression in a body of the project from all that errors may cost beside.
class HoleFinder {
public:
  explicit HoleFinder(const clang::SourceManager &sources) : sources_(sources) {}

  void note(const clang::FunctionDecl *function) {
    if (!function->doesThisDeclarationHaveABody() || !function->getBody())
      return;
    clang::SourceLocation begin = function->getBody()->getBeginLoc();
    if (auto *constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(function))
      for (const clang::CXXCtorInitializer *initializer : constructor->inits())
        if (initializer->isWritten())
          begin = std::min(begin, initializer->getSourceLocation());
    bodies_.add(inFile({begin, function->getBody()->getEndLoc()}));
  }

  void note(const clang::Expr *expression) {
    if (!expression->containsErrors())
      return;
    marks_.push_back(sources_.getExpansionLoc(expression->getBeginLoc()));
    if (llvm::isa<clang::RecoveryExpr>(expression))
      holes_.add(inFile(expression->getSourceRange()));
  }

  /// A local variable is only lost with what initialises it.
  void noteInvalid(const clang::Decl *declaration) {
    auto *variable = llvm::dyn_cast<clang::VarDecl>(declaration);
    if (variable && variable->isLocalVarDecl() && variable->getInit())
      marks_.push_back(sources_.getExpansionLoc(variable->getLocation()));
    else
      isMore_ = true;
  }

  bool isMoreThanHoles(llvm::ArrayRef<clang::SourceLocation> errors) {
    bodies_.sort();
    holes_.sort();
    if (errors.empty())
      return isMore_ || !marks_.empty(); // Something outside is lost, and no error here tells.
    return isMore_ || !llvm::all_of(marks_, [&](clang::SourceLocation at) { return bodies_.contain(at); }) ||
           !llvm::all_of(errors,
                         [&](clang::SourceLocation at) { return bodies_.contain(at) && holes_.contain(at); });
  }

private:
  clang::SourceRange inFile(clang::SourceRange range) const {
    return sources_.getExpansionRange(range).getAsRange();
  }

  const clang::SourceManager &sources_;
  Stretches bodies_, holes_;
  std::vector<clang::SourceLocation> marks_;
  bool isMore_ = false;
};

/// Walks the project's code, then what it uses, and so on.
class UseWalk : public clang::RecursiveASTVisitor<UseWalk> {
public:
  UseWalk(SourceFiles &files, const llvm::DenseMap<const clang::Decl *, clang::SourceLocation> &broken)
      : files_(files), broken_(broken), holes_(files.manager()) {}

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
    if (isOurs_)
      holes_.note(expression);
    return noteType(expression->getType(), expression->getBeginLoc());
  }
  bool VisitDecl(clang::Decl *declaration) {
    if (isOurs_ && declaration->isInvalidDecl())
      holes_.noteInvalid(declaration);
    return true;
  }
  bool VisitFunctionDecl(clang::FunctionDecl *function) {
    if (isOurs_)
      holes_.note(function);
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

  Damage damage(llvm::ArrayRef<clang::SourceLocation> errors) {
    return {holes_.isMoreThanHoles(errors), std::move(losses_)};
  }

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
      losses_.push_back({use, found->second});
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
  HoleFinder holes_;
  std::vector<Damage::Loss> losses_;
  llvm::DenseSet<const clang::Decl *> seen_, reported_;
  llvm::SmallVector<std::pair<clang::Decl *, clang::SourceLocation>> pending_;
  clang::SourceLocation use_;
  bool isOurs_ = false;
};

} // namespace

Damage damageOf(SourceFiles &files, clang::ASTContext &context, const ErrorPlaces &errors) {
  BrokenFinder finder(files.manager(), errors.outside);
  clang::TranslationUnitDecl *unit = context.getTranslationUnitDecl();
  for (clang::Decl *declaration : unit->decls())
    if (!files.inProject(declaration->getLocation()))
      finder.TraverseDecl(declaration);
  const auto broken = finder.broken();
  UseWalk walk(files, broken);
  for (clang::Decl *declaration : unit->decls())
    if (files.inProject(declaration->getLocation()))
      walk.walkProject(declaration);
  return walk.damage(errors.inside);
}

} // namespace opex
