#include "report/sarif_rules.h"

#include "report/check_docs.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"

#include <set>

namespace opex {
namespace {

constexpr llvm::StringLiteral kPractices = "opex-practices";
constexpr llvm::StringLiteral kCwe = "CWE";

/// GitHub takes at most 1024 characters. Cuts after a sentence or a word, never inside a character.
std::string shorten(llvm::StringRef text, size_t limit = 1024) {
  if (text.size() <= limit)
    return text.str();
  llvm::StringRef head = text.take_front(limit - 3);
  size_t end = head.rfind(". ");
  if (end != llvm::StringRef::npos)
    return head.take_front(end + 1).str();
  end = head.rfind(' ');
  if (end == llvm::StringRef::npos)
    for (end = head.size(); end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80;)
      --end;
  return (head.take_front(end) + "...").str();
}

/// "opex-missing-timeout" → "MissingTimeout".
std::string pascalName(llvm::StringRef id) {
  std::string name;
  id.consume_front("opex-");
  for (llvm::StringRef part : llvm::split(id, '-')) {
    if (part.empty())
      continue;
    name += llvm::toUpper(part.front());
    name += part.drop_front();
  }
  return name;
}

/// One paragraph of prose from the help: what the check finds.
std::string fullDescription(const CheckInfo &info) {
  std::string text = markdownToText(helpSection(info.help, "What it finds"));
  llvm::StringRef first = llvm::StringRef(text).trim().split("\n\n").first;
  std::string folded;
  for (llvm::StringRef line : llvm::split(first, '\n'))
    folded += (folded.empty() ? "" : " ") + line.trim().str();
  return shorten(folded.empty() ? info.summary : llvm::StringRef(folded));
}

llvm::StringRef problemSeverity(Severity severity) {
  switch (severity) {
  case Severity::Error: return "error";
  case Severity::Warning: return "warning";
  case Severity::Note: return "recommendation";
  }
  llvm_unreachable("unknown severity");
}

sarif::Relationship relation(llvm::StringRef taxonomy, llvm::StringRef id, llvm::StringRef kind) {
  sarif::Relationship relation;
  relation.target.id = id.str();
  relation.target.toolComponent = sarif::ToolComponentReference{taxonomy.str(), {}};
  relation.kinds = {kind.str()};
  return relation;
}

std::vector<std::string> tags(const CheckInfo &info, size_t maxTags) {
  // No "security": operational faults are not vulnerabilities, and GitHub would show them as such.
  std::vector<std::string> tags = {"reliability", "operations"};
  for (llvm::StringRef practice : info.practices)
    tags.push_back(("practice/" + practice).str());
  for (unsigned cwe : info.cwe)
    tags.push_back("external/cwe/cwe-" + std::to_string(cwe));
  tags.resize(std::min(tags.size(), maxTags));
  return tags;
}

sarif::ReportingDescriptor rule(const Check &check, llvm::ArrayRef<rules::Practice> practices,
                                size_t maxTags) {
  const CheckInfo &info = check.info;
  sarif::ReportingDescriptor rule;
  rule.id = info.id.str();
  rule.name = pascalName(info.id);
  rule.shortDescription.text = shorten(info.summary);
  rule.fullDescription.text = fullDescription(info);
  rule.help.text = renderCheckText(check, practices);
  rule.help.markdown = renderCheckMarkdown(check, practices);
  rule.defaultConfiguration = sarif::ReportingConfiguration{sarifLevel(info.severity), {}};
  std::set<llvm::StringRef> known;
  for (const rules::Practice &practice : practices)
    known.insert(practice.id);
  for (llvm::StringRef practice : info.practices)
    if (known.count(practice))
      rule.relationships.push_back(relation(kPractices, practice, "relevant"));
  for (unsigned cwe : info.cwe)
    rule.relationships.push_back(relation(kCwe, std::to_string(cwe), "superset"));
  rule.properties["precision"] = toString(info.precision);
  rule.properties["problem.severity"] = problemSeverity(info.severity).str();
  rule.properties["tags"] = tags(info, maxTags);
  return rule;
}

sarif::ToolComponent practiceTaxonomy(const RunReport &report) {
  sarif::ToolComponent taxonomy;
  taxonomy.name = kPractices.str();
  taxonomy.fullName = "Operational practices of opex-tidy";
  taxonomy.version = report.toolVersion;
  taxonomy.shortDescription.text =
      "What a service should do to stay up: scaling, reliability, resilience, error "
      "handling and on-call.";
  taxonomy.contents = {"localizedData", "nonLocalizedData"};
  taxonomy.isComprehensive = true;
  for (const rules::Practice &practice : report.practices) {
    sarif::ReportingDescriptor taxon;
    taxon.id = practice.id;
    taxon.shortDescription.text = practice.text;
    if (!practice.answeredBy.empty())
      taxon.properties["answeredBy"] = practice.answeredBy;
    taxonomy.taxa.push_back(std::move(taxon));
  }
  return taxonomy;
}

sarif::ToolComponent cweTaxonomy(const RunReport &report) {
  sarif::ToolComponent taxonomy;
  taxonomy.name = kCwe.str();
  taxonomy.fullName = "Common Weakness Enumeration";
  taxonomy.organization = "MITRE";
  taxonomy.informationUri = "https://cwe.mitre.org/";
  taxonomy.shortDescription.text = "The entries of the Common Weakness Enumeration that the rules refer to.";
  taxonomy.contents = {"localizedData", "nonLocalizedData"};
  std::set<unsigned> ids;
  for (const Check *check : report.checks)
    ids.insert(check->info.cwe.begin(), check->info.cwe.end());
  for (unsigned id : ids) {
    sarif::ReportingDescriptor taxon;
    taxon.id = std::to_string(id);
    taxon.helpUri = "https://cwe.mitre.org/data/definitions/" + taxon.id + ".html";
    llvm::StringRef name = cweName(id);
    taxon.shortDescription.text = name.empty() ? "CWE-" + taxon.id : name.str();
    taxonomy.taxa.push_back(std::move(taxon));
  }
  return taxonomy;
}

} // namespace

sarif::Level sarifLevel(Severity severity) {
  switch (severity) {
  case Severity::Note: return sarif::Level::Note;
  case Severity::Warning: return sarif::Level::Warning;
  case Severity::Error: return sarif::Level::Error;
  }
  llvm_unreachable("unknown severity");
}

std::vector<sarif::ReportingDescriptor> sarifRules(const RunReport &report, size_t maxTags) {
  std::vector<sarif::ReportingDescriptor> rules;
  for (const Check *check : report.checks)
    rules.push_back(rule(*check, report.practices, maxTags));
  return rules;
}

std::vector<sarif::ToolComponent> sarifTaxonomies(const RunReport &report) {
  std::vector<sarif::ToolComponent> taxonomies;
  for (sarif::ToolComponent taxonomy : {practiceTaxonomy(report), cweTaxonomy(report)})
    if (!taxonomy.taxa.empty())
      taxonomies.push_back(std::move(taxonomy));
  return taxonomies;
}

} // namespace opex
