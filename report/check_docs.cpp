#include "report/check_docs.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {
namespace {

/// Cell text of a Markdown table.
std::string cell(llvm::StringRef text) {
  std::string result;
  for (char c : text) {
    if (c == '|')
      result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

llvm::StringRef profileOf(const CheckInfo &info) {
  switch (info.precision) {
  case Confidence::High: return "ci, ide, audit";
  case Confidence::Medium: return "ide, audit";
  case Confidence::Low: return "audit";
  }
  llvm_unreachable("unknown confidence");
}

void writePractices(const CheckInfo &info, llvm::ArrayRef<rules::Practice> practices,
                    llvm::raw_ostream &out) {
  for (llvm::StringRef id : info.practices) {
    out << "- Practice " << id;
    for (const rules::Practice &practice : practices)
      if (practice.id == id)
        out << ": " << practice.text;
    out << "\n";
  }
  for (unsigned id : info.cwe) {
    out << "- [CWE-" << id << "](https://cwe.mitre.org/data/definitions/" << id << ".html)";
    if (llvm::StringRef name = cweName(id); !name.empty())
      out << ": " << name;
    out << "\n";
  }
}

void writeOptions(const Check &check, llvm::raw_ostream &out) {
  std::vector<OptionInfo> options = check.options();
  if (options.empty())
    return;
  out << "\n## Options\n\n| option | type | default | meaning |\n|---|---|---|---|\n";
  for (const OptionInfo &option : options) {
    out << "| `" << option.name << "` | " << cell(option.type) << " | ";
    if (!option.defaultValue.empty())
      out << '`' << cell(option.defaultValue) << '`';
    out << " | " << cell(option.summary) << " |\n";
  }
}

/// Moves every heading outside of code `levels` deeper.
std::string deepenHeadings(llvm::StringRef markdown, unsigned levels) {
  std::string result;
  bool inCode = false;
  for (llvm::StringRef line : llvm::split(markdown, '\n')) {
    inCode ^= line.starts_with("```");
    if (!inCode && line.starts_with("#"))
      result.append(levels, '#');
    result += line;
    result += '\n';
  }
  result.pop_back();
  return result;
}

/// Takes `[text](target)` apart at the start of `line`; false if there is no link.
bool takeLink(llvm::StringRef &line, std::string &text) {
  size_t middle = line.find("](");
  size_t end = middle == llvm::StringRef::npos ? middle : line.find(')', middle);
  if (!line.starts_with("[") || end == llvm::StringRef::npos ||
      line.take_front(middle).drop_front().find('[') != llvm::StringRef::npos)
    return false;
  text += (line.slice(1, middle) + " (" + line.slice(middle + 2, end) + ")").str();
  line = line.drop_front(end + 1);
  return true;
}

std::string inlineText(llvm::StringRef line) {
  std::string text;
  bool inCode = false;
  while (!line.empty()) {
    if (line.front() == '`') {
      inCode = !inCode;
    } else if (!inCode && line.consume_front("**")) {
      continue;
    } else if (!inCode && takeLink(line, text)) {
      continue;
    } else {
      text += line.front();
    }
    line = line.drop_front();
  }
  return text;
}

} // namespace

llvm::StringRef helpSection(llvm::StringRef help, llvm::StringRef heading) {
  const char *begin = nullptr;
  bool inCode = false;
  llvm::StringRef rest = help;
  while (!rest.empty()) {
    llvm::StringRef line;
    const char *lineStart = rest.data();
    std::tie(line, rest) = rest.split('\n');
    inCode ^= line.starts_with("```");
    if (inCode || !line.starts_with("#"))
      continue;
    if (begin)
      return llvm::StringRef(begin, lineStart - begin).trim();
    if (line.ltrim("#").trim() == heading)
      begin = rest.data();
  }
  return begin ? llvm::StringRef(begin, help.end() - begin).trim() : llvm::StringRef();
}

std::string renderCheckMarkdown(const Check &check, llvm::ArrayRef<rules::Practice> practices) {
  const CheckInfo &info = check.info;
  std::string text;
  llvm::raw_string_ostream out(text);
  out << "# " << info.id << "\n\n" << info.summary << "\n\n";
  out << "Severity: " << toString(info.severity) << ". Profiles: " << profileOf(info) << ".\n\n";
  out << info.help.trim() << "\n";
  writeOptions(check, out);
  if (!info.practices.empty() || !info.cwe.empty()) {
    out << "\n## See also\n\n";
    writePractices(info, practices, out);
  }
  return text;
}

std::string renderChecksPage(llvm::ArrayRef<const Check *> checks,
                             llvm::ArrayRef<rules::Practice> practices) {
  std::string text;
  llvm::raw_string_ostream out(text);
  out << "# Checks\n\nThis page is generated from the checks themselves; `opex-tidy explain CHECK` prints "
         "the same text.\n\n| check | severity | profiles | finds |\n|---|---|---|---|\n";
  for (const Check *check : checks)
    out << "| [" << check->info.id << "](#" << check->info.id << ") | " << toString(check->info.severity)
        << " | " << profileOf(check->info) << " | " << cell(check->info.summary) << " |\n";
  for (const Check *check : checks)
    out << "\n" << deepenHeadings(renderCheckMarkdown(*check, practices), 1);
  return text;
}

std::string renderCheckText(const Check &check, llvm::ArrayRef<rules::Practice> practices) {
  return markdownToText(renderCheckMarkdown(check, practices));
}

std::string markdownToText(llvm::StringRef markdown) {
  std::string text;
  bool inCode = false;
  for (llvm::StringRef line : llvm::split(markdown.rtrim(), '\n')) {
    if (line.starts_with("```")) {
      inCode = !inCode;
      continue;
    }
    if (inCode)
      text += line.empty() ? "" : ("    " + line).str();
    else if (line.starts_with("|--"))
      continue;
    else if (line.starts_with("#"))
      text += llvm::StringRef(inlineText(line.ltrim("#").trim())).upper();
    else
      text += inlineText(line);
    text += '\n';
  }
  return text;
}

llvm::StringRef cweName(unsigned id) {
  switch (id) {
  case 248: return "Uncaught Exception";
  case 252: return "Unchecked Return Value";
  case 390: return "Detection of Error Condition Without Action";
  case 391: return "Unchecked Error Condition";
  case 396: return "Declaration of Catch for Generic Exception";
  case 400: return "Uncontrolled Resource Consumption";
  case 404: return "Improper Resource Shutdown or Release";
  case 410: return "Insufficient Resource Pool";
  case 459: return "Incomplete Cleanup";
  case 544: return "Missing Standardized Error Handling Mechanism";
  case 546: return "Suspicious Comment";
  case 617: return "Reachable Assertion";
  case 667: return "Improper Locking";
  case 703: return "Improper Check or Handling of Exceptional Conditions";
  case 754: return "Improper Check for Unusual or Exceptional Conditions";
  case 755: return "Improper Handling of Exceptional Conditions";
  case 770: return "Allocation of Resources Without Limits or Throttling";
  case 772: return "Missing Release of Resource after Effective Lifetime";
  case 779: return "Logging of Excessive Data";
  case 833: return "Deadlock";
  case 834: return "Excessive Iteration";
  case 835: return "Loop with Unreachable Exit Condition ('Infinite Loop')";
  case 1051: return "Initialization with Hard-Coded Network Resource Configuration Data";
  case 1069: return "Empty Exception Block";
  case 1088: return "Synchronous Access of Remote Resource without Timeout";
  default: return "";
  }
}

} // namespace opex
