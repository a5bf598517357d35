#include "analysis/reasons.h"

#include "analysis/region.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <set>
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
  static constexpr llvm::StringLiteral kKeywords[] = {"return", "const",  "static", "auto", "unsigned", "delete",
                                                      "throw",  "struct", "extern", "goto", "typedef",  "using"};
  llvm::SmallVector<llvm::StringRef, 16> words;
  line.split(words, ' ', -1, /*KeepEmpty=*/false);
  return words.size() >= 3 && !contains(kKeywords, words.front()) && llvm::all_of(words, [](llvm::StringRef word) {
           word.consume_back(",");
           return !word.empty() && llvm::all_of(word, [](char c) { return llvm::isAlnum(c) || c == '\'' || c == '-'; });
         });
}

/// One statement or part of one, and no prose: it ends as code does, or is a call and nothing else.
bool isCode(llvm::StringRef line) {
  line = line.trim(" \t*/");
  if (line.empty())
    return false;
  if ((line.ends_with(";") && !isProse(line.drop_back())) || line.ends_with("{") || line == "}" || line.starts_with("#") ||
      line.starts_with("}"))
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
  for (const std::string &word : wordsOf(prose)) {
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

bool statesDecision(llvm::StringRef message) {
  static constexpr llvm::StringLiteral kStems[] = {"ignor",   "retry",   "retri",      "fallback",
                                                   "falling", "skip",    "continuing", "proceed",
                                                   "anyway",  "instead", "harmless"};
  std::vector<std::string> words = wordsOf(message.lower());
  auto has = [&](llvm::StringRef word) { return llvm::is_contained(words, word); };
  return llvm::any_of(words,
                      [&](llvm::StringRef word) {
                        return llvm::any_of(kStems,
                                            [&](llvm::StringRef stem) { return word.starts_with(stem); });
                      }) ||
         ((has("try") || has("trying")) && has("again")) ||
         ((has("using") || has("use")) && (has("default") || has("defaults")));
}

namespace {

/// Collects what the comments of one handler say.
class Collector {
public:
  Collector(const LinkedFunction &function, Index<Handler> index, llvm::ArrayRef<Index<Call>> mayThrow)
      : body_(*function.body), handler_(body_[index]), owner_(body_[handler_.owner]),
        file_((*function.unit)[handler_.site.file]), mayThrow_(mayThrow) {}

  HandlerComments collect() {
    const Site &braces = body_[handler_.body].site;
    const uint32_t begin = endOfPrevious(), end = braces.offset + braces.length;
    addInTry();
    for (const Comment &comment : file_.comments) {
      if (comment.offset >= begin && comment.offset < end)
        addOwn(comment, comment.offset >= braces.offset);
      else if (comment.offset >= end && isDirectlyAfter(comment, braces.endLine))
        addAfter(comment);
      else if (comment.offset < owner_.site.offset)
        addNearby(comment);
      else if (isInTry(comment) && speaksOfFailure(comment) && !read_.contains(comment.offset))
        addReason(comment.text, readComment(comment.text));
    }
    addAboveTry();
    addAboveFunction();
    return std::move(result_);
  }

private:
  /// Where the braces before this `catch` end, in bytes: comments between them and it are its own.
  uint32_t endOfPrevious() const {
    Index<Block> previous = owner_.body;
    for (Index<Handler> sibling : owner_.handlers) {
      if (body_[sibling].site.offset >= handler_.site.offset)
        break;
      previous = body_[sibling].body;
    }
    const Site &site = body_[previous].site;
    uint32_t end = site.offset + site.length;
    // A function-try-block's body, or code from a macro, may not stand before the handler.
    return end <= handler_.site.offset ? end : handler_.site.offset;
  }

  void addOwn(const Comment &comment, bool isInside) {
    CommentReading reading = readComment(comment.text);
    result_.isCommented |= isInside;
    result_.claimsImpossible |= reading.claimsImpossible;
    if (!reading.mark.empty() && result_.mark.empty()) {
      result_.mark = reading.mark;
      result_.markSite = siteOf(comment);
    }
    addReason(comment.text, reading);
  }

  void addAfter(const Comment &comment) {
    CommentReading reading = readComment(comment.text);
    result_.claimsImpossible |= reading.claimsImpossible;
    addReason(comment.text, reading);
  }

  void addReason(llvm::StringRef text, const CommentReading &reading) {
    result_.words += reading.words;
    if (!reading.words)
      return;
    if (!result_.reason.empty())
      result_.reason += ' ';
    for (char c : text)
      result_.reason += c == '\n' ? ' ' : c;
  }

  Site siteOf(const Comment &comment) const {
    Site site = handler_.site;
    site.expansion = {};
    site.line = comment.line;
    site.column = comment.column;
    site.offset = comment.offset;
    // One short line: the comment's mark and first word are enough to point at.
    site.length = 2;
    site.endLine = comment.line;
    site.endColumn = comment.column + site.length;
    return site;
  }

  /// Beside the closing brace, or alone on the next line with nothing that it could belong to below it.
  bool isDirectlyAfter(const Comment &comment, uint32_t line) const {
    if (comment.line == line)
      return true;
    return comment.isAlone && comment.line == line + 1 && !hasCodeOn(comment.endLine + 1) &&
           !hasCommentOn(comment.endLine + 1);
  }

  bool hasCodeOn(uint32_t line) const {
    auto found =
        llvm::lower_bound(file_.lines, line, [](const SourceLine &l, uint32_t n) { return l.number < n; });
    return found != file_.lines.end() && found->number == line;
  }

  bool hasCommentOn(uint32_t line) const {
    return llvm::any_of(file_.comments, [&](const Comment &c) { return c.line == line; });
  }

  /// A comment further up in the function that speaks of exceptions may mean this handler.
  void addNearby(const Comment &comment) {
    constexpr uint32_t kLines = 25;
    bool isNear = comment.line + kLines >= owner_.site.line && comment.offset > body_.extent.offset;
    std::string lower = isNear ? comment.text.lower() : std::string();
    if (llvm::StringRef(lower).contains("exception") || llvm::StringRef(lower).contains("throw"))
      result_.vagueWords += readComment(comment.text).words;
  }

  bool isInTry(const Comment &comment) const {
    const Site &site = body_[owner_.body].site;
    return comment.offset > site.offset && comment.offset < site.offset + site.length &&
           !isInNestedTry(comment);
  }

  bool isInNestedTry(const Comment &comment) const {
    return llvm::any_of(body_.tries, [&](const Try &other) {
      return other.site.offset > owner_.site.offset && comment.offset > other.site.offset;
    });
  }

  /// In a long try a comment on failures may mean any of many calls.
  bool isShortTry() const {
    constexpr uint32_t kShortLines = 12;
    const Site &site = body_[owner_.body].site;
    return site.endLine - site.line <= kShortLines;
  }

  bool speaksOfFailure(const Comment &comment) const {
    CommentReading reading = readComment(comment.text);
    return reading.speaksOfFailure && reading.words > 1 && isShortTry();
  }

  /// At the head of the try, and directly above the statement that most likely throws.
  void addInTry() {
    if (!isShortTry())
      return;
    std::set<uint32_t> lines = {lineOfFirst()};
    if (!mayThrow_.empty())
      lines.insert(body_[mayThrow_.front()].extent.line);
    for (uint32_t line : lines) {
      Site at = body_[owner_.body].site;
      at.line = line;
      at.offset += at.length;
      std::vector<const Comment *> above = commentsAbove(at);
      if (above.empty() || !llvm::all_of(above, [&](const Comment *c) { return isInTry(*c); }))
        continue;
      std::string text = joined(above);
      CommentReading reading = readComment(text);
      if (!reading.explains && !statesCondition(text))
        continue;
      addReason(text, reading);
      for (const Comment *comment : above)
        read_.insert(comment->offset);
    }
  }

  uint32_t lineOfFirst() const {
    const Site &site = body_[owner_.body].site;
    auto first = llvm::upper_bound(file_.lines, site.line,
                                   [](uint32_t line, const SourceLine &l) { return line < l.number; });
    return first == file_.lines.end() || first->number > site.endLine ? site.line : first->number;
  }

  /// "If it can be read as a number, …": the try asks a question, returns if the answer is yes, and what
  /// follows is for the other answer.
  bool statesCondition(llvm::StringRef text) const {
    std::vector<std::string> words = wordsOf(text.lower());
    return !words.empty() && words.front() == "if" && llvm::any_of(body_.exits, [&](const Exit &exit) {
             return exit.kind == ExitKind::Return && isIn(body_, exit.block, owner_.body);
           });
  }

  /// The comment that ends on the line before `site`, with the `//` lines above that it continues.
  std::vector<const Comment *> commentsAbove(const Site &site) const {
    uint32_t line = site.line;
    std::vector<const Comment *> found;
    for (auto comment = file_.comments.rbegin(); comment != file_.comments.rend(); ++comment) {
      if (comment->offset >= site.offset || comment->line >= line)
        continue;
      if (comment->endLine + 1 != line || !comment->isAlone)
        break;
      found.insert(found.begin(), &*comment);
      line = comment->line;
    }
    return found;
  }

  static std::string joined(llvm::ArrayRef<const Comment *> comments) {
    std::string text;
    for (const Comment *comment : comments)
      text += (text.empty() ? "" : "\n") + comment->text.str();
    return text;
  }

  std::string textAbove(const Site &site) const { return joined(commentsAbove(site)); }

  void addAboveTry() {
    std::string text = textAbove(owner_.site);
    CommentReading reading = readComment(text);
    if (reading.explains)
      addReason(text, reading);
    else
      result_.vagueWords += reading.words;
  }

  /// The comment on the whole function gives the reason when it says that failures end here; most say
  /// which failures leave.
  void addAboveFunction() {
    std::string text = textAbove(body_.extent);
    std::string lower = llvm::StringRef(text).lower();
    static constexpr llvm::StringLiteral kEndsHere[] = {"catch", "ignor", "silent", "swallow", "best effort", "best-effort"};
    if (llvm::any_of(kEndsHere, [&](llvm::StringRef word) { return llvm::StringRef(lower).contains(word); }))
      addReason(text, readComment(text));
  }

  const Function &body_;
  const Handler &handler_;
  const Try &owner_;
  const File &file_;
  llvm::ArrayRef<Index<Call>> mayThrow_;
  std::set<uint32_t> read_; ///< Comments that count already, by their offsets.
  HandlerComments result_;
};

} // namespace

HandlerComments commentsOf(const LinkedFunction &function, Index<Handler> handler,
                           llvm::ArrayRef<Index<Call>> mayThrow) {
  const Handler &found = (*function.body)[handler];
  if (!found.site.file || !found.owner || !found.body)
    return {};
  return Collector(function, handler, mayThrow).collect();
}

} // namespace opex
