#include "frontend/compiler.h"
#include "frontend/macro_text.h"
#include "frontend/recording_files.h"
#include "frontend/shared_prefix.h"
#include "model/sized_parts.h"

#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Serialization/ASTWriter.h"
#include "clang/Serialization/PCHContainerOperations.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/xxhash.h"

#include <cstring>
#include <set>

namespace opex {
namespace {

/// Which headers there are, and which of them includes which.
class GraphRecorder : public clang::PPCallbacks {
public:
  GraphRecorder(SharedPrefix &prefix, clang::Preprocessor &preprocessor)
      : prefix_(prefix), preprocessor_(preprocessor), sources_(preprocessor.getSourceManager()) {}

  void InclusionDirective(clang::SourceLocation hash, const clang::Token &, llvm::StringRef, bool,
                          clang::CharSourceRange, clang::OptionalFileEntryRef file, llvm::StringRef,
                          llvm::StringRef, const clang::Module *, bool,
                          clang::SrcMgr::CharacteristicKind kind) override {
    if (file)
      inclusions_.push_back({sources_.getFileID(hash), positionOf(*file, clang::SrcMgr::isSystem(kind))});
  }

  /// What a header that is there to be read several times includes depends on who includes it, and is counted
  /// as theirs.
  void EndOfMainFile() override {
    std::map<llvm::sys::fs::UniqueID, std::set<clang::FileID>> readings; // Those that included something.
    for (auto [from, to] : inclusions_)
      if (clang::OptionalFileEntryRef includer = sources_.getFileEntryRefForID(from))
        readings[includer->getUniqueID()].insert(from);
    for (auto [from, to] : inclusions_) {
      clang::OptionalFileEntryRef includer = sources_.getFileEntryRefForID(from);
      while (includer && readings[includer->getUniqueID()].size() > 1) {
        from = sources_.getFileID(sources_.getIncludeLoc(from));
        includer = sources_.getFileEntryRefForID(from);
      }
      if (auto file = includer ? positions_.find(includer->getUniqueID()) : positions_.end();
          file != positions_.end())
        prefix_.files[file->second].includes.push_back(to);
    }
  }

  void MacroDefined(const clang::Token &name, const clang::MacroDirective *directive) override {
    auto position = positions_.end();
    if (clang::OptionalFileEntryRef file =
            sources_.getFileEntryRefForID(sources_.getFileID(name.getLocation())))
      position = positions_.find(file->getUniqueID());
    if (position != positions_.end() && directive->getMacroInfo())
      definitions_[name.getIdentifierInfo()][position->second] =
          definitionText(preprocessor_, *directive->getMacroInfo());
  }

  /// At the end of the prefix.
  void MacroUndefined(const clang::Token &name, const clang::MacroDefinition &definition,
                      const clang::MacroDirective *) override {
    auto found = definitions_.find(name.getIdentifierInfo());
    if (!definition || sources_.getFileID(name.getLocation()) != sources_.getMainFileID() ||
        found == definitions_.end())
      return;
    const std::string text = name.getIdentifierInfo()->getName().str();
    for (const auto &[file, how] : found->second)
      if (how == found->second.begin()->second)
        prefix_.files[file].hidden.push_back(text);
      else
        prefix_.macros[text] = kSeveralDefinitions.str();
  }

private:
  uint32_t positionOf(clang::FileEntryRef file, bool isSystem) {
    auto [position, isNew] = positions_.try_emplace(file.getUniqueID(), prefix_.files.size());
    if (isNew)
      prefix_.files.push_back({file.getName().str(), file.getUniqueID(), isSystem, {}, {}, {}});
    return position->second;
  }

  SharedPrefix &prefix_;
  clang::Preprocessor &preprocessor_;
  clang::SourceManager &sources_;
  std::map<llvm::sys::fs::UniqueID, uint32_t> positions_;
  std::vector<std::pair<clang::FileID, uint32_t>> inclusions_; ///< By what, and the position of what.
  llvm::DenseMap<const clang::IdentifierInfo *, std::map<uint32_t, std::string>> definitions_; ///< By file.
};

class MakeAction : public clang::ASTFrontendAction {
public:
  explicit MakeAction(SharedPrefix &prefix) : prefix_(prefix) {}

  bool isDone() const { return buffer_->IsComplete; }

protected:
  bool BeginSourceFileAction(clang::CompilerInstance &compiler) override {
    compiler.getLangOpts().CompilingPCH = true;
    return true;
  }

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &compiler,
                                                        llvm::StringRef) override {
    clang::Preprocessor &preprocessor = compiler.getPreprocessor();
    preprocessor.addPPCallbacks(std::make_unique<GraphRecorder>(prefix_, preprocessor));
    return std::make_unique<clang::PCHGenerator>(
        preprocessor, compiler.getModuleCache(), kPrefixTree, /*isysroot=*/"", buffer_,
        compiler.getCodeGenOpts(), llvm::ArrayRef<std::shared_ptr<clang::ModuleFileExtension>>(),
        /*AllowASTWithErrors=*/false, /*IncludeTimestamps=*/false);
  }

  void EndSourceFileAction() override {
    noteNames(getCompilerInstance());
    if (isDone())
      prefix_.precompiled.assign(buffer_->Data.begin(), buffer_->Data.end());
  }

  clang::TranslationUnitKind getTranslationUnitKind() override { return clang::TU_Prefix; }

private:
  /// All names in the text of the headers, also where a condition leaves it out.
  void noteNames(clang::CompilerInstance &compiler) {
    clang::SourceManager &sources = compiler.getSourceManager();
    for (PrefixFile &file : prefix_.files) {
      clang::OptionalFileEntryRef entry = compiler.getFileManager().getOptionalFileRef(file.path);
      clang::FileID id = entry ? sources.translateFile(*entry) : clang::FileID();
      std::optional<llvm::MemoryBufferRef> text = id.isValid() ? sources.getBufferOrNone(id) : std::nullopt;
      if (!text)
        continue;
      clang::Lexer lexer(id, *text, sources, compiler.getLangOpts());
      clang::Token token;
      while (!lexer.LexFromRawLexer(token))
        if (token.is(clang::tok::raw_identifier))
          file.mentioned.push_back(hashOfName(token.getRawIdentifier()));
      llvm::sort(file.mentioned);
      file.mentioned.erase(llvm::unique(file.mentioned), file.mentioned.end());
    }
  }

  SharedPrefix &prefix_;
  std::shared_ptr<clang::PCHBuffer> buffer_ = std::make_shared<clang::PCHBuffer>();
};

std::string encode(const SharedPrefix &prefix) {
  llvm::json::Array files;
  for (const PrefixFile &file : prefix.files)
    files.push_back(llvm::json::Object{{"path", llvm::json::fixUTF8(file.path)},
                                       {"device", file.id.getDevice()},
                                       {"file", file.id.getFile()},
                                       {"system", file.isSystem},
                                       {"includes", llvm::json::Array(file.includes)},
                                       {"names", file.mentioned.size()},
                                       {"hidden", llvm::json::Array(file.hidden)}});
  llvm::json::Object macros;
  for (const auto &macro : prefix.macros)
    macros[macro.getKey()] = macro.getValue();
  std::string meta, names;
  llvm::raw_string_ostream(meta) << llvm::json::Value(
      llvm::json::Object{{"text", prefix.text}, {"files", std::move(files)}, {"macros", std::move(macros)}});
  for (const PrefixFile &file : prefix.files)
    for (uint64_t name : file.mentioned)
      putNumber(names, name);
  std::string observations;
  for (const auto &[question, answer] : prefix.observations.answers()) {
    putPart(observations, question.first);
    putPart(observations, std::string(1, char(question.second)));
    putPart(observations, answer);
  }
  std::string bytes;
  for (llvm::StringRef part : {llvm::StringRef(meta), llvm::StringRef(names), llvm::StringRef(observations),
                               llvm::StringRef(prefix.precompiled)})
    putPart(bytes, part);
  return bytes;
}

} // namespace

/// Found by the reader of JSON, so in no unnamed namespace.
static bool fromJSON(const llvm::json::Value &value, PrefixFile &file, llvm::json::Path path) {
  llvm::json::ObjectMapper mapper(value, path);
  uint64_t device = 0, number = 0, names = 0;
  bool isWell = mapper && mapper.map("path", file.path) && mapper.map("device", device) &&
                mapper.map("file", number) && mapper.map("system", file.isSystem) &&
                mapper.map("includes", file.includes) && mapper.map("names", names) &&
                mapper.map("hidden", file.hidden);
  file.mentioned.resize(std::min<uint64_t>(names, 1u << 24));
  file.id = {device, number};
  return isWell;
}

uint64_t hashOfName(llvm::StringRef name) { return llvm::xxh3_64bits(name); }

std::string makePrefix(const PlannedPrefix &plan, const CompileCommand &maker, const ParseOptions &options) {
  SharedPrefix prefix;
  prefix.text = plan.text;
  for (const auto &[name, definition] : plan.macros)
    prefix.macros[name] = definition;
  auto recording = llvm::makeIntrusiveRefCnt<RecordingFileSystem>(filesOf(options));
  FileSystem files = withPrefix(prefix, recording);
  if (files->setCurrentWorkingDirectory(maker.directory))
    return {};
  ErrorCollector errors;
  PreparedCompiler prepared = prepareCompiler(maker, options, files, errors);
  if (!prepared.compiler)
    return {};
  clang::CompilerInstance &compiler = *prepared.compiler;
  clang::PreprocessorOptions &preprocessor = compiler.getPreprocessorOpts();
  preprocessor.Includes.clear();
  preprocessor.MacroIncludes.clear();
  preprocessor.Macros.clear();
  for (const std::string &define : plan.defines)
    preprocessor.addMacroDef(define);
  clang::FrontendOptions &frontend = compiler.getFrontendOpts();
  frontend.SkipFunctionBodies = true;
  frontend.Inputs = {clang::FrontendInputFile(kPrefixHeader, frontend.Inputs.front().getKind())};
  compiler.getLangOpts().PCHInstantiateTemplates = true;
  MakeAction action(prefix);
  compiler.ExecuteAction(action);
  prefix.observations = recording->take();
  const bool isUsable = action.isDone() && errors.errors().empty() && prefix.observations.isSound();
  return isUsable ? encode(prefix) : std::string();
}

std::optional<SharedPrefix> decodePrefix(std::string bytes) {
  llvm::StringRef rest = bytes;
  std::optional<llvm::StringRef> meta = takePart(rest), names = takePart(rest), observations = takePart(rest),
                                 precompiled = takePart(rest);
  if (!precompiled)
    return std::nullopt;
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(*meta);
  if (!value) {
    llvm::consumeError(value.takeError());
    return std::nullopt;
  }
  SharedPrefix prefix;
  llvm::json::Path::Root root;
  llvm::json::ObjectMapper mapper(*value, root);
  std::map<std::string, std::string> macros;
  if (!mapper || !mapper.map("text", prefix.text) || !mapper.map("files", prefix.files) ||
      !mapper.map("macros", macros))
    return std::nullopt;
  for (const auto &[name, definition] : macros)
    prefix.macros[name] = definition;
  for (PrefixFile &file : prefix.files)
    for (uint64_t &name : file.mentioned) {
      const std::optional<uint64_t> next = takeNumber(*names);
      if (!next)
        return std::nullopt;
      name = *next;
      prefix.mentioned.insert(name);
    }
  while (!observations->empty()) {
    std::optional<llvm::StringRef> path = takePart(*observations), question = takePart(*observations),
                                   answer = takePart(*observations);
    if (!answer || question->size() != 1 || uint8_t(question->front()) >= kQuestions)
      return std::nullopt;
    prefix.observations.add(Question(question->front()), *path, answer->str());
  }
  prefix.precompiled = precompiled->str();
  return prefix;
}

} // namespace opex
