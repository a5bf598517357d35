// Everything one translation unit contributes: files, types, declarations, records and function bodies.
// Self-contained (no pointer leaves it, no source is needed later) and deterministic: the same TU gives
// the same bytes. Bodies are in model/body.h, encoding in model/facts_io.h.
#pragma once

#include "model/body.h"
#include "model/ids.h"

#include "llvm/Support/Allocator.h"
#include "llvm/Support/StringSaver.h"

#include <memory>
#include <vector>

namespace opex {

/// A comment, as raw lexing sees it (so a precompiled prefix cannot hide it).
struct Comment {
  uint32_t line = 0, column = 0, endLine = 0;
  uint32_t offset = 0;
  bool isAlone = false; ///< Nothing but white space before it on its first line.
  llvm::StringRef text; ///< Without the comment marks, lines joined by '\n', trimmed.

  void fields(auto &visit) {
    visit("line", line);
    visit("column", column);
    visit("endLine", endLine);
    visit("offset", offset);
    visit("isAlone", isAlone);
    visit("text", text);
  }
};

/// A line that some Site of the file begins on: enough for excerpts, carets and fingerprints.
struct SourceLine {
  uint32_t number = 0;
  llvm::StringRef text;    ///< Without the line end; at most 400 bytes.
  uint64_t hash = 0;       ///< GitHub's rolling hash of the 100 characters that begin here.
  uint32_t occurrence = 1; ///< This is the n-th line of the file with that hash.

  void fields(auto &visit) {
    visit("number", number);
    visit("text", text);
    visit("hash", hash);
    visit("occurrence", occurrence);
  }
};

struct LineRange {
  uint32_t first = 0, last = 0;

  void fields(auto &visit) {
    visit("first", first);
    visit("last", last);
  }
};

struct File {
  /// Project files: relative to the source root, '/' separated. Others: as an include directive would
  /// spell them ("curl/curl.h"), so that no path of the machine gets into the facts.
  llvm::StringRef path;
  bool inProject = false;
  bool isSystem = false;
  llvm::StringRef sha256;            ///< Lower-case hex, of the raw bytes. Project files only.
  std::vector<SourceLine> lines;     ///< Sorted by number. Project files only.
  std::vector<Comment> comments;     ///< In order. Project files only.
  std::vector<LineRange> skipped;    ///< Left out by the preprocessor. Project files only.

  void fields(auto &visit) {
    visit("path", path);
    visit("inProject", inProject);
    visit("isSystem", isSystem);
    visit("sha256", sha256);
    visit("lines", lines);
    visit("comments", comments);
    visit("skipped", skipped);
  }
};

/// A macro expansion written in a project file and not itself inside another macro.
struct Expansion {
  llvm::StringRef macro;
  std::vector<llvm::StringRef> arguments; ///< As spelled, each at most 120 bytes.
  std::vector<llvm::StringRef> nested;    ///< Macros expanded on the way, outermost first, no repeats.
  Index<File> definedIn;

  void fields(auto &visit) {
    visit("macro", macro);
    visit("arguments", arguments);
    visit("nested", nested);
    visit("definedIn", definedIn);
  }
};

enum class TypeClass : uint8_t {
  Other, Void, Bool, Integer, Float, Enumeration, Record, Pointer, Reference, Array, Function,
  Duration,  ///< std::chrono::duration; `period` holds its ratio.
  TimePoint, ///< std::chrono::time_point.
  Dependent,
};

struct Type {
  TypeClass kind = TypeClass::Other;
  llvm::StringRef spelled;   ///< With the aliases the author used ("CURL *"), cv kept.
  llvm::StringRef canonical; ///< Aliases resolved, inline namespaces removed.
  EntityId record;           ///< The class or enumeration, at the template's pattern, of `kind` or of what it points to.
  llvm::StringRef recordName; ///< Its Declaration::name; or the alias name where that is all there is ("CURL").
  uint32_t indirections = 0; ///< Pointers and references to strip before `record`.
  bool isConst = false;
  llvm::SmallVector<Index<Type>, 2> arguments; ///< Template arguments that are types.
  int64_t periodNumerator = 0, periodDenominator = 0; ///< Duration: seconds per tick.

  void fields(auto &visit) {
    visit("kind", kind);
    visit("spelled", spelled);
    visit("canonical", canonical);
    visit("record", record);
    visit("recordName", recordName);
    visit("indirections", indirections);
    visit("isConst", isConst);
    visit("arguments", arguments);
    visit("periodNumerator", periodNumerator);
    visit("periodDenominator", periodDenominator);
  }
};

enum class EntityKind : uint8_t { Function, Method, Constructor, Destructor, Field, Variable, Enumerator, Record, Enumeration };

/// What a TU knows of a declaration that its bodies mention, or that was looked for.
struct Declaration {
  EntityId id;
  EntityKind kind = EntityKind::Function;
  /// Fully qualified, without inline namespaces and template arguments ("std::future::get"). Anonymous
  /// namespaces are "(anonymous)". A constructor is "Class::Class".
  llvm::StringRef name;
  llvm::StringRef usr;
  EntityId parent;  ///< Record of a member; enumeration of an enumerator.
  Index<Type> type; ///< Result of a function; type of a variable, field, enumerator.
  std::vector<Index<Type>> parameters;
  std::vector<llvm::StringRef> parameterNames;
  Index<File> file;
  int64_t number = 0; ///< Enumerators.
  bool isVariadic = false;
  bool isVirtual = false;
  bool isStatic = false;
  bool isNoReturn = false;
  bool isNoexcept = false;
  bool isTemplate = false;
  bool isThreadLocal = false;
  bool isConst = false; ///< const method or const variable.

  void fields(auto &visit) {
    visit("id", id);
    visit("kind", kind);
    visit("name", name);
    visit("usr", usr);
    visit("parent", parent);
    visit("type", type);
    visit("parameters", parameters);
    visit("parameterNames", parameterNames);
    visit("file", file);
    visit("number", number);
    visit("isVariadic", isVariadic);
    visit("isVirtual", isVirtual);
    visit("isStatic", isStatic);
    visit("isNoReturn", isNoReturn);
    visit("isNoexcept", isNoexcept);
    visit("isTemplate", isTemplate);
    visit("isThreadLocal", isThreadLocal);
    visit("isConst", isConst);
  }
};

struct FieldFact {
  EntityId id;
  llvm::StringRef name;
  Index<Type> type;
  Site site;
  bool isStatic = false;
  bool hasInitializer = false;

  void fields(auto &visit) {
    visit("id", id);
    visit("name", name);
    visit("type", type);
    visit("site", site);
    visit("isStatic", isStatic);
    visit("hasInitializer", hasInitializer);
  }
};

/// A class that the TU's code uses, and its bases up to the top, whoever owns them. Fields only for
/// records of the project.
struct Record {
  EntityId id;
  llvm::StringRef name;
  EntityId outer; ///< The record it is nested in.
  Site site;
  std::vector<EntityId> bases;
  std::vector<FieldFact> members;
  bool inProject = false;
  bool isAggregate = false;
  bool isPolymorphic = false;

  void fields(auto &visit) {
    visit("id", id);
    visit("name", name);
    visit("outer", outer);
    visit("site", site);
    visit("bases", bases);
    visit("members", members);
    visit("inProject", inProject);
    visit("isAggregate", isAggregate);
    visit("isPolymorphic", isPolymorphic);
  }
};

struct Enumeration {
  EntityId id;
  llvm::StringRef name;
  std::vector<EntityId> enumerators; ///< Of foreign enumerations only if the TU switches over them.
  Index<File> file;
  bool isScoped = false;

  void fields(auto &visit) {
    visit("id", id);
    visit("name", name);
    visit("enumerators", enumerators);
    visit("file", file);
    visit("isScoped", isScoped);
  }
};

/// Something the parser could not do. `path` and `line` are of the File table's spelling; the message
/// never quotes source text from outside the project.
struct ParseNotice {
  llvm::StringRef path;
  uint32_t line = 0, column = 0;
  llvm::StringRef message;
  bool isError = false;   ///< A compiler error, not a remark of ours.
  bool inSystem = false;  ///< It lies in a system header.

  void fields(auto &visit) {
    visit("path", path);
    visit("line", line);
    visit("column", column);
    visit("message", message);
    visit("isError", isError);
    visit("inSystem", inSystem);
  }
};

/// A name that was looked for (ParseOptions::lookFor) and that the unit has, mentioned or not.
struct FoundName {
  llvm::StringRef name;
  llvm::StringRef declaredAs; ///< Its Declaration::name where that differs: a base, a using-declaration, an alias.

  void fields(auto &visit) {
    visit("name", name);
    visit("declaredAs", declaredAs);
  }
};

/// A macro that was looked for and that is defined.
struct FoundMacro {
  llvm::StringRef name;
  llvm::StringRef value; ///< The tokens of its body ("7", "0x071d00"); empty if it takes arguments or is long.

  void fields(auto &visit) {
    visit("name", name);
    visit("value", value);
  }
};

enum class TuStatus : uint8_t {
  Complete, ///< Everything was seen (errors in system headers that cost no body included).
  Partial,  ///< Errors cost something: what is missing is unknown.
  Failed,   ///< Nothing usable: crash, time-out, unreadable file.
};

struct TuFacts {
  llvm::StringRef mainFile; ///< As File::path.
  uint64_t command = 0;     ///< Hash of the arguments that matter; tells several entries of a file apart.
  TuStatus status = TuStatus::Complete;
  std::vector<ParseNotice> notices;
  std::vector<File> files;
  std::vector<Expansion> expansions;
  std::vector<Type> types;
  std::vector<Declaration> declarations; ///< Sorted by id.
  std::vector<Record> records;           ///< Sorted by id.
  std::vector<Enumeration> enumerations; ///< Sorted by id.
  std::vector<Function> functions;       ///< In source order of the main file and its headers.
  std::vector<FoundName> foundNames;         ///< Sorted by name.
  std::vector<FoundMacro> foundMacros;       ///< Sorted by name.
  std::vector<llvm::StringRef> foundHeaders; ///< Files that were looked for and read, as includes spell them. Sorted.

  const Type &operator[](Index<Type> i) const { return types[i.value]; }
  const File &operator[](Index<File> i) const { return files[i.value]; }
  const Expansion &operator[](Index<Expansion> i) const { return expansions[i.value]; }

  void fields(auto &visit) {
    visit("mainFile", mainFile);
    visit("command", command);
    visit("status", status);
    visit("notices", notices);
    visit("files", files);
    visit("expansions", expansions);
    visit("types", types);
    visit("declarations", declarations);
    visit("records", records);
    visit("enumerations", enumerations);
    visit("functions", functions);
    visit("foundNames", foundNames);
    visit("foundMacros", foundMacros);
    visit("foundHeaders", foundHeaders);
  }

  /// Copies `text` into the facts' own storage; equal texts share it.
  llvm::StringRef save(llvm::StringRef text) { return strings_->saver.save(text); }

private:
  struct Strings {
    llvm::BumpPtrAllocator allocator;
    llvm::UniqueStringSaver saver{allocator};
  };
  std::unique_ptr<Strings> strings_ = std::make_unique<Strings>(); ///< Owns every StringRef above.
};

} // namespace opex
