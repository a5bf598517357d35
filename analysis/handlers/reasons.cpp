#include "analysis/handlers/reasons.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <vector>

namespace opex {
namespace {

/// Words that carry no information about why a failure may be dropped.
constexpr llvm::StringLiteral kFiller[] = {
    "a",          "all",        "an",           "and",       "any",         "anything",
    "are",        "as",         "at",           "be",        "been",        "being",
    "block",      "but",        "by",           "carry",     "catch",       "catching",
    "caught",     "continue",   "deliberately", "discard",   "do",          "does",
    "doing",      "drop",       "dropped",      "eat",       "either",      "else",
    "empty",      "error",      "errors",       "etc",       "everything",  "exception",
    "exceptions", "fall",       "for",          "from",      "go",          "handle",
    "handled",    "handler",    "handling",     "here",      "i",           "ignore",
    "ignored",    "ignores",    "ignoring",     "in",        "intentional", "intentionally",
    "into",       "is",         "it",           "its",       "just",        "log",
    "mask",       "move",       "no",           "noop",      "nop",         "nothing",
    "of",         "on",         "only",         "op",        "or",          "other",
    "others",     "our",        "pass",         "please",    "proceed",     "purpose",
    "purposely",  "return",     "silence",      "silenced",  "silent",      "silently",
    "simply",     "skip",       "skipped",      "so",        "some",        "something",
    "suppress",   "suppressed", "swallow",      "swallowed", "that",        "the",
    "them",       "then",       "there",        "these",     "this",        "those",
    "through",    "thrown",     "to",           "try",       "unused",      "was",
    "we",         "were",       "whatever",     "with",      "you",
};

/// Words that by their nature explain, and so count twice.
constexpr llvm::StringLiteral kExplaining[] = {
    "acceptable", "already",   "although", "anyway",   "because",  "benign",     "best",
    "cannot",     "expected",  "fatal",    "fine",     "harmless", "irrelevant", "legitimate",
    "must",       "non-fatal", "nonfatal", "normal",   "ok",       "okay",       "optional",
    "otherwise",  "safe",      "safely",   "shutdown", "since",    "unless",     "unlikely",
};

/// Words that tell that a comment speaks of failure, wherever it stands.
constexpr llvm::StringLiteral kFailure[] = {
    "best",    "best-effort", "error",   "errors",   "exception", "exceptions", "fail",
    "failed",  "failing",     "fails",   "failure",  "failures",  "ignore",     "ignored",
    "ignores", "ignoring",    "swallow", "swallows", "throw",     "throwing",   "throws",
};

/// Words in which people complain of exceptions as such.
constexpr llvm::StringLiteral kOpinion[] = {
    "avoid",    "awful",    "bad",      "c",     "cpp",    "don't", "ever",   "evil",
    "hate",     "horrible", "language", "never", "really", "slow",  "stupid", "suck",
    "terrible", "sucks",    "they",     "ugly",  "use",    "using", "why",
};

/// Phrases that say under which condition something is done or holds.
constexpr llvm::StringLiteral kConditions[] = {
    "only if", "only when", "if possible", "if any",  "if it exists",    "if there is", "may not",
    "might",   "may be",    "may have",    "whether", "in the meantime", "if it is",    "if they are",
};

/// What a message is made of, and how it is made better.
constexpr llvm::StringLiteral kWording[] = {
    "backtrace", "context",   "details", "format",   "formatting", "localize", "locale",    "logger",
    "logging",   "macro",     "message", "messages", "msg",        "nicer",    "prefix",    "pretty",
    "reword",    "severity",  "spdlog",  "style",    "text",       "trace",    "translate", "translation",
    "verbose",   "verbosity", "wording", "wrap",     "wrapper",
};

/// What a handler does about a failure, besides wording it.
constexpr llvm::StringLiteral kDealing[] = {
    "abort",  "clean",   "cleanup", "close",     "crash",     "count",     "exit",     "fail",
    "handle", "how",     "notify",  "now",       "propagate", "reconnect", "recover",  "report",
    "resend", "restart", "rethrow", "retry",     "return",    "roll",      "rollback", "send",
    "should", "stop",    "tell",    "terminate", "throw",     "undo",      "what",
};

/// Claims that a failure is impossible, as they are worded; compared with the comment in lower case.
constexpr llvm::StringLiteral kImpossible[] = {
    "can not happen",   "can never happen", "can't happen",    "cannot happen",   "cannot occur",
    "can't occur",      "could not happen", "impossible",      "must not happen", "never happen",
    "never occur",      "never reach",      "not reachable",   "not reached",     "should not happen",
    "should not occur", "shouldn't happen", "shouldn't occur", "won't happen",    "will not happen",
    "unreachable",
};

/// How comments to tools begin; compared in lower case.
constexpr llvm::StringLiteral kDirectives[] = {
    "nolint",    "nosonar",     "noqa",         "clang-format", "clang-tidy", "cppcheck",   "coverity",
    "pvs",       "-v::",        "lcov_",        "gcov",         "gcovr",      "lint",       "iwyu",
    "opex:",     "fallthrough", "fall through", "fall-through", "copyright",  "spdx",       "codeql",
    "lgtm",      "vim:",        "-*-",          "sonar",        "suppress(",  "flawfinder", "parasoft",
    "polyspace", "kics",        "uncrustify",   "codechecker",  "klocwork",
};

bool contains(llvm::ArrayRef<llvm::StringLiteral> words, llvm::StringRef word) {
  return llvm::is_contained(words, word);
}

bool isDirective(llvm::StringRef line) {
  std::string lower = line.ltrim(" \t*!/<@\\").lower();
  return llvm::any_of(kDirectives, [&](llvm::StringRef d) { return llvm::StringRef(lower).starts_with(d); });
}

/// Three words or more and nothing of what holds code together: "keep default 1e5".
bool isProse(llvm::StringRef line) {
  static constexpr llvm::StringLiteral kKeywords[] = {"return",   "const",  "static",  "auto",
                                                      "unsigned", "delete", "throw",   "struct",
                                                      "extern",   "goto",   "typedef", "using"};
  llvm::SmallVector<llvm::StringRef, 16> words;
  line.split(words, ' ', -1, /*KeepEmpty=*/false);
  return words.size() >= 3 && !contains(kKeywords, words.front()) &&
         llvm::all_of(words, [](llvm::StringRef word) {
           word.consume_back(",");
           return !word.empty() &&
                  llvm::all_of(word, [](char c) { return llvm::isAlnum(c) || c == '\'' || c == '-'; });
         });
}

/// One statement or part of one, and no prose: it ends as code does, or is a call and nothing else.
bool isCode(llvm::StringRef line) {
  line = line.trim(" \t*/");
  if (line.empty())
    return false;
  if ((line.ends_with(";") && !isProse(line.drop_back())) || line.ends_with("{") || line == "}" ||
      line.starts_with("#") || line.starts_with("}"))
    return true;
  size_t open = line.find('(');
  if (open == llvm::StringRef::npos || !line.ends_with(")") || open == 0)
    return false;
  llvm::StringRef callee = line.take_front(open);
  return llvm::all_of(callee,
                      [](char c) { return llvm::isAlnum(c) || llvm::StringRef("_:.->").contains(c); });
}

/// Letters, digits and what holds a word together; in lower case.
std::vector<std::string> wordsOf(llvm::StringRef line) {
  std::vector<std::string> words;
  std::string word;
  auto finish = [&] {
    llvm::StringRef trimmed = llvm::StringRef(word).trim("'-");
    if (llvm::any_of(trimmed, [](char c) { return llvm::isAlpha(c) || (c & 0x80); }))
      words.push_back(trimmed.lower());
    word.clear();
  };
  for (char c : line)
    if (llvm::isAlnum(c) || c == '_' || c == '\'' || c == '-' || (c & 0x80))
      word += c;
    else
      finish();
  finish();
  return words;
}

/// The marks by which people find unfinished work. Plain words of prose ("hack", "todo list") need the
/// capitals that make them marks.
llvm::StringRef markIn(llvm::StringRef text) {
  for (llvm::StringRef mark : {"TODO", "FIXME", "XXX", "HACK"}) {
    for (size_t at = text.find(mark); at != llvm::StringRef::npos; at = text.find(mark, at + 1)) {
      bool begins = at == 0 || !(llvm::isAlnum(text[at - 1]) || text[at - 1] == '_');
      size_t end = at + mark.size();
      bool ends = end == text.size() || !(llvm::isAlnum(text[end]) || text[end] == '_');
      if (begins && ends)
        return mark;
    }
  }
  std::string lower = text.lower();
  llvm::StringRef start = llvm::StringRef(lower).ltrim(" \t*!/<@\\");
  if (start.starts_with("todo:") || start.starts_with("todo(") ||
      text.ltrim("*!/< \t").starts_with("@todo") || text.ltrim("*!/< \t").starts_with("\\todo") ||
      start == "todo")
    return "TODO";
  if (start.starts_with("fixme"))
    return "FIXME";
  return {};
}

/// "not implemented" is a mark where it is the whole message; in prose it may well be the reason.
llvm::StringRef unimplementedIn(llvm::StringRef text, unsigned otherWords) {
  if (otherWords > 4)
    return {};
  std::string lower = text.lower();
  for (llvm::StringRef phrase : {"not implemented", "not yet implemented", "unimplemented", "implement me"})
    if (llvm::StringRef(lower).contains(phrase))
      return phrase;
  return {};
}

/// "C++ exceptions are terrible": a remark on exceptions as such, which says nothing about this one.
bool isOpinion(llvm::ArrayRef<std::string> words) {
  return llvm::is_contained(words, "exceptions") &&
         llvm::any_of(words, [](llvm::StringRef word) { return contains(kOpinion, word); }) &&
         llvm::all_of(
             words, [](llvm::StringRef word) { return contains(kOpinion, word) || contains(kFiller, word); });
}

/// What the mark of unfinished work is about.
void readMark(llvm::ArrayRef<std::string> words, llvm::StringRef prose, CommentReading &reading) {
  auto has = [&](llvm::ArrayRef<llvm::StringLiteral> list) {
    return llvm::any_of(words, [&](llvm::StringRef word) { return contains(list, word); });
  };
  if (reading.mark.empty() || has(kDealing))
    return;
  reading.wantsWording = has(kWording);
  bool explains = has(kExplaining) ||
                  llvm::any_of(kConditions, [&](llvm::StringRef phrase) { return prose.contains(phrase); });
  reading.remarks = explains && (reading.mark == "XXX" || reading.mark == "HACK");
}

} // namespace

CommentReading readComment(llvm::StringRef text) {
  CommentReading reading;
  reading.mark = markIn(text);
  std::string lower = text.lower();
  std::string prose;
  for (llvm::StringRef line : llvm::split(lower, '\n'))
    if (!isDirective(line) && !isCode(line))
      prose += line.str() + '\n';
  for (llvm::StringRef phrase : kImpossible)
    for (size_t at = prose.find(phrase.str()); at != std::string::npos; at = prose.find(phrase.str())) {
      reading.claimsImpossible = true;
      prose.erase(at, phrase.size());
    }
  reading.explains = reading.mark.empty() && llvm::any_of(kConditions, [&](llvm::StringRef phrase) {
                       return llvm::StringRef(prose).contains(phrase);
                     });
  const std::vector<std::string> words = wordsOf(prose);
  if (isOpinion(words))
    return reading;
  readMark(words, prose, reading);
  for (const std::string &word : words) {
    reading.speaksOfFailure |= contains(kFailure, word);
    reading.explains |= contains(kExplaining, word) || contains(kFailure, word);
    if (llvm::StringRef(word).starts_with("todo") || word == "fixme" || word == "xxx" || word == "hack")
      continue;
    if (word == "best-effort")
      reading.words += 3;
    else if (contains(kExplaining, word) || word == "not")
      reading.words += 2;
    else if (!contains(kFiller, word) && !(reading.claimsImpossible && word == "should"))
      reading.words += 1;
  }
  if (reading.mark.empty())
    reading.mark = unimplementedIn(text, reading.words);
  return reading;
}

bool admitsUnfinished(llvm::StringRef message) {
  message = message.trim(" .!:\n");
  return message.starts_with("TODO") || message.starts_with("FIXME") ||
         message.equals_insensitive("not implemented") || message.equals_insensitive("unimplemented") ||
         message.equals_insensitive("not yet implemented");
}

/// "will retry", "retry in 5 s": what is done now. Elsewhere the word names what failed: "could not set
/// retry".
static bool announcesRetry(llvm::ArrayRef<std::string> words) {
  static constexpr llvm::StringLiteral kBefore[] = {"will", "shall", "and", "then",
                                                    "we",   "must",  "ll",  "going"};
  static constexpr llvm::StringLiteral kAfter[] = {"in",    "later", "after", "next", "with", "once",
                                                   "until", "when",  "from",  "soon", "it"};
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] != "retry" && words[i] != "re-try")
      continue;
    if (i == 0 || contains(kBefore, words[i - 1]) || (i + 1 < words.size() && contains(kAfter, words[i + 1])))
      return true;
  }
  return false;
}

bool statesDecision(llvm::StringRef message) {
  static constexpr llvm::StringLiteral kStems[] = {"ignor",   "retrying", "retri",      "fallback",
                                                   "falling", "skip",     "continuing", "proceed",
                                                   "anyway",  "instead",  "harmless"};
  std::vector<std::string> words = wordsOf(message.lower());
  auto has = [&](llvm::StringRef word) { return llvm::is_contained(words, word); };
  return llvm::any_of(words,
                      [&](llvm::StringRef word) {
                        return llvm::any_of(kStems,
                                            [&](llvm::StringRef stem) { return word.starts_with(stem); });
                      }) ||
         announcesRetry(words) || ((has("try") || has("trying")) && has("again")) ||
         ((has("using") || has("use")) && (has("default") || has("defaults")));
}

} // namespace opex
