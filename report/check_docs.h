// A check's documentation, made from its CheckInfo and its options: Markdown for docs/checks.md and
// rule help, plain text for terminals and viewers without Markdown. The text itself belongs to the check.
#pragma once

#include "model/check.h"
#include "rules/rules.h"

#include "llvm/ADT/ArrayRef.h"

#include <string>

namespace opex {

/// Title, summary, help, options table, practices and weaknesses of one check.
std::string renderCheckMarkdown(const Check &check, llvm::ArrayRef<rules::Practice> practices);

/// The page of all checks (docs/checks.md): an index table and then every check.
std::string renderChecksPage(llvm::ArrayRef<const Check *> checks, llvm::ArrayRef<rules::Practice> practices);

/// The same content as renderCheckMarkdown, for reading as it is.
std::string renderCheckText(const Check &check, llvm::ArrayRef<rules::Practice> practices);

/// The body of the section `heading` of a help text, or empty.
llvm::StringRef helpSection(llvm::StringRef help, llvm::StringRef heading);

/// Markdown as plain text: marks of headings, emphasis, code and links are taken away, fenced code is
/// indented, table rows are kept as they are.
std::string markdownToText(llvm::StringRef markdown);

/// The common name of a CWE entry ("Unchecked Error Condition"), or empty for one that no check uses.
llvm::StringRef cweName(unsigned id);

} // namespace opex
