#include "frontend/source_files.h"

#include "frontend/comments.h"
#include "frontend/line_hash.h"
#include "frontend/prefix_watch.h"

#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

namespace opex {
namespace {

constexpr size_t kLongestLine = 400;
constexpr size_t kLongestArgument = 120;

bool isBelow(llvm::StringRef path, llvm::StringRef directory) {
  directory = directory.rtrim('/');
  return path.consume_front(directory) && (path.empty() || path.front() == '/');
}

} // namespace

bool inProject(const ProjectScope &scope, llvm::StringRef absoluteRealPath) {
  return isBelow(absoluteRealPath, scope.root) &&
         llvm::none_of(scope.exclude,
                       [&](const std::string &prefix) { return isBelow(absoluteRealPath, prefix); });
}

std::string withoutRoot(llvm::StringRef text, const ProjectScope &scope) {
  const std::string root = llvm::StringRef(scope.root).rtrim('/').str() + "/";
  std::string result;
  for (size_t at; root.size() > 1 && (at = text.find(root)) != llvm::StringRef::npos;) {
    result += text.take_front(at);
    text = text.drop_front(at + root.size());
  }
  return result + text.str();
}

SourceFiles::SourceFiles(const ProjectScope &scope, TuFacts &facts, const clang::SourceManager &sources,
                         const clang::LangOptions &language, const clang::HeaderSearch *headers)
    : scope_(scope), facts_(facts), sources_(sources), language_(language), headers_(headers) {}

/// The path as facts spell it; `isProjectPath` tells whether it is relative to the root.
std::string SourceFiles::pathOf(clang::FileEntryRef ref, bool &isProjectPath) const {
  llvm::SmallString<256> real;
  clang::FileManager &manager = sources_.getFileManager();
  if (manager.getVirtualFileSystem().getRealPath(ref.getName(), real)) {
    real = ref.getName();
    manager.makeAbsolutePath(real);
    llvm::sys::path::remove_dots(real, /*remove_dot_dot=*/true);
  }
  llvm::StringRef path = real;
  isProjectPath = opex::inProject(scope_, path);
  if (isBelow(path, scope_.root)) {
    path.consume_front(llvm::StringRef(scope_.root).rtrim('/'));
    path.consume_front("/");
    return path.str();
  }
  return headers_ ? spelledAsInclude(*headers_, ref.getName(), "") : llvm::sys::path::filename(path).str();
}

std::string spelledAsInclude(const clang::HeaderSearch &headers, llvm::StringRef path, llvm::StringRef mainFile) {
  llvm::SmallString<256> absolute = path, workingDirectory;
  headers.getFileMgr().makeAbsolutePath(absolute);
  headers.getFileMgr().makeAbsolutePath(workingDirectory); // `-I.` is relative to it.
  llvm::sys::path::remove_dots(absolute, /*remove_dot_dot=*/true);
  std::string spelled = headers.suggestPathToFileForDiagnostics(absolute, workingDirectory, mainFile);
  if (spelled.empty() || llvm::sys::path::is_absolute(spelled))
    spelled = llvm::sys::path::filename(path).str();
  return spelled;
}

SourceFiles::Entry &SourceFiles::entry(clang::FileEntryRef ref, bool isSystem) {
  std::unique_ptr<Entry> &slot = entries_[&ref.getFileEntry()];
  if (!slot) {
    slot = std::make_unique<Entry>();
    File fact;
    fact.path = facts_.save(pathOf(ref, slot->inProject));
    fact.isSystem = isSystem;
    slot->inProject &= !fact.isSystem;
    fact.inProject = slot->inProject;
    slot->index = Index<File>(facts_.files.size());
    facts_.files.push_back(std::move(fact));
  }
  return *slot;
}

SourceFiles::Entry *SourceFiles::entry(clang::FileID file) {
  if (auto known = byId_.find(file); known != byId_.end())
    return known->second;
  clang::OptionalFileEntryRef ref = sources_.getFileEntryRefForID(file);
  if (!ref)
    return byId_[file] = nullptr;
  Entry &found = entry(*ref, clang::SrcMgr::isSystem(sources_.getSLocEntry(file).getFile().getFileCharacteristic()));
  if (found.id.isInvalid())
    found.id = file;
  return byId_[file] = &found;
}

bool SourceFiles::inProject(clang::FileEntryRef file, bool isSystem) { return entry(file, isSystem).inProject; }

bool SourceFiles::inProject(clang::FileID file) {
  if (file.isInvalid())
    return false;
  Entry *found = entry(file);
  return found && found->inProject;
}

bool SourceFiles::inProject(clang::SourceLocation where) {
  return where.isValid() && inProject(sources_.getFileID(sources_.getExpansionLoc(where)));
}

Index<File> SourceFiles::file(clang::SourceLocation where) {
  if (where.isInvalid())
    return {};
  Entry *found = entry(sources_.getFileID(sources_.getExpansionLoc(where)));
  return found ? found->index : Index<File>();
}

llvm::StringRef SourceFiles::path(clang::SourceLocation where) {
  Index<File> found = file(where);
  return found ? facts_[found].path : llvm::StringRef();
}

Site SourceFiles::locate(clang::CharSourceRange range) {
  auto [file, begin] = sources_.getDecomposedLoc(range.getBegin());
  auto [endFile, end] = sources_.getDecomposedLoc(range.getEnd());
  Entry *found = entry(file);
  if (!found)
    return {};
  if (range.isTokenRange() || endFile != file)
    end += clang::Lexer::MeasureTokenLength(range.getEnd(), sources_, language_);
  if (endFile != file || end < begin)
    end = begin + clang::Lexer::MeasureTokenLength(range.getBegin(), sources_, language_);
  Site site;
  site.file = found->index;
  site.offset = begin;
  site.length = end - begin;
  site.line = sources_.getLineNumber(file, begin);
  site.column = sources_.getColumnNumber(file, begin);
  site.endLine = sources_.getLineNumber(file, end);
  site.endColumn = sources_.getColumnNumber(file, end);
  if (found->inProject)
    found->lines.insert(site.line);
  return site;
}

Site SourceFiles::site(clang::SourceRange range) {
  if (range.isInvalid())
    return {};
  auto tokens = clang::CharSourceRange::getTokenRange(range);
  if (range.getBegin().isFileID() && range.getEnd().isFileID())
    return locate(tokens);
  clang::CharSourceRange written = clang::Lexer::makeFileCharRange(tokens, sources_, language_);
  if (written.isInvalid())
    written = sources_.getExpansionRange(range);
  Site site = locate(written);
  if (range.getBegin().isMacroID() && site.valid())
    site.expansion = expansion(sources_.getExpansionLoc(range.getBegin()));
  return site;
}

Site SourceFiles::token(clang::SourceLocation where) {
  if (where.isInvalid())
    return {};
  clang::SourceLocation written = sources_.getFileLoc(where);
  Site site = locate(clang::CharSourceRange::getTokenRange(written));
  if (where.isMacroID() && site.valid())
    site.expansion = expansion(sources_.getExpansionLoc(where));
  return site;
}

/// Splits what stands between the parentheses of an expansion at its outermost commas.
std::vector<llvm::StringRef> SourceFiles::arguments(clang::SourceRange expansion) {
  std::vector<llvm::StringRef> result;
  llvm::StringRef text =
      clang::Lexer::getSourceText(clang::CharSourceRange::getTokenRange(expansion), sources_, language_);
  if (text.empty() || expansion.getBegin() == expansion.getEnd())
    return result;
  clang::Lexer lexer(expansion.getBegin(), language_, text.begin(), text.begin(), text.end());
  clang::Token token;
  unsigned depth = 0;
  const char *start = nullptr;
  auto finish = [&](const char *end) {
    llvm::StringRef argument = llvm::StringRef(start, end - start).trim();
    result.push_back(facts_.save(argument.take_front(kLongestArgument)));
  };
  bool atEnd = false;
  while (!atEnd) {
    const char *position = lexer.getBufferLocation();
    atEnd = lexer.LexFromRawLexer(token);
    position = lexer.getBufferLocation() - token.getLength();
    if (token.is(clang::tok::l_paren) && depth++ == 0)
      start = lexer.getBufferLocation();
    else if (token.is(clang::tok::r_paren) && depth && --depth == 0 && start)
      return finish(position), result;
    else if (token.is(clang::tok::comma) && depth == 1) {
      finish(position);
      start = lexer.getBufferLocation();
    }
  }
  return result;
}

Index<Expansion> SourceFiles::expansion(clang::SourceLocation outermost) {
  auto [slot, isNew] = expansions_.try_emplace(outermost);
  if (!isNew)
    return slot->second;
  Expansion fact;
  if (auto use = macros_.uses.find(outermost); use != macros_.uses.end() && use->second.name) {
    fact.macro = facts_.save(use->second.name->getName());
    fact.arguments = arguments(use->second.range);
    for (const clang::IdentifierInfo *nested : use->second.nested)
      fact.nested.push_back(facts_.save(nested->getName()));
    fact.definedIn = file(use->second.definition);
  } else {
    // Expanded before we listened (a precompiled prefix): the name is all that the text tells.
    unsigned length = clang::Lexer::MeasureTokenLength(outermost, sources_, language_);
    if (const char *text = sources_.getCharacterData(outermost))
      fact.macro = facts_.save(llvm::StringRef(text, length));
  }
  Index<Expansion> index(facts_.expansions.size());
  facts_.expansions.push_back(std::move(fact));
  return expansions_[outermost] = index;
}

void SourceFiles::addSkipped() {
  for (clang::SourceRange range : macros_.skipped) {
    auto [file, begin] = sources_.getDecomposedLoc(range.getBegin());
    auto [endFile, end] = sources_.getDecomposedLoc(range.getEnd());
    Entry *found = entry(file);
    if (!found || !found->inProject || endFile != file)
      continue;
    LineRange lines{sources_.getLineNumber(file, begin) + 1, sources_.getLineNumber(file, end) - 1};
    std::vector<LineRange> &skipped = facts_.files[found->index.value].skipped;
    if (lines.first <= lines.last)
      skipped.push_back(lines);
  }
  for (File &file : facts_.files) {
    auto order = [](const LineRange &a, const LineRange &b) {
      return std::pair(a.first, a.last) < std::pair(b.first, b.last);
    };
    auto same = [](const LineRange &a, const LineRange &b) { return a.first == b.first && a.last == b.last; };
    llvm::sort(file.skipped, order);
    file.skipped.erase(std::unique(file.skipped.begin(), file.skipped.end(), same), file.skipped.end());
  }
}

void SourceFiles::readFile(Entry &entry) {
  std::optional<llvm::StringRef> text = sources_.getBufferDataOrNone(entry.id);
  if (!text)
    return;
  File &file = facts_.files[entry.index.value];
  llvm::SHA256 sha;
  sha.update(*text);
  file.sha256 = facts_.save(llvm::toHex(sha.final(), /*LowerCase=*/true));
  file.comments = readComments(entry.id, sources_, language_, facts_);
  if (entry.lines.empty())
    return;
  std::vector<LineHash> hashes = lineHashes(*text);
  for (uint32_t number : entry.lines) {
    clang::SourceLocation start = sources_.translateLineCol(entry.id, number, 1);
    llvm::StringRef rest = text->substr(sources_.getFileOffset(start));
    SourceLine line;
    line.number = number;
    line.text =
        facts_.save(rest.take_until([](char c) { return c == '\n' || c == '\r'; }).take_front(kLongestLine));
    if (number <= hashes.size()) {
      line.hash = hashes[number - 1].hash;
      line.occurrence = hashes[number - 1].occurrence;
    }
    file.lines.push_back(line);
  }
}

bool SourceFiles::haveBeenReached(const PrefixWatch &watch) const {
  return llvm::all_of(entries_, [&](const auto &entry) { return watch.hasReached(*entry.first); });
}

void SourceFiles::addReached(const PrefixWatch &watch) {
  for (const PrefixFile *file : watch.reachedFiles())
    if (clang::OptionalFileEntryRef reference = sources_.getFileManager().getOptionalFileRef(file->path))
      entry(*reference, file->isSystem);
}

void SourceFiles::finish() {
  for (clang::FileID file : macros_.entered)
    entry(file);
  addSkipped();
  std::vector<Entry *> entries(facts_.files.size());
  for (auto &[_, entry] : entries_)
    entries[entry->index.value] = entry.get();
  for (Entry *entry : entries)
    if (entry->inProject)
      readFile(*entry);
}

} // namespace opex
