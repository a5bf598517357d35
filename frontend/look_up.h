// Names that a rule pack uses, looked up in a parsed translation unit: facts otherwise hold only what bodies
// mention, and so cannot tell a misspelt row from one whose function nobody calls.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <functional>
#include <string>
#include <vector>

namespace clang {
class Preprocessor;
} // namespace clang

namespace opex {

struct TuTables;

/// What to look for. Nothing is looked for by default.
class PrefixWatch;

struct LookFor {
  std::vector<std::string> names;  ///< Fully qualified, of functions, members, variables, types; no globs.
  std::vector<std::string> macros;
  /// Whether a file that was read, spelled as an include would ("curl/curl.h"), is to be recorded.
  std::function<bool(llvm::StringRef)> isHeader;
  std::vector<std::string> headerPatterns; ///< What `isHeader` goes by.

  bool isEmpty() const { return names.empty() && macros.empty() && !isHeader; }
};

/// Fills TuFacts::foundNames, foundMacros and foundHeaders, and declares the functions and members that are called as
/// they were looked for. For the end of the translation unit, before the tables are finished.
void lookUp(const LookFor &lookFor, const TuTables &tables, clang::Preprocessor &preprocessor, const PrefixWatch *watch);

} // namespace opex
