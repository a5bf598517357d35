// Comments around a handler: which of them give a reason, and which admit that the handler is unfinished.
// Knows words, not code: what the handler does is analysis/handlers/handlers.h; which comments are whose is
// handler_comments.cpp. New filler or explaining words are one entry in the tables of reasons.cpp.
#pragma once

#include "model/program.h"

#include <string>

namespace opex {

/// What the text of one comment amounts to.
struct CommentReading {
  /// Words that inform: filler ("the", "just"), words that only name the situation ("ignore", "exception"),
  /// directives of tools and commented-out code do not count; words that explain count twice.
  unsigned words = 0;
  bool speaksOfFailure = false;  ///< Of errors, exceptions, of ignoring them.
  bool explains = false;         ///< That, or says why something may be ignored.
  bool claimsImpossible = false; ///< "cannot happen", "never reached".
  std::string mark;              ///< "TODO", "FIXME", "not implemented"; empty if it is none.
  bool wantsWording = false;     ///< What is marked is how the failure is told: "FIXME: wrap errors".
  bool remarks = false;          ///< The mark stands before an explanation: "HACK: the driver throws because …".
};

CommentReading readComment(llvm::StringRef text);

/// A message that says nothing but that the work is not done: "not implemented", "TODO: tell the user".
bool admitsUnfinished(llvm::StringRef message);

/// A log text that says what becomes of the operation: it is retried, skipped, ignored on purpose. As good
/// as a comment.
bool statesDecision(llvm::StringRef message);

/// The comments that belong to one handler.
struct HandlerComments {
  bool isCommented = false; ///< A comment stands between its braces.
  unsigned words = 0;       ///< See CommentReading; of all comments that may state its reason, together.
  /// Words of a comment above the `try` that does not speak of failure: perhaps the reason, perhaps only
  /// what the `try` is for.
  unsigned vagueWords = 0;
  bool claimsImpossible = false; ///< Some comment of the handler claims it.
  std::string reason;            ///< What the author gave as the reason, on one line.
  std::string mark;              ///< Of the first comment of the handler that has one.
  bool wantsWording = false;     ///< As in the CommentReading of the mark.
  bool remarks = false;
  Site markSite;
};

/// `mayThrow` are the calls of the try that may throw, the likeliest first.
HandlerComments commentsOf(const LinkedFunction &function, Index<Handler> handler,
                           llvm::ArrayRef<Index<Call>> mayThrow);

} // namespace opex
