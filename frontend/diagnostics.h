// Compiler errors on their way to notices: collected while parsing, placed and judged once the tree is
// there. Text from outside the project does not get through.
#pragma once

#include "frontend/extraction.h"

#include "clang/Basic/Diagnostic.h"

namespace clang {
class CompilerInstance;
}

namespace opex {

/// Keeps errors, and nothing that a warning option could turn into an error.
class ErrorCollector : public clang::DiagnosticConsumer {
public:
  struct Error {
    clang::SourceLocation where;
    bool isMissingFile = false; ///< An include found no file.
    std::string message;
    std::string withoutText; ///< The message with "…" for everything that came from the source.
  };

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic &diagnostic) override;

  const std::vector<Error> &errors() const { return errors_; }
  void forget() { errors_.clear(); }

  /// Errors about the command, which have no place, as notices of `facts`; whether there were any.
  bool reportUnplaced(TuFacts &facts, const ProjectScope &scope) const;

  /// Errors in files as notices of `facts`; sets `facts.status` by what they cost. Needs the finished tree.
  void report(TuFacts &facts, const ProjectScope &scope, clang::CompilerInstance &compiler) const;

private:
  std::vector<Error> errors_;
};

/// A diagnostic's format with "…" in place of its arguments.
std::string formatWithoutArguments(llvm::StringRef format);

} // namespace opex
