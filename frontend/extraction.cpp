#include "frontend/extraction.h"

#include "frontend/bodies.h"
#include "frontend/content_hash.h"
#include "frontend/look_up.h"
#include "frontend/prefix_watch.h"
#include "model/facts_visit.h"

#include "clang/AST/ASTContext.h"
#include "clang/Basic/Stack.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"

#include <numeric>

namespace opex {

struct Extraction::State {
  const ProjectScope &scope;
  TuFacts &facts;
  PrefixWatch *watch;
  std::unique_ptr<SourceFiles> files;
  clang::Preprocessor *preprocessor = nullptr; ///< Of the compiler that it is attached to.

  SourceFiles &filesOf(const clang::SourceManager &sources, const clang::LangOptions &language,
                       const clang::HeaderSearch *headers) {
    if (!files)
      files = std::make_unique<SourceFiles>(scope, facts, sources, language, headers);
    return *files;
  }
};

Extraction::Extraction(const ProjectScope &scope, TuFacts &facts, PrefixWatch *watch)
    : state_(new State{scope, facts, watch, nullptr, nullptr}) {}

Extraction::~Extraction() = default;

void Extraction::attach(clang::CompilerInstance &compiler) {
  clang::Preprocessor &preprocessor = compiler.getPreprocessor();
  state_->preprocessor = &preprocessor;
  SourceFiles &files = state_->filesOf(compiler.getSourceManager(), compiler.getLangOpts(),
                                       &preprocessor.getHeaderSearchInfo());
  preprocessor.addPPCallbacks(recordMacros(files.macros(), compiler.getSourceManager(),
                                           [&files](clang::FileID file) { return files.inProject(file); }));
  if (state_->watch)
    state_->watch->attach(compiler);
}

bool Extraction::wantsBody(const clang::Decl *decl) const {
  const clang::ASTContext &context = decl->getASTContext();
  SourceFiles &files = state_->filesOf(context.getSourceManager(), context.getLangOpts(), nullptr);
  // The parser itself keeps the bodies that the language needs (constexpr, deduced results).
  return files.inProject(decl->getLocation());
}

namespace {

/// Gives files other positions: the field of old number n points to positions[n].
class FileRenumbering {
public:
  explicit FileRenumbering(const std::vector<uint32_t> &positions) : positions_(positions) {}

  template <class T> void operator()(const char *, T &field) {
    if constexpr (std::is_same_v<T, Index<File>>) {
      if (field)
        field = Index<File>(positions_[field.value]);
    } else if constexpr (Fact<T>)
      field.fields(*this);
    else if constexpr (FactList<T>)
      for (auto &element : field)
        (*this)("", element);
    else if constexpr (FactOptional<T>) {
      if (field)
        (*this)("", *field);
    }
  }

private:
  const std::vector<uint32_t> &positions_;
};

/// By path: a shared prefix reads them in another order.
void sortFiles(TuFacts &facts) {
  std::vector<uint32_t> order(facts.files.size()), positions(facts.files.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](uint32_t a, uint32_t b) { return facts.files[a].path < facts.files[b].path; });
  std::vector<File> sorted;
  for (uint32_t position = 0; position < order.size(); ++position) {
    positions[order[position]] = position;
    sorted.push_back(std::move(facts.files[order[position]]));
  }
  facts.files = std::move(sorted);
  FileRenumbering renumber(positions);
  renumber("", facts);
}

/// Main file first, then headers by path; in each by position, instantiations by identity.
void sortFunctions(TuFacts &facts) {
  auto key = [&](const Function &function) {
    llvm::StringRef path = function.site.file ? facts[function.site.file].path : "";
    return std::tuple(path != facts.mainFile, path, function.site.offset, function.kind, function.id,
                      function.instance, function.enclosingInstance, function.contentHash);
  };
  llvm::sort(facts.functions, [&](const Function &a, const Function &b) { return key(a) < key(b); });
}

} // namespace

bool Extraction::run(clang::ASTContext &context, const LookFor &lookFor) {
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
    lookUp(lookFor, tables, *state_->preprocessor, state_->watch);
  declarations.finish();
  bool isFaithful = true;
  if (state_->watch) {
    isFaithful = !state_->watch->isSpoilt() && files.haveBeenReached(*state_->watch);
    files.addReached(*state_->watch);
  }
  files.finish();
  sortFiles(facts);
  for (Function &function : facts.functions)
    function.contentHash = contentHash(function, facts);
  sortFunctions(facts);
  return isFaithful;
}

} // namespace opex
