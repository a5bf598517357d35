// What errors cost the project: broken code of its own, and code of libraries that it uses and that did
// not compile.
#pragma once

#include "clang/Basic/SourceLocation.h"

#include <vector>

namespace clang {
class ASTContext;
}

namespace opex {

class SourceFiles;

struct Damage {
  bool isInProject = false; ///< A declaration or an expression of the project carries an error.

  /// Code of the project that needs, if need be through other code, something outside that an error broke.
  struct Loss {
    clang::SourceLocation use;   ///< In the project; one of its uses.
    clang::SourceLocation error; ///< Outside: one of `errors`.
  };
  std::vector<Loss> losses; ///< One for each broken declaration that is used.
};

/// Looks for what the errors at `errors` (file locations outside the project) broke: the innermost
/// functions, classes and variables around them, instantiations included. Linear in the size of the tree.
Damage damageOf(SourceFiles &files, clang::ASTContext &context,
                const std::vector<clang::SourceLocation> &errors);

} // namespace opex
