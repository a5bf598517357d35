// Files and places of one TU: which files belong to the project, how facts spell their paths, and how a
// Clang range becomes a Site. Owns TuFacts::files and TuFacts::expansions; declarations and bodies only
// ask it. Paths of the machine stop here.
#pragma once

#include "frontend/extraction.h"
#include "frontend/macros.h"

#include "clang/Basic/SourceLocation.h"

#include <set>

namespace clang {
class FileEntry;
class FileEntryRef;
class HeaderSearch;
class LangOptions;
} // namespace clang

namespace opex {

class PrefixWatch;

/// How an include names the file of this path: "curl/curl.h". Beside `mainFile` (absolute; may be empty) it needs no search path.
/// The last component if no include finds it: paths of the machine stop here.
std::string spelledAsInclude(const clang::HeaderSearch &headers, llvm::StringRef path, llvm::StringRef mainFile);

/// Paths below the root, wherever they stand in `text`, as facts spell them.
std::string withoutRoot(llvm::StringRef text, const ProjectScope &scope);

class SourceFiles {
public:
  /// `headers` may be null: foreign files are then named by their last path component.
  SourceFiles(const ProjectScope &scope, TuFacts &facts, const clang::SourceManager &sources,
              const clang::LangOptions &language, const clang::HeaderSearch *headers);

  /// Whether code at `where` (its outermost expansion, if it comes out of a macro) is the project's.
  bool inProject(clang::SourceLocation where);
  bool inProject(clang::FileID file);
  /// The same of a file that may not be open yet.
  bool inProject(clang::FileEntryRef file, bool isSystem);

  /// The place of the tokens `range`. Text written as a macro argument keeps its own place, all other
  /// text out of a macro has the place of the outermost expansion; both name the expansion.
  Site site(clang::SourceRange range);
  /// The place of the single token at `where`.
  Site token(clang::SourceLocation where);

  /// The file that holds `where`; none for built-in code.
  Index<File> file(clang::SourceLocation where);
  llvm::StringRef path(clang::SourceLocation where);

  MacroLog &macros() { return macros_; }
  const clang::SourceManager &manager() const { return sources_; }
  const ProjectScope &scope() const { return scope_; }

  /// Whether the TU includes all files that were asked about.
  bool haveBeenReached(const PrefixWatch &watch) const;
  /// Adds the files of the prefix that the TU includes.
  void addReached(const PrefixWatch &watch);

  /// Reads lines, hashes, comments and skipped ranges of all project files seen so far.
  void finish();

private:
  struct Entry {
    Index<File> index;
    clang::FileID id;
    std::set<uint32_t> lines; ///< Lines that a Site begins on.
    bool inProject = false;
  };

  Entry *entry(clang::FileID file);
  Entry &entry(clang::FileEntryRef file, bool isSystem);
  std::string pathOf(clang::FileEntryRef file, bool &isProjectPath) const;
  Site locate(clang::CharSourceRange range);
  Index<Expansion> expansion(clang::SourceLocation outermost);
  std::vector<llvm::StringRef> arguments(clang::SourceRange expansion);
  void addSkipped();
  void readFile(Entry &entry);

  const ProjectScope &scope_;
  TuFacts &facts_;
  const clang::SourceManager &sources_;
  const clang::LangOptions &language_;
  const clang::HeaderSearch *headers_;
  MacroLog macros_;
  llvm::DenseMap<const clang::FileEntry *, std::unique_ptr<Entry>> entries_;
  llvm::DenseMap<clang::FileID, Entry *> byId_; ///< Null for what is no file.
  llvm::DenseMap<clang::SourceLocation, Index<Expansion>> expansions_;
};

} // namespace opex
