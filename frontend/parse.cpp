#include "frontend/parse.h"

#include "frontend/compiler.h"
#include "frontend/hidden_constructions.h"
#include "frontend/parse_here.h"
#include "frontend/prefix_watch.h"
#include "frontend/recording_files.h"

#include "clang/Basic/Stack.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace opex {
namespace {

namespace path = llvm::sys::path;

/// What SourceFiles will call the file, also when it cannot be opened.
std::string spelledPath(llvm::StringRef file, const ProjectScope &scope) {
  llvm::SmallString<256> real;
  if (llvm::sys::fs::real_path(file, real))
    real = file;
  llvm::StringRef rest = real;
  if (rest.consume_front(llvm::StringRef(scope.root).rtrim('/')) && rest.consume_front("/"))
    return rest.str();
  return path::filename(real).str();
}

TuFacts emptyTu(const CompileCommand &command, const ProjectScope &scope) {
  TuFacts facts;
  facts.mainFile = facts.save(spelledPath(command.file, scope));
  facts.command = command.hash;
  return facts;
}

/// Parses, and has the extraction read the tree.
class Action : public clang::ASTFrontendAction {
public:
  Action(const ParseOptions &options, ErrorCollector &errors, TuFacts &facts, PrefixWatch *watch)
      : options_(options), errors_(errors), facts_(facts), watch_(watch) {}

  bool isDone() const { return isDone_; }
  /// The facts are those of the TU without a shared prefix.
  bool isFaithful() const { return isFaithful_; }

private:
  class Consumer : public clang::ASTConsumer {
  public:
    Consumer(Action &action, clang::CompilerInstance &compiler)
        : action_(action), compiler_(compiler), extraction_(action.options_.scope, action.facts_, action.watch_) {
      extraction_.attach(compiler);
    }
    bool shouldSkipFunctionBody(clang::Decl *declaration) override {
      return !action_.options_.fullBodies && !extraction_.wantsBody(declaration);
    }
    void HandleTranslationUnit(clang::ASTContext &context) override {
      if (compiler_.hasSema())
        instantiateHiddenConstructions(compiler_.getSema(), [this](const clang::Decl *decl) { return extraction_.wantsBody(decl); });
      action_.isFaithful_ = extraction_.run(context, action_.options_.lookFor);
      action_.errors_.report(action_.facts_, action_.options_.scope, compiler_);
      action_.isDone_ = true;
    }

  private:
    Action &action_;
    clang::CompilerInstance &compiler_;
    Extraction extraction_;
  };

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &compiler,
                                                        llvm::StringRef) override {
    return std::make_unique<Consumer>(*this, compiler);
  }

  const ParseOptions &options_;
  ErrorCollector &errors_;
  TuFacts &facts_;
  PrefixWatch *watch_;
  bool isDone_ = false, isFaithful_ = false;
};

} // namespace

TuFacts failedTu(const CompileCommand &command, const ProjectScope &scope, const llvm::Twine &reason) {
  TuFacts facts = emptyTu(command, scope);
  facts.status = TuStatus::Failed;
  facts.notices.push_back({facts.mainFile, 0, 0, facts.save(reason.str()), false, false});
  return facts;
}

namespace {

/// None if there is a shared prefix that the TU cannot be parsed behind.
std::optional<TuFacts> parseBehind(const SharedPrefix *prefix, FileSystem files, const CompileCommand &command,
                                   const ParseOptions &options, bool isLastAct) {
  if (prefix)
    files = withPrefix(*prefix, std::move(files));
  if (files->setCurrentWorkingDirectory(command.directory))
    return failedTu(command, options.scope, "the directory of its compile command does not exist");
  if (llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> file = files->openFileForRead(command.file); !file)
    return failedTu(command, options.scope, "the file cannot be read: " + file.getError().message());
  TuFacts facts = emptyTu(command, options.scope);
  ErrorCollector errors;
  PreparedCompiler prepared = prepareCompiler(command, options, files, errors);
  std::unique_ptr<clang::CompilerInstance> compiler = std::move(prepared.compiler);
  if (!compiler) {
    TuFacts failed = failedTu(command, options.scope, "Clang does not understand the compile command");
    errors.reportUnplaced(failed, options.scope);
    return failed;
  }
  if (prepared.isWithoutMachineOptions)
    facts.notices.push_back({facts.mainFile, 0, 0,
                             "compile command: Clang does not take its -m options; parsed without them", false, false});
  compiler->getFrontendOpts().SkipFunctionBodies = !options.fullBodies;
  compiler->getFrontendOpts().DisableFree = isLastAct;
  std::optional<PrefixWatch> watch;
  if (prefix) {
    watch.emplace(*prefix);
    compiler->getPreprocessorOpts().ImplicitPCHInclude = kPrefixTree.str();
  }
  Action action(options, errors, facts, watch ? &*watch : nullptr);
  compiler->ExecuteAction(action);
  const bool isUsable = !prefix || (action.isFaithful() && errors.errors().empty());
  if (errors.reportUnplaced(facts, options.scope) && facts.status == TuStatus::Complete)
    facts.status = TuStatus::Partial;
  if (!action.isDone()) {
    facts.status = TuStatus::Failed;
    facts.notices.push_back({facts.mainFile, 0, 0, "the parser gave up on this file", false, false});
  }
  if (isLastAct)
    compiler.release(); // The process ends; freeing the tree would only take time.
  return isUsable ? std::optional(std::move(facts)) : std::nullopt;
}

std::optional<TuFacts> parseRecorded(const SharedPrefix *prefix, const CompileCommand &command, const ParseOptions &options,
                                     bool isLastAct, Observations *observations) {
  if (!observations)
    return parseBehind(prefix, filesOf(options), command, options, isLastAct);
  auto recording = llvm::makeIntrusiveRefCnt<RecordingFileSystem>(filesOf(options));
  std::optional<TuFacts> facts = parseBehind(prefix, recording, command, options, isLastAct);
  *observations = recording->take();
  if (prefix)
    observations->add(prefix->observations);
  return facts;
}

} // namespace

TuFacts parseHere(const CompileCommand &command, const ParseOptions &options, bool isLastAct, Observations *observations,
                  const SharedPrefix *prefix) {
  clang::noteBottomOfStack(/*ForceSet=*/true);
  if (prefix)
    if (std::optional<TuFacts> facts = parseRecorded(prefix, command, options, isLastAct, observations))
      return std::move(*facts);
  return *parseRecorded(nullptr, command, options, isLastAct, observations);
}

bool parsesBehind(const SharedPrefix &prefix, const CompileCommand &command, const ParseOptions &options) {
  return parseRecorded(&prefix, command, options, /*isLastAct=*/false, nullptr).has_value();
}

TuFacts parseTu(const CompileCommand &command, const ParseOptions &options) {
  llvm::CrashRecoveryContext::Enable();
  llvm::CrashRecoveryContext recovery;
  TuFacts facts;
  const bool isWell = recovery.RunSafelyOnThread(
      [&] { facts = parseHere(command, options, /*isLastAct=*/false); }, kParserStackBytes);
  return isWell ? std::move(facts) : failedTu(command, options.scope, "the parser crashed on this file");
}

} // namespace opex
