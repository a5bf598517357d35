// String logic of rows, without a program: do a name and a matcher's globs fit, which rows may mean a name,
// which value does a text setting give. Parameters, bases and conditions are matched in analysis/.
#pragma once

#include "rules/rules.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

namespace opex::rules {

/// A `*` stands for any run of characters within one component of a qualified name, `**` for any run.
bool matchesGlob(llvm::StringRef pattern, llvm::StringRef name);

/// One of the names fits and none of the exceptions does.
bool matchesName(const Matcher &match, llvm::StringRef qualifiedName);

/// One of the pack's globs means the header, spelled as an include does.
bool isHeaderOf(const Pack &pack, llvm::StringRef header);

/// Finds the rows whose matcher may mean a name, without trying them all: exact names are looked up, globs
/// are tried by their last component where that is plain.
class NameIndex {
public:
  /// `row` is the caller's number, usually a position in a list. The matcher is copied.
  void add(const Matcher &match, unsigned row);

  /// The rows whose names fit, ascending. Rows of macros are found by `findMacro` only.
  llvm::SmallVector<unsigned, 4> find(llvm::StringRef qualifiedName) const;
  llvm::SmallVector<unsigned, 4> findMacro(llvm::StringRef name) const;

private:
  struct Glob {
    std::string pattern;
    unsigned row;
  };
  struct Table {
    llvm::StringMap<std::vector<unsigned>> exact;
    llvm::StringMap<std::vector<Glob>> globsByLast; ///< Keyed by a plain last component.
    std::vector<Glob> globs;
    llvm::SmallVector<unsigned, 4> find(llvm::StringRef name) const;
  };
  Table functions_, macros_;
  std::vector<std::pair<unsigned, Matcher>> exceptions_; ///< Of rows that have any, ascending.
};

/// What a text gives for a key.
struct TextValue {
  bool isInfinite = false;
  std::optional<int64_t> valueNs; ///< Where it is a number.
};

/// Looks for `key=value` (also `key = 'value'` and SQL's `key TO value`), ignoring case; the last one
/// counts, as with connection strings and SET; percent-encoding is undone. A unit behind the number (`5s`,
/// `500ms`) overrides the row's.
std::optional<TextValue> findTextSetting(const TextSetting::Key &key, llvm::StringRef text);

/// The numbers of a version as people and macros write it: `1.2.3`, `"0.11.4"`, `7`; none for other texts.
std::vector<unsigned> versionIn(llvm::StringRef text);

/// Whether the range says anything.
inline bool isLimited(const VersionRange &range) { return !range.from.empty() || !range.to.empty(); }

/// An unknown version (no numbers) is within every range.
bool isWithin(const VersionRange &range, const std::vector<unsigned> &version);

/// The unit in nanoseconds; 0 for those that are no time or carry their own.
int64_t nanoseconds(Unit unit);

} // namespace opex::rules
