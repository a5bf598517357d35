#include "frontend/parse.h"

#include "frontend/arguments.h"
#include "frontend/diagnostics.h"
#include "frontend/hidden_constructions.h"
#include "frontend/parse_here.h"
#include "frontend/recording_files.h"

#include "clang/Basic/Stack.h"
#include "clang/Driver/CreateInvocationFromArgs.h"
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
  Action(const ParseOptions &options, ErrorCollector &errors, TuFacts &facts)
      : options_(options), errors_(errors), facts_(facts) {}

  bool isDone() const { return isDone_; }

private:
  class Consumer : public clang::ASTConsumer {
  public:
    Consumer(Action &action, clang::CompilerInstance &compiler)
        : action_(action), compiler_(compiler), extraction_(action.options_.scope, action.facts_) {
      extraction_.attach(compiler);
    }
    bool shouldSkipFunctionBody(clang::Decl *declaration) override {
      return !action_.options_.fullBodies && !extraction_.wantsBody(declaration);
    }
    void HandleTranslationUnit(clang::ASTContext &context) override {
      if (compiler_.hasSema())
        instantiateHiddenConstructions(compiler_.getSema(), [this](const clang::Decl *decl) { return extraction_.wantsBody(decl); });
      extraction_.run(context, action_.options_.lookFor);
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
  bool isDone_ = false;
};

/// `__FILE__`, and the places of lambdas in names of functions, read as facts spell paths: the same in every checkout.
void hideRoot(clang::CompilerInvocation &invocation, const ProjectScope &scope) {
  const std::string root = llvm::StringRef(scope.root).rtrim('/').str();
  if (!root.empty())
    invocation.getLangOpts().MacroPrefixMap[root + "/"] = "";
}

/// A second lock behind arguments.h: whatever got through, nothing is loaded and nothing is written.
void disarm(clang::CompilerInvocation &invocation) {
  clang::FrontendOptions &frontend = invocation.getFrontendOpts();
  frontend.ProgramAction = clang::frontend::ParseSyntaxOnly;
  frontend.OutputFile.clear();
  frontend.Plugins.clear();
  frontend.PluginArgs.clear();
  frontend.AddPluginActions.clear();
  frontend.ActionName.clear();
  frontend.LLVMArgs.clear();
  frontend.ModuleFiles.clear();
  frontend.ModuleMapFiles.clear();
  frontend.ASTMergeFiles.clear();
  frontend.OverrideRecordLayoutsFile.clear();
  frontend.TimeTracePath.clear();
  frontend.StatsFile.clear();
  frontend.ShowStats = false;
  invocation.getDependencyOutputOpts() = clang::DependencyOutputOptions();
  invocation.getCodeGenOpts().PassPlugins.clear();
  clang::DiagnosticOptions &diagnostics = invocation.getDiagnosticOpts();
  diagnostics.DiagnosticLogFile.clear();
  diagnostics.DiagnosticSerializationFile.clear();
  diagnostics.ShowCarets = false; // Also silences "1 error generated".
  clang::HeaderSearchOptions &headers = invocation.getHeaderSearchOpts();
  headers.VFSOverlayFiles.clear();
  headers.PrebuiltModulePaths.clear();
  headers.PrebuiltModuleFiles.clear();
  headers.ModuleCachePath.clear();
  clang::PreprocessorOptions &preprocessor = invocation.getPreprocessorOpts();
  preprocessor.ImplicitPCHInclude.clear();
  preprocessor.ChainedIncludes.clear();
  preprocessor.DumpDeserializedPCHDecls = false;
  preprocessor.SourceDateEpoch = 0; // __DATE__ and __TIME__ must not make two runs differ.
}

using FileSystem = llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>;

/// The disk, with the options' files before it.
FileSystem filesOf(const ParseOptions &options) {
  FileSystem disk = llvm::vfs::createPhysicalFileSystem();
  if (options.memoryFiles.empty())
    return disk;
  auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  for (const MemoryFile &file : options.memoryFiles)
    memory->addFile(file.path, 0, llvm::MemoryBuffer::getMemBuffer(file.text, file.path));
  auto both = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(disk);
  both->pushOverlay(memory);
  return both;
}

/// A compiler ready to parse; null, with errors in `errors`, if it does not understand the arguments.
std::unique_ptr<clang::CompilerInstance> prepare(const std::vector<std::string> &arguments, const ProjectScope &scope,
                                                 FileSystem files, ErrorCollector &errors) {
  std::vector<const char *> raw;
  for (const std::string &argument : arguments)
    raw.push_back(argument.c_str());
  clang::DiagnosticOptions diagnosticOptions;
  clang::CreateInvocationOptions creation;
  creation.Diags = clang::CompilerInstance::createDiagnostics(*files, diagnosticOptions, &errors,
                                                              /*ShouldOwnClient=*/false);
  creation.VFS = files;
  std::shared_ptr<clang::CompilerInvocation> invocation = clang::createInvocation(raw, creation);
  if (!invocation || !errors.errors().empty())
    return nullptr;
  disarm(*invocation);
  hideRoot(*invocation, scope);
  auto compiler = std::make_unique<clang::CompilerInstance>(std::move(invocation));
  compiler->setVirtualFileSystem(files);
  compiler->setVerboseOutputStream(llvm::nulls());
  compiler->createDiagnostics(&errors, /*ShouldOwnClient=*/false);
  // A header that is not found must not end the analysis of what follows.
  compiler->getDiagnostics().setFatalsAsError(true);
  compiler->getDiagnostics().setErrorLimit(0);
  compiler->createFileManager();
  if (!compiler->createTarget())
    return nullptr;
  return compiler;
}

/// `prepare`, and once more without machine options if they are what Clang does not understand.
std::unique_ptr<clang::CompilerInstance> prepareLeniently(const CompileCommand &command,
                                                          const ParseOptions &options, FileSystem files,
                                                          ErrorCollector &errors, TuFacts &facts) {
  ArgumentOptions arguments;
  arguments.before = options.extraArgsBefore;
  arguments.after = options.extraArgs;
  if (auto compiler = prepare(adjustArguments(command, arguments).arguments, options.scope, files, errors))
    return compiler;
  ErrorCollector second;
  arguments.withoutMachineOptions = true;
  const std::vector<std::string> reduced = adjustArguments(command, arguments).arguments;
  if (!prepare(reduced, options.scope, files, second))
    return nullptr; // The first errors tell more.
  errors.forget();
  facts.notices.push_back({facts.mainFile, 0, 0,
                           "compile command: Clang does not take its -m options; parsed without them", false,
                           false});
  return prepare(reduced, options.scope, files, errors);
}

} // namespace

TuFacts failedTu(const CompileCommand &command, const ProjectScope &scope, const llvm::Twine &reason) {
  TuFacts facts = emptyTu(command, scope);
  facts.status = TuStatus::Failed;
  facts.notices.push_back({facts.mainFile, 0, 0, facts.save(reason.str()), false, false});
  return facts;
}

static TuFacts parseWith(FileSystem files, const CompileCommand &command, const ParseOptions &options, bool isLastAct) {
  if (files->setCurrentWorkingDirectory(command.directory))
    return failedTu(command, options.scope, "the directory of its compile command does not exist");
  if (llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> file = files->openFileForRead(command.file); !file)
    return failedTu(command, options.scope, "the file cannot be read: " + file.getError().message());
  TuFacts facts = emptyTu(command, options.scope);
  ErrorCollector errors;
  std::unique_ptr<clang::CompilerInstance> compiler =
      prepareLeniently(command, options, files, errors, facts);
  if (!compiler) {
    TuFacts failed = failedTu(command, options.scope, "Clang does not understand the compile command");
    errors.reportUnplaced(failed, options.scope);
    return failed;
  }
  compiler->getFrontendOpts().SkipFunctionBodies = !options.fullBodies;
  compiler->getFrontendOpts().DisableFree = isLastAct;
  Action action(options, errors, facts);
  compiler->ExecuteAction(action);
  if (errors.reportUnplaced(facts, options.scope) && facts.status == TuStatus::Complete)
    facts.status = TuStatus::Partial;
  if (!action.isDone()) {
    facts.status = TuStatus::Failed;
    facts.notices.push_back({facts.mainFile, 0, 0, "the parser gave up on this file", false, false});
  }
  if (isLastAct)
    compiler.release(); // The process ends; freeing the tree would only take time.
  return facts;
}

TuFacts parseHere(const CompileCommand &command, const ParseOptions &options, bool isLastAct,
                  Observations *observations) {
  clang::noteBottomOfStack(/*ForceSet=*/true);
  if (!observations)
    return parseWith(filesOf(options), command, options, isLastAct);
  auto recording = llvm::makeIntrusiveRefCnt<RecordingFileSystem>(filesOf(options));
  TuFacts facts = parseWith(recording, command, options, isLastAct);
  *observations = recording->take();
  return facts;
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
