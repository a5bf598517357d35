#include "driver/look_for.h"

#include "rules/match.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

LookFor lookForPacks(const rules::RuleSet &rules, llvm::ArrayRef<rules::Pack> proven) {
  LookFor lookFor;
  for (const rules::Pack &pack : rules.packs)
    llvm::append_range(lookFor.macros, pack.versionMacros);
  auto addNames = [&](const std::vector<std::string> &names, bool areMacros) {
    for (const std::string &name : names)
      if (!llvm::StringRef(name).contains('*'))
        (areMacros ? lookFor.macros : lookFor.names).push_back(name);
  };
  std::vector<std::string> globs;
  for (const rules::Pack &pack : proven) {
    llvm::append_range(globs, pack.headers);
    llvm::append_range(globs, pack.proof.includes);
    for (const rules::Subject &subject : pack.subjects)
      addNames(subject.types, false);
    for (const rules::Cache &cache : pack.caches)
      addNames(cache.types, false);
    rules::forEachSection(pack, [&](llvm::StringRef, const auto &rows) {
      for (const rules::Row &row : rows)
        addNames(row.match.names, row.match.isMacro);
    });
  }
  if (!globs.empty())
    lookFor.isHeader = [globs](llvm::StringRef header) {
      return llvm::any_of(globs, [&](const std::string &glob) { return rules::matchesGlob(glob, header); });
    };
  lookFor.headerPatterns = std::move(globs);
  return lookFor;
}

std::vector<rules::Pack> packsOf(const rules::RuleSet &rules, llvm::ArrayRef<std::string> files) {
  std::vector<rules::Pack> packs;
  llvm::copy_if(rules.packs, std::back_inserter(packs),
                [&](const rules::Pack &pack) { return llvm::is_contained(files, pack.origin.file); });
  return packs;
}

} // namespace opex
