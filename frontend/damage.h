// What errors cost the project: broken code of its own, and code of libraries that it uses and that did
// not compile. A broken expression in a body costs one call: the tree keeps what it mentions.
#pragma once

#include "clang/Basic/SourceLocation.h"

#include <vector>

namespace clang {
class ASTContext;
}

namespace opex {

class SourceFiles;

struct Damage {
  bool isInProject = false; ///< An error of the project cost more than single expressions in bodies.

  /// Code of the project that needs, if need be through other code, something outside that an error broke.
  struct Loss {
    clang::SourceLocation use;   ///< In the project; one of its uses.
    clang::SourceLocation error; ///< Outside: one of `errors`.
  };
  std::vector<Loss> losses; ///< One for each broken declaration that is used.
};

/// Where errors are, by file location.
struct ErrorPlaces {
  std::vector<clang::SourceLocation> inside, outside; ///< Of the project.
};

/// Looks for what the errors broke: outside the innermost functions, classes and variables around them,
/// instantiations included, inside the expressions that stand in for broken ones. Linear in the size of the
/// tree but for sorting.
Damage damageOf(SourceFiles &files, clang::ASTContext &context, const ErrorPlaces &errors);

} // namespace opex
