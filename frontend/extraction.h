// From one parsed translation unit to its facts: the seam between running Clang (parse.h) and reducing
// its tree (skeleton*, types, entity, comments). Owns the decision what belongs to the project.
// To record more about a body see model/body.h; this header only grows when parsing itself must change.
#pragma once

#include "model/facts.h"

#include <memory>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class CompilerInstance;
class Decl;
} // namespace clang

namespace opex {

struct LookFor;
class PrefixWatch;

/// Which files belong to the project: those under `root` that are not below an excluded directory and
/// that the compiler does not take for system headers.
struct ProjectScope {
  std::string root;                 ///< Absolute, symbolic links resolved.
  std::vector<std::string> exclude; ///< Absolute prefixes (directories or files) taken as foreign.
};

/// True if `absoluteRealPath` lies under the root and under no excluded prefix.
bool inProject(const ProjectScope &scope, llvm::StringRef absoluteRealPath);

/// Records one TU into `facts`. Create it before preprocessing starts, attach it, and run it on the
/// finished tree; `scope` and `facts` must outlive it. It never fails: what cannot be modelled is left
/// Unknown, and reporting compiler errors is the caller's business.
class Extraction {
public:
  /// `watch`, if not null, watches over the shared prefix that the TU is parsed behind.
  Extraction(const ProjectScope &scope, TuFacts &facts, PrefixWatch *watch = nullptr);
  ~Extraction();
  Extraction(const Extraction &) = delete;
  Extraction &operator=(const Extraction &) = delete;

  /// Listens to macro expansions and skipped ranges. Call it before the first token is read.
  void attach(clang::CompilerInstance &compiler);

  /// False for bodies that no fact can come from, so that the parser may skip them: those of foreign
  /// files, unless the language needs the body (constexpr, deduced return type).
  bool wantsBody(const clang::Decl *decl) const;

  /// Fills files, expansions, types, declarations, records, enumerations, functions and what of `lookFor` there is. False
  /// if the facts would not be those of the TU without its shared prefix.
  bool run(clang::ASTContext &context, const LookFor &lookFor);

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace opex
