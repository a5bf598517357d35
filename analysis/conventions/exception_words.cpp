#include "analysis/conventions/exception_words.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <string>

namespace opex {

bool isNamedLikeAnswer(llvm::StringRef exception) {
  static constexpr llvm::StringLiteral kSigns[] = {
      "notfound", "nosuch",    "notexist",  "doesnotexist", "notavailable", "notready",  "missing",  "absent",     "timeout",   "timedout",
      "eof",      "endof",     "canceled",  "cancelled",    "interrupt",    "stopped",   "shutdown", "incomplete", "needmore",  "moredata",
      "empty",    "wouldblock", "tryagain",  "alreadyexist", "duplicate", "closed",   "aborted",    "unknownkey"};
  std::string letters;
  for (char c : exception.substr(exception.rfind(':') + 1))
    if (llvm::isAlnum(c))
      letters += llvm::toLower(c);
  return llvm::any_of(kSigns, [&](llvm::StringRef sign) { return llvm::StringRef(letters).contains(sign); });
}

} // namespace opex
