#include "frontend/entity.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

namespace opex {
namespace {

EntityId hashed(llvm::StringRef text) { return {std::max<uint64_t>(llvm::xxh3_64bits(text), 1)}; }

const clang::CXXRecordDecl *patternRecord(const clang::CXXRecordDecl *record) {
  if (const clang::CXXRecordDecl *pattern = record->getTemplateInstantiationPattern())
    return pattern;
  // A specialisation that was only named has no instantiation kind yet.
  if (auto *special = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record))
    if (!special->isExplicitSpecialization())
      return special->getSpecializedTemplate()->getTemplatedDecl();
  return record;
}

/// The pattern's declaration that stands where `member` stands in its instantiated record.
template <class T>
const clang::NamedDecl *sameMember(const T *member, const clang::DeclContext *from,
                                   const clang::DeclContext *to) {
  if (from == to)
    return member;
  size_t position = 0;
  for (const clang::Decl *other : from->decls()) {
    if (other == member)
      break;
    position += llvm::isa<T>(other);
  }
  for (const clang::Decl *other : to->decls())
    if (auto *candidate = llvm::dyn_cast<T>(other); candidate && position-- == 0)
      return candidate->getDeclName() == member->getDeclName() ? candidate : member;
  return member;
}

const clang::NamedDecl *patternStep(const clang::NamedDecl *decl) {
  if (auto *function = llvm::dyn_cast<clang::FunctionDecl>(decl)) {
    if (auto *constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(function))
      if (const clang::CXXConstructorDecl *inherited =
              constructor->getInheritedConstructor().getConstructor())
        return inherited;
    if (const clang::FunctionDecl *pattern =
            function->getTemplateInstantiationPattern(/*ForDefinition=*/false))
      return pattern;
    // Implicit members of instantiated classes have no pattern function; the class still has one, and
    // their USR is then built from it by name only. They stay what they are.
    return function;
  }
  if (auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(decl))
    return patternRecord(record);
  if (auto *variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
    if (const clang::VarDecl *pattern = variable->getTemplateInstantiationPattern())
      return pattern;
    return variable;
  }
  if (auto *enumeration = llvm::dyn_cast<clang::EnumDecl>(decl)) {
    if (const clang::EnumDecl *pattern = enumeration->getTemplateInstantiationPattern())
      return pattern;
    return enumeration;
  }
  if (auto *field = llvm::dyn_cast<clang::FieldDecl>(decl)) {
    if (auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(field->getParent());
        record && record->getDefinition())
      if (const clang::CXXRecordDecl *pattern = patternRecord(record)->getDefinition())
        return sameMember(field, record->getDefinition(), pattern);
    return field;
  }
  if (auto *enumerator = llvm::dyn_cast<clang::EnumConstantDecl>(decl)) {
    auto *enumeration = llvm::cast<clang::EnumDecl>(enumerator->getDeclContext());
    if (const clang::EnumDecl *pattern = enumeration->getTemplateInstantiationPattern())
      return sameMember(enumerator, enumeration, pattern);
    return enumerator;
  }
  if (auto *indirect = llvm::dyn_cast<clang::IndirectFieldDecl>(decl))
    return indirect->getAnonField();
  if (auto *shadow = llvm::dyn_cast<clang::UsingShadowDecl>(decl))
    return shadow->getTargetDecl();
  if (auto *aTemplate = llvm::dyn_cast<clang::RedeclarableTemplateDecl>(decl))
    if (aTemplate->getTemplatedDecl())
      return aTemplate->getTemplatedDecl();
  return decl;
}

void collectLambdas(const clang::Stmt *code, llvm::function_ref<void(const clang::LambdaExpr *)> found) {
  llvm::SmallVector<const clang::Stmt *, 64> todo{code};
  while (!todo.empty()) {
    const clang::Stmt *next = todo.pop_back_val();
    if (!next)
      continue;
    if (auto *lambda = llvm::dyn_cast<clang::LambdaExpr>(next))
      found(lambda);
    for (const clang::Stmt *child : next->children())
      todo.push_back(child);
  }
}

const clang::CXXRecordDecl *closureOf(const clang::NamedDecl *decl) {
  auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(decl);
  if (!record && llvm::isa<clang::CXXMethodDecl>(decl))
    record = llvm::cast<clang::CXXMethodDecl>(decl)->getParent();
  return record && record->isLambda() ? record : nullptr;
}

} // namespace

const clang::NamedDecl *patternOf(const clang::NamedDecl *decl) {
  for (unsigned steps = 0; steps < 16; ++steps) {
    const clang::NamedDecl *next = patternStep(decl);
    if (next == decl)
      break;
    decl = next;
  }
  return llvm::cast<clang::NamedDecl>(decl->getCanonicalDecl());
}

const clang::FunctionDecl *enclosingFunction(const clang::Decl *decl) {
  for (const clang::DeclContext *context = decl->getDeclContext(); context; context = context->getParent())
    if (auto *function = llvm::dyn_cast<clang::FunctionDecl>(context))
      return function;
  return nullptr;
}

Entities::Entities(clang::ASTContext &context, SourceFiles &files, TuFacts &facts)
    : context_(context), files_(files), facts_(facts) {}

/// Clang's USR with what depends on the machine or on neighbouring text replaced: "c:util.h@120@F@f"
/// becomes "c:src/util.h@F@f".
std::string Entities::rawText(const clang::NamedDecl *decl) {
  llvm::SmallString<128> buffer;
  if (clang::index::generateUSRForDecl(decl, buffer) || buffer.empty())
    return ("x:" + files_.path(decl->getLocation()) + "@" + decl->getDeclKindName() + "@" +
            qualifiedName(decl))
        .str();
  const std::string clean = withoutRoot(buffer, files_.scope()); // Types without a name are named by their place.
  llvm::StringRef usr = clean;
  if (decl->isExternallyVisible())
    return usr.str();
  llvm::StringRef path = files_.path(decl->getLocation());
  llvm::StringRef rest = usr;
  if (path.empty() || !rest.consume_front("c:") || !rest.consume_front(llvm::sys::path::filename(path)) ||
      !rest.starts_with("@"))
    return usr.str();
  if (decl->getParentFunctionOrMethod()) {
    llvm::StringRef local = rest.drop_front();
    if (llvm::StringRef offset = local.take_while(llvm::isDigit); !offset.empty())
      rest = local.drop_front(offset.size());
  }
  return ("c:" + path + rest).str();
}

size_t Entities::lambdaOrdinal(const clang::FunctionDecl *function, const clang::CXXRecordDecl *closure) {
  auto [slot, isNew] = lambdas_.try_emplace(function);
  std::vector<clang::SourceLocation> &begins = slot->second;
  if (isNew) {
    auto add = [&](const clang::LambdaExpr *lambda) {
      begins.push_back(lambda->getLambdaClass()->getLocation());
    };
    const clang::FunctionDecl *definition = nullptr;
    if (const clang::Stmt *body = function->getBody(definition))
      collectLambdas(body, add);
    if (auto *constructor = llvm::dyn_cast_or_null<clang::CXXConstructorDecl>(definition))
      for (const clang::CXXCtorInitializer *initializer : constructor->inits())
        collectLambdas(initializer->getInit(), add);
    llvm::sort(begins);
    begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
  }
  auto found = llvm::find(begins, closure->getLocation());
  if (found == begins.end())
    found = begins.insert(found, closure->getLocation());
  return found - begins.begin();
}

std::string Entities::lambdaText(const clang::CXXRecordDecl *closure, bool atPattern) {
  if (auto adopted = adopted_.find(closure); adopted != adopted_.end()) {
    auto [owner, ordinal] = adopted->second;
    return (usr(owner) + "@lambda#" + llvm::Twine(ordinal)).str();
  }
  const clang::FunctionDecl *function = enclosingFunction(closure);
  while (function && closureOf(function))
    function = enclosingFunction(closureOf(function));
  if (!function) {
    auto place = files_.manager().getDecomposedLoc(files_.manager().getFileLoc(closure->getLocation()));
    return ("c:" + files_.path(closure->getLocation()) + "@lambda#" + llvm::Twine(place.second)).str();
  }
  auto *pattern = llvm::cast<clang::FunctionDecl>(patternOf(function));
  std::string owner = atPattern ? text(pattern) : rawText(function);
  return owner + "@lambda#" + llvm::utostr(lambdaOrdinal(pattern, closure));
}

std::string Entities::text(const clang::NamedDecl *decl) {
  if (const clang::CXXRecordDecl *closure = closureOf(decl)) {
    std::string owner = lambdaText(closure, /*atPattern=*/true);
    if (auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(decl))
      if (method->getOverloadedOperator() != clang::OO_Call)
        return owner + "@" + withoutRoot(method->getNameAsString(), files_.scope());
    return owner;
  }
  return rawText(decl);
}

llvm::StringRef Entities::usr(const clang::NamedDecl *decl) {
  decl = patternOf(decl);
  if (auto known = usrs_.find(decl); known != usrs_.end())
    return known->second;
  llvm::StringRef saved = facts_.save(text(decl));
  return usrs_[decl] = saved;
}

EntityId Entities::id(const clang::NamedDecl *decl) {
  if (!decl)
    return {};
  if (auto known = ids_.find(decl); known != ids_.end())
    return known->second;
  EntityId id = hashed(usr(decl));
  return ids_[decl] = id;
}

EntityId Entities::instance(const clang::NamedDecl *decl) {
  if (!decl)
    return {};
  if (auto known = instances_.find(decl); known != instances_.end())
    return known->second;
  EntityId id;
  if (const clang::CXXRecordDecl *closure = closureOf(decl)) {
    std::string own = lambdaText(closure, /*atPattern=*/false);
    auto *function = llvm::dyn_cast<clang::FunctionDecl>(decl);
    if (function && function->isTemplateInstantiation())
      own += rawText(decl);
    if (own != lambdaText(closure, /*atPattern=*/true))
      id = hashed(own);
  } else if (patternOf(decl) != decl->getCanonicalDecl()) {
    id = hashed(rawText(decl));
  }
  return instances_[decl] = id;
}

EntityId Entities::derived(const clang::NamedDecl *owner, llvm::StringRef part) {
  return hashed((usr(owner) + part).str());
}

void Entities::adoptLambdas(const clang::NamedDecl *owner, const clang::Stmt *code) {
  std::vector<const clang::CXXRecordDecl *> closures;
  collectLambdas(code,
                 [&](const clang::LambdaExpr *lambda) { closures.push_back(lambda->getLambdaClass()); });
  llvm::sort(closures, [](auto *a, auto *b) { return a->getLocation() < b->getLocation(); });
  for (size_t i = 0; i < closures.size(); ++i)
    adopted_.try_emplace(closures[i], owner, i);
}

void Entities::appendScope(const clang::DeclContext *context, std::string &name) {
  auto isUnnamed = [](const clang::DeclContext *scope) {
    auto *record = llvm::dyn_cast<clang::RecordDecl>(scope);
    return scope->isTransparentContext() || scope->isInlineNamespace() ||
           (record && record->isAnonymousStructOrUnion());
  };
  while (context && isUnnamed(context))
    context = context->getParent();
  if (!context || context->isTranslationUnit())
    return;
  auto known = scopes_.find(context);
  if (known == scopes_.end()) {
    std::string scope;
    if (auto *named = llvm::dyn_cast<clang::NamedDecl>(context))
      scope = qualifiedName(named) + "::";
    known = scopes_.try_emplace(context, std::move(scope)).first;
  }
  name += known->second;
}

llvm::StringRef Entities::name(const clang::NamedDecl *decl) {
  decl = patternOf(decl);
  if (auto known = names_.find(decl); known != names_.end())
    return known->second;
  llvm::StringRef saved = facts_.save(qualifiedName(decl));
  return names_[decl] = saved;
}

std::string Entities::qualifiedName(const clang::NamedDecl *decl) {
  std::string name;
  if (const clang::CXXRecordDecl *closure = closureOf(decl)) {
    if (auto adopted = adopted_.find(closure); adopted != adopted_.end())
      name = qualifiedName(adopted->second.first) + "::";
    else
      appendScope(closure->getDeclContext(), name);
    return name + "(lambda)";
  }
  appendScope(decl->getDeclContext(), name);
  if (llvm::isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(decl)) {
    auto *record = llvm::cast<clang::CXXRecordDecl>(decl->getDeclContext());
    name += llvm::isa<clang::CXXDestructorDecl>(decl) ? "~" : "";
    return name + record->getNameAsString();
  }
  if (auto *conversion = llvm::dyn_cast<clang::CXXConversionDecl>(decl)) {
    clang::PrintingPolicy policy(context_.getLangOpts());
    policy.AnonymousTagLocations = false;
    return name + "operator " + conversion->getConversionType().getAsString(policy);
  }
  std::string own = decl->getNameAsString();
  if (auto *tag = llvm::dyn_cast<clang::TagDecl>(decl); tag && own.empty())
    if (const clang::TypedefNameDecl *alias = tag->getTypedefNameForAnonDecl())
      own = alias->getNameAsString();
  return name + (own.empty() ? "(anonymous)" : own);
}

} // namespace opex
