// The words that all rows of the rule packs are made of: where in a call something stands, which declarations
// are meant, amounts and conditions, and what every row has. rules.h and work.h hold the kinds of rows.
#pragma once

#include "model/kinds.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace opex::rules {

/// Where in a pack something was said; for errors, `explain` and coverage.
struct Origin {
  std::string file;
  unsigned line = 0, column = 0; ///< 1-based.
};

/// A role in a call: written `arg0`, `this`, `return`, `arg<Type>` (first argument of that type), or
/// `template0` (a template argument of the function). Of an assigned member another one of the same object is
/// written by its name: `pollfd::events`.
struct Place {
  enum Kind : uint8_t { None, Argument, This, Return, ArgumentOfType, TemplateArgument, Member } kind = None;
  unsigned index = 0;
  std::string type;
};

/// Which declarations a row means. `name` is fully qualified without inline namespaces and template
/// arguments; a `*` matches any run of characters but `::`, a `**` any run. A class' members are also
/// found on its subclasses, since a call names the class that declares the member.
struct Matcher {
  std::vector<std::string> names; ///< Any of them.
  std::vector<std::string> parameters; ///< Canonical or spelled types of the first parameters; "*" = any.
  std::vector<std::string> subtypeOf;  ///< The method's class derives from one of these (or is one).
  std::vector<std::string> returns;    ///< Globs: its result's class or canonical type is one of these.
  std::optional<unsigned> arity;
  std::vector<std::string> exceptNames; ///< Never these (globs), nor overriders with such names.
  bool isMacro = false;                 ///< Matches the expansion of a macro of that name.
  bool isField = false;                 ///< Names a data member; its assignment is meant.
};

/// Of a library: from the first (inclusive) to the last (exclusive). An empty list is no limit on that side.
struct VersionRange {
  std::vector<unsigned> from, to;
};

/// What every row of a pack has. Rows are told apart by `<pack>/<id>`, by which other packs replace them.
struct Row {
  std::string pack;     ///< Its name.
  std::string id;       ///< The first name it matches unless the pack says otherwise; then several may share it.
  std::string replaces; ///< `<pack>/<id>` of an earlier pack, whose rows of that id count no more.
  VersionRange versions; ///< Of the library; it means nothing to others.
  std::string unproven;  ///< Why the headers that the pack is proven on do not show it.
  Matcher match;
  Origin origin;

  /// What users name it by: `curl/curl_easy_perform`.
  std::string fullId() const { return pack + "/" + id; }
};

enum class Unit : uint8_t {
  None, Nanoseconds, Microseconds, Milliseconds, Seconds, Minutes, Count,
  Chrono, Timeval, Timespec, ///< The type says it.
};

/// Which values of a limit mean "no limit".
struct Infinite {
  bool zero = false, negative = false, null = false;
  std::vector<std::string> names; ///< Enumerators, constants or calls, qualified.
};

/// A value that limits something.
struct Amount {
  Place from;
  Unit unit = Unit::None;
  Infinite infinite;
  bool isAddress = false; ///< `from` is a pointer to the value.
};

/// An additional condition on a call: an argument is (one of) a named constant, or a literal. Of a row's
/// `when` all must hold; of its `unless` one is enough.
struct ArgumentIs {
  Place place;
  std::vector<std::string> anyOf; ///< Enumerators or macros by name; string literals; integers.
  bool hasFlag = false;  ///< The name is one of the flags or-ed together.
  bool isPrefix = false; ///< The text begins with one of them, whatever its case: `GET %s`.
};

} // namespace opex::rules
