#include "frontend/declarations.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"

namespace opex {
namespace {

EntityKind kindOf(const clang::NamedDecl *decl) {
  if (llvm::isa<clang::CXXConstructorDecl>(decl))
    return EntityKind::Constructor;
  if (llvm::isa<clang::CXXDestructorDecl>(decl))
    return EntityKind::Destructor;
  if (llvm::isa<clang::CXXMethodDecl>(decl))
    return EntityKind::Method;
  if (llvm::isa<clang::FieldDecl, clang::IndirectFieldDecl>(decl))
    return EntityKind::Field;
  if (llvm::isa<clang::VarDecl>(decl))
    return EntityKind::Variable;
  if (llvm::isa<clang::EnumConstantDecl>(decl))
    return EntityKind::Enumerator;
  if (llvm::isa<clang::EnumDecl>(decl))
    return EntityKind::Enumeration;
  return llvm::isa<clang::RecordDecl>(decl) ? EntityKind::Record : EntityKind::Function;
}

bool isLambda(const clang::Decl *decl) {
  auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(decl);
  return record && record->isLambda();
}

} // namespace

bool isNoexcept(const clang::FunctionDecl *function) {
  auto *type = function->getType()->getAs<clang::FunctionProtoType>();
  if (!type)
    return false;
  switch (type->getExceptionSpecType()) {
  case clang::EST_Unevaluated:
  case clang::EST_Unparsed: return llvm::isa<clang::CXXDestructorDecl>(function);
  case clang::EST_Uninstantiated: return false;
  default:
    return type->isNothrow() ||
           (llvm::isa<clang::CXXDestructorDecl>(function) && type->getExceptionSpecType() == clang::EST_None);
  }
}

Declarations::Declarations(TuFacts &facts, SourceFiles &files, Entities &entities, Types &types)
    : facts_(facts), files_(files), entities_(entities), types_(types) {}

EntityId Declarations::declare(const clang::NamedDecl *decl) {
  if (!decl)
    return {};
  EntityId id = entities_.id(decl);
  if (!known_.insert(id.hash).second)
    return id;
  const clang::NamedDecl *pattern = patternOf(decl);
  Declaration fact;
  fact.id = id;
  fact.usr = entities_.usr(decl);
  fact.name = entities_.name(pattern);
  fact.kind = kindOf(pattern);
  fact.file = files_.file(pattern->getLocation());
  describe(pattern, fact);
  facts_.declarations.push_back(std::move(fact));
  return id;
}

void Declarations::declareDerived(EntityId id, EntityKind kind, llvm::StringRef name, llvm::StringRef usr,
                                  Index<Type> type, clang::SourceLocation where) {
  if (!known_.insert(id.hash).second)
    return;
  Declaration fact;
  fact.id = id;
  fact.kind = kind;
  fact.name = facts_.save(name);
  fact.usr = facts_.save(usr);
  fact.type = type;
  fact.file = files_.file(where);
  facts_.declarations.push_back(std::move(fact));
}

void Declarations::describe(const clang::NamedDecl *decl, Declaration &fact) {
  const clang::DeclContext *context = decl->getDeclContext();
  while (context->isRecord() && llvm::cast<clang::RecordDecl>(context)->isAnonymousStructOrUnion())
    context = context->getParent();
  if (auto *parent = llvm::dyn_cast<clang::TagDecl>(context); parent && !isLambda(parent)) {
    fact.parent = entities_.id(parent);
    tag(parent);
  }
  if (auto *function = llvm::dyn_cast<clang::FunctionDecl>(decl))
    describeFunction(function, fact);
  else if (auto *value = llvm::dyn_cast<clang::ValueDecl>(decl))
    describeValue(value, fact);
}

void Declarations::describeFunction(const clang::FunctionDecl *function, Declaration &fact) {
  fact.type = types_.type(function->getReturnType());
  for (const clang::ParmVarDecl *parameter : function->parameters()) {
    fact.parameters.push_back(types_.type(parameter->getType()));
    fact.parameterNames.push_back(facts_.save(parameter->getName()));
  }
  fact.isVariadic = function->isVariadic();
  fact.isNoReturn = function->isNoReturn();
  fact.isNoexcept = isNoexcept(function);
  fact.isTemplate = function->getDescribedFunctionTemplate() != nullptr;
  if (auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(function)) {
    fact.isVirtual = method->isVirtual();
    fact.isStatic = method->isStatic();
    fact.isConst = method->isConst();
  } else {
    fact.isStatic = function->getStorageClass() == clang::SC_Static;
  }
}

void Declarations::describeValue(const clang::ValueDecl *value, Declaration &fact) {
  fact.type = types_.type(value->getType());
  fact.isConst = value->getType().isConstQualified();
  if (auto *enumerator = llvm::dyn_cast<clang::EnumConstantDecl>(value)) {
    fact.number = enumerator->getInitVal().extOrTrunc(64).getSExtValue();
  } else if (auto *variable = llvm::dyn_cast<clang::VarDecl>(value)) {
    fact.isStatic = variable->isStaticDataMember() || variable->getStorageClass() == clang::SC_Static;
    fact.isThreadLocal = variable->getTLSKind() != clang::VarDecl::TLS_None;
    fact.isTemplate = variable->getDescribedVarTemplate() != nullptr;
  }
}

void Declarations::tag(const clang::TagDecl *tag) {
  auto *pattern = llvm::cast<clang::TagDecl>(patternOf(tag));
  if (auto *enumerationDecl = llvm::dyn_cast<clang::EnumDecl>(pattern))
    enumeration(enumerationDecl);
  else if (auto *recordDecl = llvm::dyn_cast<clang::RecordDecl>(pattern);
           recordDecl && !isLambda(recordDecl) && !recordDecl->isAnonymousStructOrUnion())
    record(recordDecl);
}

/// Fields and static members; those of anonymous structs and unions are the class's own.
void Declarations::addMembers(const clang::RecordDecl *definition, Record &fact) {
  for (const clang::Decl *member : definition->decls()) {
    auto *asField = llvm::dyn_cast<clang::FieldDecl>(member);
    if (asField && asField->isAnonymousStructOrUnion()) {
      if (const clang::RecordDecl *inner = asField->getType()->getAsRecordDecl();
          inner && inner->getDefinition())
        addMembers(inner->getDefinition(), fact);
      continue;
    }
    auto *variable = llvm::dyn_cast<clang::VarDecl>(member);
    if (asField || (variable && variable->isStaticDataMember()))
      fact.members.push_back(field(llvm::cast<clang::ValueDecl>(member)));
  }
}

FieldFact Declarations::field(const clang::ValueDecl *member) {
  FieldFact fact;
  fact.id = declare(member);
  fact.name = facts_.save(member->getName());
  fact.type = types_.type(member->getType());
  fact.site = files_.token(member->getLocation());
  if (auto *field = llvm::dyn_cast<clang::FieldDecl>(member)) {
    fact.hasInitializer = field->hasInClassInitializer();
  } else if (auto *variable = llvm::dyn_cast<clang::VarDecl>(member)) {
    fact.isStatic = true;
    fact.hasInitializer = variable->hasInit();
  }
  return fact;
}

void Declarations::record(const clang::RecordDecl *decl) {
  EntityId id = entities_.id(decl);
  if (!knownTags_.insert(id.hash).second)
    return;
  const clang::RecordDecl *definition = decl->getDefinition();
  const clang::RecordDecl *shown = definition ? definition : decl;
  Record fact;
  fact.id = id;
  fact.name = entities_.name(decl);
  if (auto *outer = llvm::dyn_cast<clang::TagDecl>(decl->getDeclContext())) {
    fact.outer = entities_.id(outer);
    tag(outer);
  }
  fact.site = files_.token(shown->getLocation());
  fact.inProject = files_.inProject(shown->getLocation());
  fact.isAggregate = definition && !llvm::isa<clang::CXXRecordDecl>(definition);
  if (auto *definedClass = llvm::dyn_cast_or_null<clang::CXXRecordDecl>(definition)) {
    fact.isAggregate = definedClass->isAggregate();
    fact.isPolymorphic = definedClass->isPolymorphic();
    for (const clang::CXXBaseSpecifier &base : definedClass->bases())
      if (const clang::TagDecl *baseTag = tagOf(base.getType())) {
        fact.bases.push_back(entities_.id(baseTag));
        tag(baseTag);
      }
  }
  // A foreign class' members matter where braces give them values.
  if (definition && (fact.inProject || (fact.isAggregate && fact.bases.empty())))
    addMembers(definition, fact);
  facts_.records.push_back(std::move(fact));
}

void Declarations::enumeration(const clang::EnumDecl *decl) {
  EntityId id = entities_.id(decl);
  if (!knownTags_.insert(id.hash).second)
    return;
  const clang::EnumDecl *definition = decl->getDefinition();
  Enumeration fact;
  fact.id = id;
  fact.name = entities_.name(decl);
  fact.file = files_.file((definition ? definition : decl)->getLocation());
  fact.isScoped = decl->isScoped();
  enumerationIndex_[id.hash] = facts_.enumerations.size();
  facts_.enumerations.push_back(std::move(fact));
  if (definition && files_.inProject(definition->getLocation()))
    enumerators(definition);
}

void Declarations::enumerators(const clang::EnumDecl *decl) {
  auto *pattern = llvm::cast<clang::EnumDecl>(patternOf(decl));
  const clang::EnumDecl *definition = pattern->getDefinition();
  tag(pattern);
  size_t index = enumerationIndex_[entities_.id(pattern).hash];
  if (!definition || !facts_.enumerations[index].enumerators.empty())
    return;
  for (const clang::EnumConstantDecl *enumerator : definition->enumerators()) {
    facts_.enumerations[index].enumerators.push_back(entities_.id(enumerator));
    declare(enumerator);
  }
}

void Declarations::finish() {
  auto byId = [](const auto &a, const auto &b) { return a.id < b.id; };
  llvm::sort(facts_.declarations, byId);
  llvm::sort(facts_.records, byId);
  llvm::sort(facts_.enumerations, byId);
}

} // namespace opex
