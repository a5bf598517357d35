#include "frontend/look_up.h"

#include "frontend/declarations.h"
#include "frontend/prefix_watch.h"
#include "frontend/skeleton.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/Path.h"

#include <set>

namespace opex {
namespace {

using Contexts = llvm::SmallSetVector<const clang::DeclContext *, 4>;
using Decls = llvm::SmallVector<const clang::NamedDecl *, 8>;

constexpr unsigned kMostBases = 64;
constexpr size_t kLongestValue = 120;
constexpr unsigned kMostAliases = 8; ///< Macros that only name another one.

/// The class behind a type, templates' patterns included; null for others.
const clang::CXXRecordDecl *recordOf(clang::QualType type) {
  if (type.isNull())
    return nullptr;
  if (const clang::CXXRecordDecl *record = type->getAsCXXRecordDecl())
    return record;
  if (auto *special = type->getAs<clang::TemplateSpecializationType>())
    if (auto *pattern = llvm::dyn_cast_or_null<clang::ClassTemplateDecl>(
            special->getTemplateName().getAsTemplateDecl()))
      return pattern->getTemplatedDecl();
  return nullptr;
}

class NameLookup {
public:
  explicit NameLookup(const TuTables &tables) : tables_(tables), context_(tables.context) {}

  void find(llvm::StringRef name) {
    llvm::SmallVector<llvm::StringRef, 6> parts;
    name.split(parts, "::");
    Contexts around;
    around.insert(context_.getTranslationUnitDecl());
    for (llvm::StringRef part : llvm::ArrayRef(parts).drop_back()) {
      Contexts inner;
      for (const clang::DeclContext *context : around)
        for (const clang::NamedDecl *decl : namedIn(context, part))
          addContexts(decl, inner);
      around = std::move(inner);
    }
    // `Class::Class`; the class may have been reached by another name.
    bool isConstructor = parts.size() > 1 && parts.back() == parts[parts.size() - 2];
    Decls found;
    for (const clang::DeclContext *context : around) {
      auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(context);
      found.append(membersNamed(context, isConstructor && record ? record->getName() : parts.back()));
    }
    keep(name, isConstructor, found);
  }

private:
  clang::DeclarationName nameOf(const clang::DeclContext *context, llvm::StringRef part) {
    clang::DeclarationNameTable &names = context_.DeclarationNames;
    if (auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(context)) {
      clang::CanQualType type = context_.getCanonicalTagType(record);
      if (part == record->getName())
        return names.getCXXConstructorName(type);
      if (part.starts_with("~") && part.drop_front() == record->getName())
        return names.getCXXDestructorName(type);
    }
    if (part.starts_with("operator"))
      for (unsigned kind = clang::OO_None + 1; kind != clang::NUM_OVERLOADED_OPERATORS; ++kind) {
        auto symbol = static_cast<clang::OverloadedOperatorKind>(kind);
        if (part.drop_front(8).trim() == clang::getOperatorSpelling(symbol))
          return names.getCXXOperatorName(symbol);
      }
    return names.getIdentifier(&context_.Idents.get(part));
  }

  /// What the context itself calls so, inline namespaces and using-declarations looked through.
  Decls namedIn(const clang::DeclContext *context, llvm::StringRef part) {
    Decls found;
    for (const clang::NamedDecl *decl : context->lookup(nameOf(context, part)))
      found.push_back(decl->getUnderlyingDecl());
    if (!found.empty() || !context->isFileContext())
      return found;
    for (const clang::UsingDirectiveDecl *directive : context->using_directives())
      for (const clang::NamedDecl *decl : directive->getNominatedNamespace()->lookup(nameOf(context, part)))
        found.push_back(decl->getUnderlyingDecl());
    return found;
  }

  /// In classes also what specialisations or bases declare.
  Decls membersNamed(const clang::DeclContext *context, llvm::StringRef part) {
    Decls found = namedIn(context, part);
    auto *record = llvm::dyn_cast<clang::CXXRecordDecl>(context);
    if (!record || !found.empty())
      return found;
    if (part == record->getName()) // The constructors are the compiler's own.
      return {record};
    llvm::SmallSetVector<const clang::CXXRecordDecl *, 8> classes;
    addSpecialisations(record, classes);
    addBases(record, classes);
    for (size_t i = 0; i < classes.size() && i < kMostBases && found.empty(); ++i) {
      found = namedIn(classes[i], part);
      addBases(classes[i], classes);
    }
    return found;
  }

  using Classes = llvm::SmallSetVector<const clang::CXXRecordDecl *, 8>;

  void addSpecialisations(const clang::CXXRecordDecl *record, Classes &out) {
    clang::ClassTemplateDecl *pattern = record->getDescribedClassTemplate();
    if (!pattern)
      return;
    llvm::SmallVector<clang::ClassTemplatePartialSpecializationDecl *, 4> partial;
    pattern->getPartialSpecializations(partial);
    for (const clang::CXXRecordDecl *special : partial)
      addDefined(special, out);
    for (const clang::ClassTemplateSpecializationDecl *special : pattern->specializations())
      if (special->isExplicitSpecialization())
        addDefined(special, out);
  }

  static void addDefined(const clang::CXXRecordDecl *record, Classes &out) {
    if (record && record->getDefinition())
      out.insert(record->getDefinition());
  }

  static void addBases(const clang::CXXRecordDecl *record, Classes &out) {
    if (!record->hasDefinition())
      return;
    for (const clang::CXXBaseSpecifier &base : record->bases())
      addDefined(recordOf(base.getType()), out);
  }

  /// The contexts that `decl` is a name of.
  void addContexts(const clang::NamedDecl *decl, Contexts &out) {
    if (auto *aTemplate = llvm::dyn_cast<clang::RedeclarableTemplateDecl>(decl))
      decl = aTemplate->getTemplatedDecl();
    if (auto *alias = llvm::dyn_cast<clang::TypedefNameDecl>(decl)) {
      const clang::TagDecl *tag = alias->getUnderlyingType()->getAsTagDecl();
      decl = tag ? tag : recordOf(alias->getUnderlyingType());
    }
    if (!decl)
      return;
    if (auto *space = llvm::dyn_cast<clang::NamespaceDecl>(decl))
      out.insert(space->getMostRecentDecl()->getPrimaryContext());
    else if (auto *tag = llvm::dyn_cast<clang::TagDecl>(patternOf(decl)))
      out.insert(tag->getDefinition() ? tag->getDefinition() : tag);
  }

  void keep(llvm::StringRef name, bool isConstructor, const Decls &found) {
    std::set<std::string> others;
    bool isFound = false;
    for (const clang::NamedDecl *decl : found) {
      const clang::NamedDecl *pattern = patternOf(decl);
      std::string own = tables_.entities.qualifiedName(pattern);
      if (isConstructor && llvm::isa<clang::CXXRecordDecl>(pattern)) // It stands for what is nowhere written.
        own += "::" + pattern->getNameAsString();
      if (own != name) {
        others.insert(own);
        continue;
      }
      isFound = true;
      if (llvm::isa<clang::FunctionDecl, clang::FieldDecl, clang::VarDecl>(pattern))
        tables_.declarations.declare(pattern);
    }
    if (!isFound && others.empty())
      return;
    TuFacts &facts = tables_.facts;
    facts.foundNames.push_back({facts.save(name), isFound ? "" : facts.save(*others.begin())});
  }

  const TuTables &tables_;
  clang::ASTContext &context_;
};

/// The text of an object-like macro's body, through macros that only name another one.
std::string valueOf(const clang::MacroInfo *macro, clang::Preprocessor &preprocessor) {
  for (unsigned step = 0; step < kMostAliases && macro->isObjectLike() && macro->getNumTokens() == 1; ++step) {
    const clang::IdentifierInfo *other = macro->getReplacementToken(0).getIdentifierInfo();
    const clang::MacroInfo *behind = other ? preprocessor.getMacroInfo(other) : nullptr;
    if (!behind)
      break;
    macro = behind;
  }
  std::string text;
  if (!macro->isObjectLike())
    return text;
  for (const clang::Token &token : macro->tokens()) {
    text += token.hasLeadingSpace() && !text.empty() ? " " : "";
    text += preprocessor.getSpelling(token);
    if (text.size() > kLongestValue)
      return {};
  }
  return text;
}

void findMacro(llvm::StringRef name, TuFacts &facts, clang::Preprocessor &preprocessor, const PrefixWatch *watch) {
  const clang::IdentifierInfo *known = preprocessor.getIdentifierInfo(name);
  if (!known->hadMacroDefinition() || (watch && !watch->hasSeen(*known)))
    return;
  const clang::MacroInfo *macro = preprocessor.getMacroInfo(known);
  facts.foundMacros.push_back({facts.save(name), facts.save(macro ? valueOf(macro, preprocessor) : "")});
}

void findHeaders(const LookFor &lookFor, TuFacts &facts, clang::Preprocessor &preprocessor) {
  const clang::SourceManager &sources = preprocessor.getSourceManager();
  llvm::SmallString<256> mainFile;
  if (clang::OptionalFileEntryRef main = sources.getFileEntryRefForID(sources.getMainFileID()))
    mainFile = main->getName();
  sources.getFileManager().makeAbsolutePath(mainFile);
  std::set<std::string> found;
  for (unsigned i = 1; i < sources.local_sloc_entry_size(); ++i) {
    const clang::SrcMgr::SLocEntry &entry = sources.getLocalSLocEntry(i);
    clang::OptionalFileEntryRef file = entry.isFile() ? entry.getFile().getContentCache().OrigEntry : std::nullopt;
    if (!file)
      continue;
    std::string spelled = spelledAsInclude(preprocessor.getHeaderSearchInfo(), file->getName(), mainFile);
    if (lookFor.isHeader(spelled))
      found.insert(std::move(spelled));
  }
  for (const std::string &header : found)
    facts.foundHeaders.push_back(facts.save(header));
}

} // namespace

void lookUp(const LookFor &lookFor, const TuTables &tables, clang::Preprocessor &preprocessor, const PrefixWatch *watch) {
  if (lookFor.isHeader)
    findHeaders(lookFor, tables.facts, preprocessor);
  for (const std::string &macro : std::set(lookFor.macros.begin(), lookFor.macros.end()))
    findMacro(macro, tables.facts, preprocessor, watch);
  NameLookup names(tables);
  for (const std::string &name : std::set(lookFor.names.begin(), lookFor.names.end()))
    names.find(name);
}

} // namespace opex
