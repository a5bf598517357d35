#include "frontend/prefix_watch.h"

#include "frontend/macro_text.h"

#include "clang/Basic/SourceManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/STLExtras.h"

namespace opex {

PrefixWatch::PrefixWatch(const SharedPrefix &prefix) : prefix_(prefix), isReached_(prefix.files.size()) {
  for (uint32_t i = 0; i < prefix.files.size(); ++i)
    positions_[{prefix.files[i].id.getDevice(), prefix.files[i].id.getFile()}] = i;
  for (const auto &macro : prefix.macros)
    if (const uint64_t name = hashOfName(macro.getKey()); prefix.mentioned.contains(name))
      differing_.insert(name);
}

class PrefixWatch::Callbacks : public clang::PPCallbacks {
public:
  Callbacks(PrefixWatch &watch, clang::Preprocessor &preprocessor)
      : watch_(watch), preprocessor_(preprocessor), sources_(preprocessor.getSourceManager()) {}

  void InclusionDirective(clang::SourceLocation, const clang::Token &, llvm::StringRef, bool,
                          clang::CharSourceRange, clang::OptionalFileEntryRef file, llvm::StringRef,
                          llvm::StringRef, const clang::Module *, bool,
                          clang::SrcMgr::CharacteristicKind) override {
    std::optional<uint32_t> position = file ? watch_.positionOf(file->getFileEntry()) : std::nullopt;
    if (position)
      watch_.reach(*position);
  }

  void MacroDefined(const clang::Token &name, const clang::MacroDirective *directive) override {
    if (directive->getMacroInfo())
      change(name, definitionText(preprocessor_, *directive->getMacroInfo()));
  }
  void MacroUndefined(const clang::Token &name, const clang::MacroDefinition &definition,
                      const clang::MacroDirective *) override {
    if (definition)
      change(name, std::nullopt);
  }

  void MacroExpands(const clang::Token &name, const clang::MacroDefinition &macro, clang::SourceRange,
                    const clang::MacroArgs *) override {
    use(name, macro);
  }
  void Defined(const clang::Token &name, const clang::MacroDefinition &macro, clang::SourceRange) override {
    use(name, macro);
  }
  void Ifdef(clang::SourceLocation, const clang::Token &name, const clang::MacroDefinition &macro) override {
    use(name, macro);
  }
  void Ifndef(clang::SourceLocation, const clang::Token &name, const clang::MacroDefinition &macro) override {
    use(name, macro);
  }
  void Elifdef(clang::SourceLocation, const clang::Token &name,
               const clang::MacroDefinition &macro) override {
    use(name, macro);
  }
  void Elifndef(clang::SourceLocation, const clang::Token &name,
                const clang::MacroDefinition &macro) override {
    use(name, macro);
  }

private:
  /// Headers set macros for one another, as parameters, and take them away again.
  void change(const clang::Token &token, std::optional<std::string> now) {
    if (sources_.isInSystemHeader(token.getLocation()))
      return;
    const llvm::StringRef name = token.getIdentifierInfo()->getName();
    const uint64_t hash = hashOfName(name);
    if (!watch_.prefix_.mentioned.contains(hash))
      return;
    auto there = watch_.prefix_.macros.find(name);
    const bool isSame = there == watch_.prefix_.macros.end() ? !now : now == there->getValue();
    if (isSame)
      watch_.differing_.erase(hash);
    else
      watch_.differing_.insert(hash);
  }

  /// Of libraries' headers that are not part of the prefix many ask whether another one has declared a type already.
  void use(const clang::Token &name, const clang::MacroDefinition &macro) {
    const clang::MacroInfo *info = macro.getMacroInfo();
    if (!info || sources_.isInSystemHeader(sources_.getExpansionLoc(name.getLocation())))
      return;
    std::optional<uint32_t> file = watch_.definerOf(*info);
    watch_.isSpoilt_ |= file && !watch_.isReached_[*file];
  }

  PrefixWatch &watch_;
  clang::Preprocessor &preprocessor_;
  clang::SourceManager &sources_;
};

void PrefixWatch::attach(clang::CompilerInstance &compiler) {
  clang::Preprocessor &preprocessor = compiler.getPreprocessor();
  preprocessor_ = &preprocessor;
  preprocessor.addPPCallbacks(std::make_unique<Callbacks>(*this, preprocessor));
}

std::optional<uint32_t> PrefixWatch::positionOf(const clang::FileEntry &file) const {
  auto found = positions_.find({file.getUniqueID().getDevice(), file.getUniqueID().getFile()});
  return found == positions_.end() ? std::nullopt : std::optional(found->second);
}

void PrefixWatch::reach(uint32_t file) {
  std::vector<uint32_t> pending = {file};
  while (!pending.empty()) {
    const uint32_t next = pending.back();
    pending.pop_back();
    if (next >= isReached_.size() || isReached_[next])
      continue;
    isReached_[next] = true;
    for (const std::string &macro : prefix_.files[next].hidden)
      reveal(macro);
    const std::vector<uint64_t> &mentioned = prefix_.files[next].mentioned;
    isSpoilt_ |=
        llvm::any_of(differing_, [&](uint64_t name) { return llvm::binary_search(mentioned, name); });
    pending.insert(pending.end(), prefix_.files[next].includes.begin(), prefix_.files[next].includes.end());
  }
}

/// Gives back the definition that the end of the prefix took away.
void PrefixWatch::reveal(llvm::StringRef macro) {
  clang::IdentifierInfo *name = preprocessor_->getIdentifierInfo(macro);
  for (clang::MacroDirective *directive = preprocessor_->getLocalMacroDirectiveHistory(name); directive;
       directive = directive->getPrevious())
    if (auto *definition = llvm::dyn_cast<clang::DefMacroDirective>(directive))
      if (clang::MacroInfo *info = definition->getInfo();
          preprocessor_->getSourceManager().isLoadedSourceLocation(info->getDefinitionLoc())) {
        preprocessor_->appendDefMacroDirective(name, info);
        return;
      }
}

bool PrefixWatch::hasReached(const clang::FileEntry &file) const {
  std::optional<uint32_t> position = positionOf(file);
  return !position || isReached_[*position];
}

/// The file of the prefix that the definition stands in.
std::optional<uint32_t> PrefixWatch::definerOf(const clang::MacroInfo &macro) const {
  const clang::SourceManager &sources = preprocessor_->getSourceManager();
  if (!sources.isLoadedSourceLocation(macro.getDefinitionLoc()))
    return std::nullopt;
  clang::OptionalFileEntryRef file =
      sources.getFileEntryRefForID(sources.getFileID(macro.getDefinitionLoc()));
  return file ? positionOf(file->getFileEntry()) : std::nullopt;
}

bool PrefixWatch::hasSeen(const clang::IdentifierInfo &macro) const {
  for (const clang::MacroDirective *directive = preprocessor_->getLocalMacroDirectiveHistory(&macro);
       directive; directive = directive->getPrevious())
    if (auto *definition = llvm::dyn_cast<clang::DefMacroDirective>(directive))
      if (std::optional<uint32_t> file = definerOf(*definition->getInfo()); !file || isReached_[*file])
        return true;
  return false;
}

std::vector<const PrefixFile *> PrefixWatch::reachedFiles() const {
  std::vector<const PrefixFile *> files;
  for (uint32_t i = 0; i < isReached_.size(); ++i)
    if (isReached_[i])
      files.push_back(&prefix_.files[i]);
  return files;
}

} // namespace opex
