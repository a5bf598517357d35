#include "frontend/compiler.h"

#include "frontend/arguments.h"
#include "frontend/shared_prefix.h"

#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace opex {
namespace {

/// `__FILE__`, and the places of lambdas in names of functions, read as facts spell paths: the same in every
/// checkout.
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

/// A compiler ready to parse; null, with errors in `errors`, if it does not understand the arguments.
std::unique_ptr<clang::CompilerInstance> prepare(const std::vector<std::string> &arguments,
                                                 const ProjectScope &scope, FileSystem files,
                                                 ErrorCollector &errors) {
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

} // namespace

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

FileSystem withPrefix(const SharedPrefix &prefix, FileSystem files) {
  auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  memory->addFileNoOwn(kPrefixHeader, 0, llvm::MemoryBufferRef(prefix.text, kPrefixHeader));
  memory->addFileNoOwn(kPrefixTree, 0, llvm::MemoryBufferRef(prefix.precompiled, kPrefixTree));
  auto both = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(std::move(files));
  both->pushOverlay(memory);
  return both;
}

PreparedCompiler prepareCompiler(const CompileCommand &command, const ParseOptions &options, FileSystem files,
                                 ErrorCollector &errors) {
  ArgumentOptions arguments;
  arguments.before = options.extraArgsBefore;
  arguments.after = options.extraArgs;
  if (auto compiler = prepare(adjustArguments(command, arguments).arguments, options.scope, files, errors))
    return {std::move(compiler), false};
  ErrorCollector second;
  arguments.withoutMachineOptions = true;
  const std::vector<std::string> reduced = adjustArguments(command, arguments).arguments;
  if (!prepare(reduced, options.scope, files, second))
    return {}; // The first errors tell more.
  errors.forget();
  return {prepare(reduced, options.scope, files, errors), true};
}

} // namespace opex
