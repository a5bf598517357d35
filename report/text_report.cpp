#include "report/text_report.h"

#include "report/excerpt.h"
#include "report/notices.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Unicode.h"

#include <map>

namespace opex {
namespace {

constexpr size_t kMostUnjudged = 5;
constexpr size_t kNoticesPerUnit = 3; ///< One lost include tends to cause errors without number.

enum class Paint { Plain, Bold, Error, Warning, Note, Caret, Faint };

llvm::StringRef escapeCode(Paint paint) {
  switch (paint) {
  case Paint::Plain: return "";
  case Paint::Bold: return "\033[1m";
  case Paint::Error: return "\033[1;31m";
  case Paint::Warning: return "\033[1;35m";
  case Paint::Note: return "\033[1;36m";
  case Paint::Caret: return "\033[1;32m";
  case Paint::Faint: return "\033[2m";
  }
  llvm_unreachable("unknown paint");
}

Paint paintOf(Severity severity) {
  switch (severity) {
  case Severity::Note: return Paint::Note;
  case Severity::Warning: return Paint::Warning;
  case Severity::Error: return Paint::Error;
  }
  llvm_unreachable("unknown severity");
}

std::string counted(size_t count, llvm::StringRef noun) {
  return std::to_string(count) + " " + noun.str() + (count == 1 ? "" : "s");
}

class TextWriter {
public:
  TextWriter(const RunReport &report, const TextStyle &style, llvm::raw_ostream &out)
      : report_(report), style_(style), out_(out) {}

  void write() {
    for (const Finding &finding : report_.findings)
      block(finding);
    notices();
    if (!style_.quiet)
      summary();
  }

private:
  /// `text` is escaped here, so callers pass it as it is.
  void put(llvm::StringRef text, Paint paint = Paint::Plain) {
    bool isPainted = style_.useColor && paint != Paint::Plain;
    if (isPainted)
      out_ << escapeCode(paint);
    out_ << printable(text);
    if (isPainted)
      out_ << "\033[0m";
  }

  void place(llvm::StringRef path, uint32_t line, uint32_t column, Paint paint) {
    put(placeText(path, line, column) + ":", paint);
    out_ << ' ';
  }

  void excerpt(const Location &where) {
    if (where.lineText.empty())
      return;
    uint32_t end =
        where.endLine == where.line ? where.endColumn : static_cast<uint32_t>(where.lineText.size() + 1);
    Excerpt excerpt = makeExcerpt(where.lineText, where.column, end);
    out_ << llvm::right_justify(std::to_string(where.line), 6) << " | " << excerpt.text << '\n';
    out_ << "       | ";
    // The marker is ours: spaces, carets and tildes.
    put(excerpt.marker, Paint::Caret);
    out_ << '\n';
  }

  void labelled(llvm::StringRef label, llvm::StringRef text) {
    out_ << "  ";
    put(label, Paint::Bold);
    out_ << ' ';
    put(text);
    out_ << '\n';
  }

  void why(const Finding &finding) {
    std::string reasons;
    for (const Check *check : report_.checks) {
      if (check->info.id != finding.check)
        continue;
      for (llvm::StringRef id : check->info.practices)
        for (const rules::Practice &practice : report_.practices)
          if (practice.id == id)
            reasons += (reasons.empty() ? "" : "; ") + practice.text + " (" + practice.id + ")";
    }
    if (!reasons.empty())
      labelled("why:", reasons);
  }

  void chain(const Finding &finding) {
    for (const auto &[index, step] : llvm::enumerate(finding.chain)) {
      out_ << "  " << llvm::right_justify(std::to_string(index + 1), 3) << ". ";
      place(step.where.path, step.where.line, step.where.column, Paint::Plain);
      put(step.message);
      if (step.isDependency)
        put(" (leaves the process)", Paint::Faint);
      out_ << '\n';
    }
  }

  void fix(const Fix &fix) {
    labelled("fix:", fix.description);
    for (const Edit &edit : fix.edits) {
      out_ << "    ";
      place(edit.path, edit.line, edit.column, Paint::Plain);
      put(edit.length == 0 ? "insert" : edit.replacement.empty() ? "delete" : "replace with");
      out_ << '\n';
      if (edit.replacement.empty())
        continue;
      for (llvm::StringRef line : llvm::split(llvm::StringRef(edit.replacement).rtrim(), '\n')) {
        out_ << "    ";
        std::string added = "+ " + expandedTabs(line);
        put(added, Paint::Caret);
        out_ << '\n';
      }
    }
  }

  static std::string expandedTabs(llvm::StringRef line) {
    std::string text;
    for (char c : line)
      text += c == '\t' ? std::string(8 - text.size() % 8, ' ') : std::string(1, c);
    return text;
  }

  void block(const Finding &finding) {
    place(finding.where.path, finding.where.line, finding.where.column, Paint::Bold);
    put(std::string(toString(finding.severity)) + ":", paintOf(finding.severity));
    out_ << ' ';
    put(finding.message, Paint::Bold);
    out_ << " [";
    put(finding.check);
    out_ << ']';
    if (finding.confidence != Confidence::High)
      put(" (" + std::string(toString(finding.confidence)) + " confidence)", Paint::Faint);
    out_ << '\n';
    excerpt(finding.where);
    why(finding);
    chain(finding);
    for (const Related &related : finding.related) {
      out_ << "  ";
      put("see:", Paint::Bold);
      out_ << ' ';
      place(related.where.path, related.where.line, related.where.column, Paint::Plain);
      put(related.message);
      out_ << '\n';
    }
    if (!finding.advice.empty())
      labelled("instead:", finding.advice);
    if (finding.fix)
      fix(*finding.fix);
    if (!finding.fingerprint.empty()) {
      out_ << "  ";
      put("id: " + finding.fingerprint, Paint::Faint);
      out_ << '\n';
    }
    out_ << '\n';
  }

  void notice(const Notice &notice, llvm::StringRef otherwise, llvm::StringRef word, Paint paint) {
    if (!notice.path.empty())
      place(notice.path, notice.line, notice.column, Paint::Bold);
    else if (!otherwise.empty())
      place(otherwise, 0, 0, Paint::Bold);
    put(word, paint);
    out_ << ' ';
    put(notice.message);
  }

  void lostUnit(const TuSummary &tu) {
    bool isFailed = tu.status == TuStatus::Failed;
    llvm::StringRef word = isFailed ? "not analysed:" : "analysed in part:";
    Paint paint = isFailed ? Paint::Error : Paint::Warning;
    if (tu.notices.empty()) {
      notice({"no reason is known", tu.mainFile}, "", word, paint);
      out_ << '\n';
    }
    for (const Notice &each : llvm::ArrayRef(tu.notices).take_front(kNoticesPerUnit)) {
      notice(each, tu.mainFile, word, paint);
      if (!each.path.empty() && each.path != tu.mainFile)
        put(" (" + tu.mainFile + ")", Paint::Faint);
      out_ << '\n';
    }
    if (tu.notices.size() > kNoticesPerUnit) {
      place(tu.mainFile, 0, 0, Paint::Bold);
      put(word, paint);
      put(" " + counted(tu.notices.size() - kNoticesPerUnit, "more reason"));
      out_ << '\n';
    }
  }

  void notices() {
    for (const Notice &each : report_.configurationNotices) {
      notice(each, "", each.isError ? "configuration error:" : "configuration:",
             each.isError ? Paint::Error : Paint::Note);
      out_ << '\n';
    }
    for (const TuSummary &tu : report_.tus)
      if (tu.status != TuStatus::Complete)
        lostUnit(tu);
    if (style_.quiet)
      return;
    for (const SharedNotice &shared : harmlessNotices(report_.tus)) {
      notice(*shared.notice, "", "notice:", Paint::Note);
      put(" (" + unitsText(shared) + ")", Paint::Faint);
      out_ << '\n';
    }
  }

  void summary() {
    std::map<std::string, std::pair<size_t, Severity>> byCheck;
    for (const Finding &finding : report_.findings) {
      auto &[count, severity] = byCheck.try_emplace(finding.check, 0, finding.severity).first->second;
      ++count;
      severity = std::max(severity, finding.severity);
    }
    put(report_.findings.empty() ? "no findings" : counted(report_.findings.size(), "finding"), Paint::Bold);
    out_ << '\n';
    for (const auto &[check, what] : byCheck)
      out_ << llvm::right_justify(std::to_string(what.first), 6) << ' ' << printable(check) << " ("
           << toString(what.second) << ")\n";
    size_t counts[3] = {};
    for (const TuSummary &tu : report_.tus)
      ++counts[static_cast<size_t>(tu.status)];
    out_ << counted(report_.tus.size(), "translation unit") << ": " << counts[0] << " analysed";
    if (counts[1] != 0)
      out_ << ", " << counts[1] << " in part";
    if (counts[2] != 0)
      out_ << ", " << counts[2] << " failed";
    out_ << '\n';
    unknownCalls();
    tooManyPaths();
  }

  void unknownCalls() {
    std::vector<std::string> lines;
    for (const UnknownCalls &each : report_.unknownCalls)
      lines.push_back(llvm::formatv("{0,6} {1}: {2} ({3}:{4})", each.count, printable(each.library), printable(each.example),
                                    printable(each.path), each.line));
    notJudged("not judged: no rule knows these calls, which look like dependencies (opex-tidy rules suggest)", lines, "more header");
  }

  void tooManyPaths() {
    std::vector<std::string> lines;
    for (const TooManyPaths &each : report_.tooManyPaths)
      lines.push_back(llvm::formatv("       {0} ({1}:{2})", printable(each.function), printable(each.path), each.line));
    notJudged("not judged in full: functions with more paths than are followed; retries in them may be missed", lines, "more function");
  }

  /// What a reader must not take for clean, the first of it line by line.
  void notJudged(llvm::StringRef what, llvm::ArrayRef<std::string> lines, llvm::StringRef more) {
    if (lines.empty() || style_.quiet)
      return;
    put(what, Paint::Note);
    out_ << '\n';
    for (const std::string &line : lines.take_front(kMostUnjudged))
      out_ << line << '\n';
    if (lines.size() > kMostUnjudged)
      out_ << "       and " << counted(lines.size() - kMostUnjudged, more) << '\n';
  }

  const RunReport &report_;
  const TextStyle &style_;
  llvm::raw_ostream &out_;
};

} // namespace

void writeText(const RunReport &report, const TextStyle &style, llvm::raw_ostream &out) {
  TextWriter(report, style, out).write();
}

std::string printable(llvm::StringRef text) {
  std::string result;
  llvm::raw_string_ostream out(result);
  const auto *at = reinterpret_cast<const llvm::UTF8 *>(text.begin());
  const auto *end = reinterpret_cast<const llvm::UTF8 *>(text.end());
  while (at != end) {
    const llvm::UTF8 *begin = at;
    llvm::UTF32 codePoint = 0;
    if (llvm::convertUTF8Sequence(&at, end, &codePoint, llvm::strictConversion) != llvm::conversionOK) {
      at = begin + 1;
      out << '<' << llvm::utohexstr(*begin, /*LowerCase=*/false, 2) << '>';
    } else if (llvm::sys::unicode::isPrintable(static_cast<int>(codePoint))) {
      out.write(reinterpret_cast<const char *>(begin), at - begin);
    } else {
      out << "<U+" << llvm::utohexstr(codePoint, /*LowerCase=*/false, 4) << '>';
    }
  }
  return result;
}

std::string printableLines(llvm::StringRef text) {
  std::string result;
  for (llvm::StringRef line : llvm::split(text, '\n'))
    result += (line.data() == text.data() ? "" : "\n") + printable(line);
  return result;
}

} // namespace opex
