#include "analysis/conventions/outcome_words.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace opex {
namespace {

using Words = llvm::ArrayRef<llvm::StringRef>;

bool hasAny(llvm::StringRef name, Words words) {
  return llvm::any_of(words, [&](llvm::StringRef word) { return name.contains_insensitive(word); });
}

bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }

/// A short word that stands by itself: "rc", "rc_", "last_rc", "rcOfLast", but not "circle".
bool isWordOf(llvm::StringRef name, llvm::StringRef word) {
  name = name.trim('_');
  if (name.equals_insensitive(word) || name.ends_with_insensitive(("_" + word).str()))
    return true;
  return name.starts_with(word) &&
         (name[word.size()] == '_' || isUpper(name[word.size()]) || llvm::isDigit(name[word.size()]));
}

} // namespace

bool isNamedLikeSuccess(llvm::StringRef name) {
  return name.equals_insensitive("ok") || name.ends_with_insensitive("_ok") || name.ends_with("Ok") ||
         name.ends_with("OK") || name.equals_insensitive("none") || name.equals_insensitive("good") ||
         name.ends_with_insensitive("_none") ||
         hasAny(name, {"success", "succeed", "noerror", "no_error", "isok", "is_ok"});
}

bool isNamedLikeFailure(llvm::StringRef name) {
  return name.equals_insensitive("bad") ||
         hasAny(name, {"fail", "error", "retry", "retri", "transient", "temporar", "again", "unavailable",
                       "timeout", "timedout", "timed_out", "overload", "invalid"});
}

bool isNamedLikeStatus(llvm::StringRef name) {
  static constexpr llvm::StringRef kShort[] = {"err", "res", "ret", "rc", "ok", "r", "ec", "errnum"};
  return hasAny(name, {"status", "code", "error", "result", "errno", "success", "fail"}) ||
         llvm::any_of(kShort, [&](llvm::StringRef word) { return isWordOf(name, word); });
}

bool isNamedLikeRestart(llvm::StringRef name) {
  if (name.starts_with("EAI_") || name == "TRY_AGAIN") // Of name servers, which have failed.
    return false;
  static constexpr llvm::StringRef kNumbers[] = {"EINTR", "EAGAIN", "EWOULDBLOCK", "EINPROGRESS", "EALREADY"};
  return llvm::any_of(kNumbers, [&](llvm::StringRef number) { return name.ends_with(number); }) ||
         hasAny(name, {"interrupted", "would_block", "wouldblock", "want_read", "want_write", "wantread",
                       "wantwrite", "try_again", "in_progress", "_again"});
}

bool isNamedLikeQuestion(llvm::StringRef name) {
  static constexpr llvm::StringRef kBegin[] = {"is",   "has", "can", "should", "needs", "was",   "are",
                                               "must", "may", "Is",  "Has",    "Can",   "Should"};
  auto asks = [&](llvm::StringRef word) {
    llvm::StringRef rest = name;
    return rest.consume_front(word) && (rest.empty() || rest.front() == '_' || isUpper(rest.front()));
  };
  return llvm::any_of(kBegin, asks) || hasAny(name, {"exists", "contains", "empty", "ready", "pending",
                                                     "finished", "running", "alive", "eof", "atend", "more"});
}

bool isErrorClass(const Type &type) { return hasAny(type.recordName, {"error", "errc"}); }

Sign signOf(const Type *type) {
  if (!type || type->kind == TypeClass::Enumeration)
    return Sign::Status;
  if (type->spelled.contains("ssize_t"))
    return Sign::Signed;
  return type->spelled.contains("size_t") ? Sign::Count : Sign::Status;
}

std::optional<bool> equalsConstant(bool isGood, const Type *type, int64_t constant, llvm::StringRef name) {
  if (!name.empty() && isNamedLikeSuccess(name))
    return isGood;
  Sign sign = signOf(type);
  if (constant == 0)
    return sign == Sign::Signed ? std::nullopt : std::optional(isGood == (sign == Sign::Status));
  if (constant < 0)
    return isGood ? std::optional(false) : constant == -1 ? std::optional(true) : std::nullopt;
  if (sign != Sign::Status) // `send(…) == 2`: all of it.
    return isGood;
  if (constant >= 200 && constant < 300) // HTTP.
    return isGood;
  if (constant >= 100 || !name.empty())
    return isGood ? std::optional(false) : std::nullopt;
  return std::nullopt;
}

} // namespace opex
