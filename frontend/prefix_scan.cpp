#include "frontend/prefix_scan.h"

#include "frontend/compiler.h"
#include "frontend/macro_text.h"
#include "frontend/parse_here.h"
#include "frontend/source_files.h"

#include "clang/DependencyScanning/DependencyScanningFilesystem.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/thread.h"

#include <atomic>
#include <optional>

namespace opex {
namespace {

using SharedCache = clang::dependencies::DependencyScanningFilesystemSharedCache;
using ScanningFiles = clang::dependencies::DependencyScanningWorkerFilesystem;

/// A unit whose files are still named by their paths.
struct RawUnit {
  ScannedUnit unit;
  std::vector<std::string> files;
  std::vector<uint64_t> sizes;
  std::vector<std::string> directFiles; ///< Beside `unit.direct`.
  std::vector<std::string> leadingHome;
};

/// Hands the preprocessor the directives of a foreign file instead of its text. They leave out conditions
/// around nothing, which matter in the project's own files.
class Directives : public clang::DependencyDirectivesGetter {
public:
  Directives(llvm::IntrusiveRefCntPtr<ScanningFiles> files, const ProjectScope &scope)
      : files_(std::move(files)), scope_(scope) {}

  std::unique_ptr<clang::DependencyDirectivesGetter> cloneFor(clang::FileManager &) override {
    return std::make_unique<Directives>(files_, scope_);
  }
  std::optional<llvm::ArrayRef<clang::dependency_directives_scan::Directive>>
  operator()(clang::FileEntryRef file) override {
    llvm::SmallString<256> real;
    if (!files_->getRealPath(file.getName(), real) && inProject(scope_, real))
      return std::nullopt;
    return files_->getDirectiveTokens(file.getName());
  }

private:
  const ProjectScope &scope_;
  llvm::IntrusiveRefCntPtr<ScanningFiles> files_;
};

class Recorder : public clang::PPCallbacks {
public:
  Recorder(RawUnit &result, SourceFiles &files, clang::Preprocessor &preprocessor)
      : result_(result), files_(files), preprocessor_(preprocessor),
        sources_(preprocessor.getSourceManager()) {}

  void InclusionDirective(clang::SourceLocation hash, const clang::Token &, llvm::StringRef name, bool,
                          clang::CharSourceRange, clang::OptionalFileEntryRef file, llvm::StringRef,
                          llvm::StringRef, const clang::Module *, bool,
                          clang::SrcMgr::CharacteristicKind kind) override {
    if (!file)
      return;
    const bool isToProject = files_.inProject(*file, clang::SrcMgr::isSystem(kind));
    if (!isProject(sources_.getFileID(hash))) {
      if (isToProject)
        noteWayHome(sources_.getFileID(hash));
      return;
    }
    if (isToProject || !llvm::sys::path::is_absolute(file->getName()))
      return;
    result_.unit.direct.push_back({name.str(), 0});
    result_.directFiles.push_back(file->getName().str());
  }

  void LexedFileChanged(clang::FileID file, LexedFileChangeReason reason, clang::SrcMgr::CharacteristicKind,
                        clang::FileID, clang::SourceLocation) override {
    clang::OptionalFileEntryRef entry = sources_.getFileEntryRefForID(file);
    if (reason != LexedFileChangeReason::EnterFile || !entry || isProject(file) ||
        !seen_.insert(entry->getName()).second)
      return;
    result_.files.push_back(entry->getName().str());
    result_.sizes.push_back(entry->getSize());
  }

  void MacroDefined(const clang::Token &name, const clang::MacroDirective *directive) override {
    if (result_.unit.direct.empty() && directive->getMacroInfo() && isInProjectFile(name.getLocation()))
      macros_[name.getIdentifierInfo()->getName()] =
          definitionText(preprocessor_, *directive->getMacroInfo());
  }

  void MacroUndefined(const clang::Token &name, const clang::MacroDefinition &,
                      const clang::MacroDirective *) override {
    if (result_.unit.direct.empty())
      macros_.erase(name.getIdentifierInfo()->getName());
  }

  void Defined(const clang::Token &name, const clang::MacroDefinition &macro, clang::SourceRange) override {
    ask(name, macro);
  }
  void Ifdef(clang::SourceLocation, const clang::Token &name, const clang::MacroDefinition &macro) override {
    ask(name, macro);
  }
  void Ifndef(clang::SourceLocation, const clang::Token &name, const clang::MacroDefinition &macro) override {
    ask(name, macro);
  }

  void EndOfMainFile() override {
    for (const auto &macro : macros_)
      result_.unit.macros.push_back({macro.getKey().str(), macro.getValue()});
    llvm::sort(result_.unit.macros);
    for (const auto &name : asked_)
      result_.unit.asked.push_back(name.getKey().str());
    llvm::sort(result_.unit.asked);
  }

private:
  /// `file` is foreign and includes a file of the project; so do those that include it.
  void noteWayHome(clang::FileID file) {
    for (; !isProject(file); file = sources_.getFileID(sources_.getIncludeLoc(file)))
      if (const llvm::StringRef name = sources_.getFileEntryRefForID(file)->getName(); leadingHome_.insert(name).second)
        result_.leadingHome.push_back(name.str());
  }

  /// What the command line brings counts as the project's.
  bool isProject(clang::FileID file) {
    return !sources_.getFileEntryRefForID(file) || files_.inProject(file);
  }
  void ask(const clang::Token &name, const clang::MacroDefinition &macro) {
    if (!macro && result_.unit.direct.empty() && isInProjectFile(name.getLocation()))
      asked_.insert(name.getIdentifierInfo()->getName());
  }
  bool isInProjectFile(clang::SourceLocation where) {
    clang::FileID file = sources_.getFileID(where);
    return sources_.getFileEntryRefForID(file) && files_.inProject(file);
  }

  RawUnit &result_;
  SourceFiles &files_;
  clang::Preprocessor &preprocessor_;
  clang::SourceManager &sources_;
  llvm::StringSet<> seen_, asked_, leadingHome_;
  llvm::StringMap<std::string> macros_;
};

class ScanAction : public clang::PreprocessOnlyAction {
public:
  ScanAction(const ProjectScope &scope, RawUnit &result) : scope_(scope), result_(result) {}

protected:
  bool BeginSourceFileAction(clang::CompilerInstance &compiler) override {
    clang::Preprocessor &preprocessor = compiler.getPreprocessor();
    files_.emplace(scope_, scratch_, compiler.getSourceManager(), compiler.getLangOpts(), nullptr);
    preprocessor.addPPCallbacks(std::make_unique<Recorder>(result_, *files_, preprocessor));
    return true;
  }

private:
  const ProjectScope &scope_;
  RawUnit &result_;
  TuFacts scratch_; // SourceFiles lists what it is asked about.
  std::optional<SourceFiles> files_;
};

/// The compiler's own arguments without those that two units may differ in: what they define is compared name
/// by name, where they look for headers shows in what they find, and the rest changes no tree.
std::string dialectOf(const clang::CompilerInvocation &invocation) {
  static constexpr llvm::StringLiteral kWithValue[] = {
      "-D",       "-U", "-I",           "-isystem",   "-iquote",     "-idirafter", "-main-file-name",
      "-include", "-o", "-cxx-isystem", "-c-isystem", "-iframework", "-imacros"};
  static constexpr llvm::StringLiteral kPrefixes[] = {
      "-W", "-fdebug-compilation-dir=", "-fcoverage-compilation-dir=", "-ferror-limit", "-fmessage-length="};
  std::string dialect;
  const std::vector<std::string> arguments = invocation.getCC1CommandLine();
  for (size_t i = 0; i < arguments.size(); ++i) {
    const llvm::StringRef argument = arguments[i];
    if (llvm::is_contained(kWithValue, argument))
      ++i;
    else if (argument.starts_with("-") &&
             llvm::none_of(kPrefixes, [&](llvm::StringRef prefix) { return argument.starts_with(prefix); }))
      dialect += (argument + "\n").str();
    else if (!argument.starts_with("-") && !llvm::sys::path::is_absolute(argument))
      dialect += (argument + "\n").str(); // A value of the option before it.
  }
  return dialect;
}

RawUnit scanUnit(const CompileCommand &command, const ParseOptions &options, SharedCache &cache) {
  RawUnit result;
  FileSystem disk = filesOf(options);
  auto files = llvm::makeIntrusiveRefCnt<ScanningFiles>(cache, disk);
  if (files->setCurrentWorkingDirectory(command.directory))
    return result;
  ErrorCollector errors;
  PreparedCompiler prepared = prepareCompiler(command, options, files, errors);
  if (!prepared.compiler)
    return result;
  clang::CompilerInstance &compiler = *prepared.compiler;
  result.unit.dialect = dialectOf(compiler.getInvocation());
  for (const auto &[text, isUndefined] : compiler.getPreprocessorOpts().Macros) {
    auto [name, definition] = llvm::StringRef(text).split('=');
    result.unit.defines.push_back({name.str(), isUndefined                           ? ""
                                               : text.find('=') == std::string::npos ? "1"
                                                                                     : definition.str()});
  }
  compiler.setDependencyDirectivesGetter(std::make_unique<Directives>(files, options.scope));
  ScanAction action(options.scope, result);
  compiler.ExecuteAction(action);
  return result;
}

/// Paths become positions.
IncludeScan intern(std::vector<RawUnit> raw) {
  IncludeScan scan;
  llvm::StringMap<uint32_t> positions;
  for (RawUnit &unit : raw) {
    for (size_t i = 0; i < unit.files.size(); ++i) {
      auto [position, isNew] = positions.try_emplace(unit.files[i], scan.sizes.size());
      if (isNew)
        scan.sizes.push_back(unit.sizes[i]);
      unit.unit.files.push_back(position->second);
    }
    std::vector<IncludedHeader> direct;
    for (size_t i = 0; i < unit.directFiles.size(); ++i)
      if (auto position = positions.find(unit.directFiles[i]); position != positions.end())
        direct.push_back({unit.unit.direct[i].spelling, position->second});
    unit.unit.direct = std::move(direct);
    for (const std::string &file : unit.leadingHome)
      if (auto position = positions.find(file); position != positions.end())
        unit.unit.leadingHome.push_back(position->second);
    scan.units.push_back(std::move(unit.unit));
  }
  return scan;
}

} // namespace

IncludeScan scanIncludes(llvm::ArrayRef<CompileCommand> commands, const ParseOptions &options,
                         unsigned jobs) {
  std::vector<RawUnit> raw(commands.size());
  SharedCache cache;
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i; (i = next++) < commands.size();)
      raw[i] = scanUnit(commands[i], options, cache);
  };
  std::vector<llvm::thread> threads;
  for (unsigned i = 0; i < std::max(1u, jobs); ++i)
    threads.emplace_back(std::optional<unsigned>(kParserStackBytes), work);
  for (llvm::thread &thread : threads)
    thread.join();
  return intern(std::move(raw));
}

} // namespace opex
