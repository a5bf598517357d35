#include "analysis/apis/versions.h"

#include "rules/match.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

/// As the first unit that includes the library sees it.
static std::vector<unsigned> versionOf(const rules::Pack &pack, const Program &program) {
  for (const TuFacts &unit : program.units) {
    std::vector<unsigned> version;
    for (const std::string &macro : pack.versionMacros)
      for (const FoundMacro &found : unit.foundMacros)
        if (found.name == macro)
          llvm::append_range(version, rules::versionIn(found.value));
    if (!version.empty())
      return version;
  }
  return rules::versionIn(pack.version);
}

rules::RuleSet rulesFor(const Program &program, rules::RuleSet rules) {
  for (rules::Pack &pack : rules.packs) {
    if (pack.versionMacros.empty())
      continue;
    const std::vector<unsigned> version = versionOf(pack, program);
    rules::forEachSection(pack, [&](llvm::StringRef, auto &rows) {
      llvm::erase_if(rows, [&](const rules::Row &row) { return !rules::isWithin(row.versions, version); });
    });
    for (rules::Subject &subject : pack.subjects)
      for (rules::Setting &setting : subject.settings)
        for (const rules::VersionedDefault &other : setting.otherDefaults)
          if (!version.empty() && rules::isWithin(other.versions, version))
            setting.defaultNs = other.ns;
  }
  return rules;
}

} // namespace opex
