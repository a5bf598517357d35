// The second half of reasons.h: which comments belong to a handler, by where they stand.
#include "analysis/handlers/reasons.h"
#include "analysis/body/region.h"

#include "llvm/ADT/STLExtras.h"

#include <set>
#include <vector>

namespace opex {
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
      result_.wantsWording = reading.wantsWording;
      result_.remarks = reading.remarks;
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
    return text.ltrim(" \t*!/").starts_with_insensitive("if ") &&
           llvm::any_of(body_.exits, [&](const Exit &exit) {
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

  /// Nothing at all stands on it.
  bool isEmptyLine(uint32_t line) const {
    return !hasCodeOn(line) && !hasCommentOn(line) && llvm::none_of(body_.blocks, [&](const Block &block) {
      return block.site.file == owner_.site.file && (block.site.line == line || block.site.endLine == line);
    });
  }

  void addAboveTry() {
    std::string text = textAbove(owner_.site);
    if (text.empty() && isEmptyLine(owner_.site.line - 1)) {
      Site apart = owner_.site;
      --apart.line;
      text = textAbove(apart);
    }
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
    static constexpr llvm::StringLiteral kEndsHere[] = {"catch",   "ignor",       "silent",
                                                        "swallow", "best effort", "best-effort"};
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
