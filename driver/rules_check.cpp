// `rules check`: reading is the check; what is printed says what was read.
#include "driver/rules_tools.h"
#include "driver/table.h"
#include "rules/embedded.h"
#include "rules/load.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

namespace opex {
namespace {

using Counts = std::vector<std::pair<std::string, size_t>>;

/// How many rows each section has, empty ones left out.
Counts countRows(const rules::Pack &pack) {
  Counts counts;
  auto add = [&](llvm::StringRef section, size_t rows) {
    if (!counts.empty() && counts.back().first == section) // Each queue has its own rows.
      counts.back().second += rows;
    else if (rows > 0)
      counts.push_back({section.str(), rows});
  };
  add("subjects", pack.subjects.size());
  rules::forEachSection(pack, [&](llvm::StringRef section, const auto &rows) { add(section, rows.size()); });
  add("log-guards", pack.logGuards.size());
  add("caches", pack.caches.size());
  return counts;
}

size_t total(const Counts &counts) {
  size_t sum = 0;
  for (const auto &[section, rows] : counts)
    sum += rows;
  return sum;
}

bool isNameOfBuiltIn(const rules::Pack &pack) {
  return llvm::any_of(rules::embeddedFiles(), [&](const rules::EmbeddedFile &file) {
    return file.name == "rules/packs/" + pack.name + ".yaml";
  });
}

/// What the pack does to those before it.
std::string effects(const rules::Pack &pack, const rules::RuleSet &rules) {
  std::set<std::string> replaced;
  std::vector<std::string> disabled, parts;
  for (const rules::Removal &removal : rules.removals) {
    if (removal.by != pack.name)
      continue;
    if (removal.section.empty())
      disabled.push_back(removal.id);
    else
      replaced.insert(removal.id);
  }
  if (isNameOfBuiltIn(pack))
    parts.push_back("replaces the built-in pack");
  if (!replaced.empty())
    parts.push_back("replaces " + llvm::join(replaced, ", "));
  if (!disabled.empty())
    parts.push_back("disables " + llvm::join(disabled, ", "));
  return llvm::join(parts, "; ");
}

} // namespace

llvm::Expected<int> runRulesCheck(const Options &options) {
  llvm::Expected<rules::RuleSet> rules = rules::loadRules(options.inputs);
  if (!rules)
    return rules.takeError();
  std::vector<std::vector<std::string>> table;
  size_t rows = 0;
  for (const rules::Pack &pack : rules->packs) {
    Counts counts = countRows(pack);
    rows += total(counts);
    if (!llvm::is_contained(options.inputs, pack.origin.file))
      continue;
    std::vector<std::string> sections;
    for (const auto &[section, number] : counts)
      sections.push_back(section + " " + std::to_string(number));
    table.push_back({pack.name, pack.origin.file, counted(total(counts), "row"), llvm::join(sections, ", "),
                     effects(pack, *rules)});
  }
  writeTable(table, llvm::outs());
  llvm::outs() << counted(rules->packs.size(), "pack") << ", " << counted(rows, "row") << '\n';
  return 0;
}

} // namespace opex
