// Comments of a source file by raw lexing of its bytes, so that neither the preprocessor (skipped
// branches) nor a precompiled prefix can hide one. What a comment means is decided by the checks.
#pragma once

#include "model/facts.h"

namespace clang {
class LangOptions;
class SourceManager;
class FileID;
} // namespace clang

namespace opex {

/// All comments of `file` in order; their text is saved in `facts`.
std::vector<Comment> readComments(clang::FileID file, const clang::SourceManager &sources,
                                  const clang::LangOptions &language, TuFacts &facts);

/// The text of a comment token without its marks: line prefixes and leading asterisks removed, lines
/// trimmed and joined by '\n'.
std::string commentText(llvm::StringRef token);

} // namespace opex
