#include "frontend/macros.h"

#include "clang/Basic/SourceManager.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Token.h"

namespace opex {
namespace {

class Recorder : public clang::PPCallbacks {
public:
  Recorder(MacroLog &log, const clang::SourceManager &sources, std::function<bool(clang::FileID)> wanted)
      : log_(log), sources_(sources), wanted_(std::move(wanted)) {}

  void LexedFileChanged(clang::FileID file, LexedFileChangeReason reason, clang::SrcMgr::CharacteristicKind,
                        clang::FileID, clang::SourceLocation) override {
    if (reason == LexedFileChangeReason::EnterFile && wanted_(file))
      log_.entered.push_back(file);
  }

  void MacroExpands(const clang::Token &name, const clang::MacroDefinition &definition,
                    clang::SourceRange range, const clang::MacroArgs *) override {
    clang::SourceLocation where = name.getLocation();
    clang::SourceLocation outer = sources_.getExpansionLoc(where);
    if (!wanted_(sources_.getFileID(outer)))
      return;
    const clang::IdentifierInfo *identifier = name.getIdentifierInfo();
    // Arguments are expanded before they are substituted, with their own places: what lies inside the
    // last outermost expansion is nested in it as well.
    if (where.isFileID() && last_.isValid() && outer != last_.getBegin() &&
        last_.fullyContains({outer, outer}))
      outer = last_.getBegin();
    MacroUse &use = log_.uses[outer];
    if (where == outer) {
      last_ = range;
      use.name = identifier;
      use.range = range;
      if (const clang::MacroInfo *info = definition.getMacroInfo())
        use.definition = info->getDefinitionLoc();
    } else if (identifier != use.name && !llvm::is_contained(use.nested, identifier)) {
      use.nested.push_back(identifier);
    }
  }

  void SourceRangeSkipped(clang::SourceRange range, clang::SourceLocation) override {
    if (range.getBegin().isFileID() && wanted_(sources_.getFileID(range.getBegin())))
      log_.skipped.push_back(range);
  }

private:
  MacroLog &log_;
  const clang::SourceManager &sources_;
  std::function<bool(clang::FileID)> wanted_;
  clang::SourceRange last_;
};

} // namespace

std::unique_ptr<clang::PPCallbacks> recordMacros(MacroLog &log, const clang::SourceManager &sources,
                                                 std::function<bool(clang::FileID)> wanted) {
  return std::make_unique<Recorder>(log, sources, std::move(wanted));
}

} // namespace opex
