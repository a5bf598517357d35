#include "frontend/bodies.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/DenseSet.h"

namespace opex {
namespace {

/// Bodies kept of one template per TU. Instantiations merge at their pattern later on, so that hundreds of
/// alike ones cost time and say nothing new.
constexpr unsigned kMostInstances = 64;

class Collector {
public:
  explicit Collector(const TuTables &tables) : tables_(tables) {}

  void context(const clang::DeclContext *context) {
    for (const clang::Decl *decl : context->noload_decls()) // Nothing of the project is in a precompiled prefix.
      if (tables_.files.inProject(decl->getLocation()))
        visit(decl);
  }

  /// Drops the templates' own texts wherever an instantiation of them has a body, and what a template
  /// instantiates beyond all reading.
  std::vector<Body> finish() {
    llvm::DenseMap<const clang::Decl *, unsigned> instances;
    llvm::erase_if(bodies_, [&](const Body &body) {
      const clang::NamedDecl *decl = declOf(body);
      return decl && !body.isUninstantiated && patternOf(decl) != decl->getCanonicalDecl() &&
             ++instances[patternOf(decl)] > kMostInstances;
    });
    llvm::erase_if(bodies_, [&](const Body &body) {
      return body.isUninstantiated && declOf(body) && instances.contains(patternOf(declOf(body)));
    });
    return std::move(bodies_);
  }

private:
  static const clang::NamedDecl *declOf(const Body &body) {
    return body.variable ? static_cast<const clang::NamedDecl *>(body.variable) : body.function;
  }

  void visit(const clang::Decl *decl) {
    if (auto *function = llvm::dyn_cast<clang::FunctionDecl>(decl))
      return visitFunction(function);
    if (auto *generic = llvm::dyn_cast<clang::FunctionTemplateDecl>(decl)) {
      visitFunction(generic->getTemplatedDecl());
      if (generic->isCanonicalDecl())
        for (const clang::FunctionDecl *special : generic->specializations())
          visitFunction(special->getDefinition());
      return;
    }
    if (auto *generic = llvm::dyn_cast<clang::ClassTemplateDecl>(decl)) {
      visitRecord(generic->getTemplatedDecl());
      if (generic->isCanonicalDecl())
        for (const clang::ClassTemplateSpecializationDecl *special : generic->specializations())
          if (!special->isExplicitSpecialization())
            visitRecord(special);
      return;
    }
    if (auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(decl))
      return visitRecord(record);
    if (auto *variable = llvm::dyn_cast<clang::VarDecl>(decl))
      return visitVariable(variable);
    if (auto *generic = llvm::dyn_cast<clang::VarTemplateDecl>(decl))
      return visitVariable(generic->getTemplatedDecl());
    if (auto *tag = llvm::dyn_cast<clang::TagDecl>(decl))
      return tables_.declarations.tag(tag);
    if (auto *friendDecl = llvm::dyn_cast<clang::FriendDecl>(decl)) {
      if (friendDecl->getFriendDecl())
        visit(friendDecl->getFriendDecl());
      return;
    }
    if (llvm::isa<clang::NamespaceDecl, clang::LinkageSpecDecl, clang::ExportDecl>(decl))
      context(llvm::cast<clang::DeclContext>(decl));
  }

  void visitFunction(const clang::FunctionDecl *function) {
    if (!function || !function->doesThisDeclarationHaveABody() || function->isDefaulted() ||
        function->hasSkippedBody() || !function->getBody() || !seen_.insert(function).second)
      return;
    Body body;
    body.function = function;
    body.isUninstantiated = function->isDependentContext();
    bodies_.push_back(std::move(body));
  }

  void visitRecord(const clang::CXXRecordDecl *record) {
    if (!record->isThisDeclarationADefinition() || record->isInjectedClassName() || record->isLambda() ||
        !seen_.insert(record).second)
      return;
    tables_.declarations.tag(record);
    bool isInstance = patternOf(record) != record->getCanonicalDecl();
    bool hasInitializers = false;
    for (const clang::Decl *member : record->decls()) {
      visit(member);
      auto *field = llvm::dyn_cast<clang::FieldDecl>(member);
      if (isInstance || !field || !field->hasInClassInitializer() || !field->getInClassInitializer())
        continue;
      hasInitializers = true;
      tables_.entities.adoptLambdas(field, field->getInClassInitializer());
    }
    if (hasInitializers && startsFromInitializers(record)) {
      Body body;
      body.record = record;
      body.isUninstantiated = record->isDependentContext();
      bodies_.push_back(std::move(body));
    }
  }

  /// Whether objects can be made that no constructor body of the project fills.
  static bool startsFromInitializers(const clang::CXXRecordDecl *record) {
    if (!record->hasUserDeclaredConstructor())
      return true;
    for (const clang::CXXConstructorDecl *constructor : record->ctors())
      if (constructor->isDefaultConstructor() && constructor->isDefaulted())
        return true;
    return false;
  }

  void visitVariable(const clang::VarDecl *variable) {
    const clang::Expr *init = variable->getInit();
    if (!init || !variable->hasGlobalStorage() || !seen_.insert(variable).second)
      return;
    tables_.entities.adoptLambdas(variable, init);
    Body body;
    body.variable = variable;
    body.isUninstantiated = variable->getDeclContext()->isDependentContext() || variable->isTemplated();
    bodies_.push_back(std::move(body));
  }

  const TuTables &tables_;
  std::vector<Body> bodies_;
  llvm::DenseSet<const clang::Decl *> seen_;
};

} // namespace

std::vector<Body> collectBodies(const TuTables &tables) {
  Collector collector(tables);
  collector.context(tables.context.getTranslationUnitDecl());
  return collector.finish();
}

} // namespace opex
