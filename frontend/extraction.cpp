#include "frontend/extraction.h"

#include "frontend/bodies.h"
#include "frontend/content_hash.h"
#include "frontend/look_up.h"

#include "clang/AST/ASTContext.h"
#include "clang/Basic/Stack.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"

namespace opex {

struct Extraction::State {
  const ProjectScope &scope;
  TuFacts &facts;
  std::unique_ptr<SourceFiles> files;
  clang::Preprocessor *preprocessor = nullptr; ///< Of the compiler that it is attached to.

  SourceFiles &filesOf(const clang::SourceManager &sources, const clang::LangOptions &language,
                       const clang::HeaderSearch *headers) {
    if (!files)
      files = std::make_unique<SourceFiles>(scope, facts, sources, language, headers);
    return *files;
  }
};

Extraction::Extraction(const ProjectScope &scope, TuFacts &facts)
    : state_(new State{scope, facts, nullptr, nullptr}) {}

Extraction::~Extraction() = default;

void Extraction::attach(clang::CompilerInstance &compiler) {
  clang::Preprocessor &preprocessor = compiler.getPreprocessor();
  state_->preprocessor = &preprocessor;
  SourceFiles &files = state_->filesOf(compiler.getSourceManager(), compiler.getLangOpts(),
                                       &preprocessor.getHeaderSearchInfo());
  preprocessor.addPPCallbacks(recordMacros(files.macros(), compiler.getSourceManager(),
                                           [&files](clang::FileID file) { return files.inProject(file); }));
}

bool Extraction::wantsBody(const clang::Decl *decl) const {
  const clang::ASTContext &context = decl->getASTContext();
  SourceFiles &files = state_->filesOf(context.getSourceManager(), context.getLangOpts(), nullptr);
  // The parser itself keeps the bodies that the language needs (constexpr, deduced results).
  return files.inProject(decl->getLocation());
}

namespace {

/// Main file first, then headers by path; in each by position, instantiations by identity.
void sortFunctions(TuFacts &facts, Index<File> mainFile) {
  auto key = [&](const Function &function) {
    llvm::StringRef path = function.site.file ? facts[function.site.file].path : "";
    return std::tuple(function.site.file != mainFile, path, function.site.offset, function.kind, function.id,
                      function.instance, function.enclosingInstance, function.contentHash);
  };
  llvm::sort(facts.functions, [&](const Function &a, const Function &b) { return key(a) < key(b); });
}

} // namespace

void Extraction::run(clang::ASTContext &context, const LookFor &lookFor) {
  clang::noteBottomOfStack();
  TuFacts &facts = state_->facts;
  const clang::SourceManager &sources = context.getSourceManager();
  SourceFiles &files = state_->filesOf(sources, context.getLangOpts(), nullptr);
  Index<File> mainFile = files.file(sources.getLocForStartOfFile(sources.getMainFileID()));
  if (mainFile && facts.mainFile.empty())
    facts.mainFile = facts[mainFile].path;

  Entities entities(context, files, facts);
  Types types(context, facts, entities);
  Declarations declarations(facts, files, entities, types);
  types.onTag = [&](const clang::TagDecl *tag) { declarations.tag(tag); };
  TuTables tables{context, facts, files, entities, types, declarations};

  std::vector<Body> bodies = collectBodies(tables);
  // Bodies found inside bodies follow them; the order of the result is decided below.
  for (size_t i = 0; i < bodies.size(); ++i) {
    Body body = std::move(bodies[i]);
    facts.functions.push_back(buildSkeleton(tables, body, bodies));
  }
  if (!lookFor.isEmpty())
    lookUp(lookFor, tables, *state_->preprocessor);
  declarations.finish();
  files.finish();
  for (Function &function : facts.functions)
    function.contentHash = contentHash(function, facts);
  sortFunctions(facts, mainFile);
}

} // namespace opex
