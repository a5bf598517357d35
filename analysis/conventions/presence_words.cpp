#include "analysis/conventions/presence_words.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace opex {
namespace {

/// `PGRES_TUPLES_OK`, `isNotFound` and `kCacheMiss` as lower-case words.
llvm::SmallVector<std::string, 6> wordsOf(llvm::StringRef name) {
  llvm::SmallVector<std::string, 6> words;
  bool wasLower = false;
  for (char c : name) {
    if (!llvm::isAlnum(c)) {
      wasLower = false;
      words.emplace_back();
      continue;
    }
    if (words.empty() || (wasLower && llvm::isUpper(c)))
      words.emplace_back();
    wasLower = llvm::isLower(c);
    words.back() += llvm::toLower(c);
  }
  llvm::erase_if(words, [](const std::string &word) { return word.empty(); });
  return words;
}

bool hasWord(llvm::ArrayRef<std::string> words, const llvm::StringSet<> &set) {
  return llvm::any_of(words, [&](const std::string &word) { return set.contains(word); });
}

const llvm::StringSet<> &badWords() {
  static const llvm::StringSet<> words = {
      "absent", "bad",    "down",     "empty", "end",     "err",     "error",    "exhausted",   "expired",
      "fail",   "failed", "failure",  "fails", "invalid", "miss",    "missed",   "missing",     "nil",
      "none",   "not",    "notfound", "null",  "stale",   "timeout", "timedout", "unavailable", "unknown"};
  return words;
}

const llvm::StringSet<> &goodWords() {
  static const llvm::StringSet<> words = {"available", "contains", "exist",      "exists", "found",
                                          "good",      "has",      "have",       "hit",    "ok",
                                          "succeeded", "success",  "successful", "valid"};
  return words;
}

} // namespace

Presence join(Presence a, Presence b) {
  if (a == Presence::None || a == b)
    return b;
  return b == Presence::None ? a : Presence::Any;
}

Presence inverse(Presence presence) {
  switch (presence) {
  case Presence::None: return Presence::None;
  case Presence::Found: return Presence::Missing;
  case Presence::Missing: return Presence::Found;
  case Presence::Status:
  case Presence::Any: return Presence::Any;
  }
  llvm_unreachable("unknown presence");
}

Presence presenceInName(llvm::StringRef name) {
  llvm::SmallVector<std::string, 6> words = wordsOf(name);
  bool isNegated = hasWord(words, {"no", "without"});
  bool isBad = hasWord(words, badWords());
  if (isNegated)
    return isBad ? Presence::Found : Presence::Missing;
  if (isBad)
    return Presence::Missing;
  return hasWord(words, goodWords()) ? Presence::Found : Presence::None;
}

bool namesCount(llvm::StringRef name) {
  static const llvm::StringSet<> set = {"cnt",    "count", "elements", "len",    "length",
                                        "n",      "num",   "number",   "rows",   "size",
                                        "strlen", "total", "tuples",   "ntuples"};
  llvm::SmallVector<std::string, 6> words = wordsOf(name);
  return hasWord(words, set) || name.ends_with("tuples") || name.ends_with("rows");
}

bool namesInsertion(llvm::StringRef name) {
  static const llvm::StringSet<> set = {
      "push_back", "emplace_back", "push_front",       "emplace_front", "push", "emplace",
      "insert",    "append",       "insert_or_assign", "try_emplace",   "add",  "operator+="};
  return set.contains(name);
}

bool namesRemoval(llvm::StringRef name) {
  static const llvm::StringSet<> set = {"erase", "remove", "extract", "operator-="};
  return set.contains(name);
}

bool namesPassing(llvm::StringRef name) {
  static const llvm::StringSet<> set = {"addressof", "as_const",   "begin",   "c_str",     "data",
                                        "forward",   "front",      "get",     "lock",      "move",
                                        "operator*", "operator->", "release", "str",       "value",
                                        "cbegin",    "back",       "string",  "to_string", "make_pair"};
  return set.contains(name);
}

bool namesAlternative(llvm::StringRef name) {
  static const llvm::StringSet<> set = {"or_else",       "orElse",        "OrElse",
                                        "value_or_else", "value_or_eval", "valueOrElse"};
  return set.contains(name);
}

bool namesNothing(llvm::StringRef name) {
  static const llvm::StringSet<> set = {"end", "cend", "npos", "nullopt", "none"};
  return set.contains(name);
}

} // namespace opex
