// `rules coverage`: what the packs' rows mean in a program. Where a library was not seen nothing is said of its pack.
#include "analysis/apis/coverage.h"
#include "driver/look_for.h"
#include "driver/rules_tools.h"
#include "driver/table.h"
#include "driver/unit_facts.h"
#include "link/link.h"
#include "model/completeness.h"
#include "report/text_report.h"
#include "rules/load.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {
namespace {

std::string place(const rules::Origin &origin) { return origin.file + ":" + std::to_string(origin.line); }

bool isSeen(const PackCoverage &pack) {
  return !pack.headers.empty() || llvm::any_of(pack.rows, [](const RowCoverage &row) { return row.uses > 0; });
}

/// Unmatched rows first, then in the order of the pack.
std::vector<const RowCoverage *> rowsToShow(const PackCoverage &pack, bool showAll) {
  std::vector<const RowCoverage *> rows;
  for (const RowCoverage &row : pack.rows)
    if (showAll || row.uses > 0)
      rows.push_back(&row);
  llvm::sort(rows, [](const RowCoverage *a, const RowCoverage *b) {
    return std::pair(a->declarations != 0, a) < std::pair(b->declarations != 0, b); // All of one vector.
  });
  return rows;
}

struct Totals {
  size_t packs = 0, rows = 0, declared = 0, used = 0, warnings = 0;
};

void write(const PackCoverage &pack, const Options &options, Totals &totals) {
  size_t declared = llvm::count_if(pack.rows, [](const RowCoverage &row) { return row.declarations > 0; });
  size_t used = llvm::count_if(pack.rows, [](const RowCoverage &row) { return row.uses > 0; });
  ++totals.packs;
  totals.rows += pack.rows.size();
  totals.declared += declared;
  totals.used += used;
  llvm::outs() << printable(pack.pack->name) << ": " << counted(pack.rows.size(), "row") << ", " << declared
               << " declared, " << used << " used (" << counted(pack.headers.size(), "header") << " read)\n";
  std::vector<std::vector<std::string>> table;
  for (const RowCoverage *row : rowsToShow(pack, options.showAll))
    table.push_back({"  " + row->section, row->name, counted(row->declarations, "declaration"),
                     counted(row->uses, "use"), place(row->origin)});
  writeTable(table, llvm::outs());
  for (const RowCoverage &row : pack.rows)
    if (!row.problem.empty()) {
      ++totals.warnings;
      llvm::outs() << "  warning: " << printable(place(row.origin) + ": " + row.problem) << '\n';
    }
}

} // namespace

llvm::Expected<int> runRulesCoverage(const Options &options) {
  llvm::Expected<rules::RuleSet> rules = rules::loadRules(options.ruleFiles);
  if (!rules)
    return rules.takeError();
  llvm::Expected<Selection> selection = selectCommands(options);
  if (!selection)
    return selection.takeError();
  std::vector<TuFacts> units = factsOf(options, *selection, lookForPacks(*rules, rules->packs));
  size_t failed = llvm::count_if(units, [](const TuFacts &unit) { return shownStatus(unit) != TuStatus::Complete; });
  Program program = link(std::move(units), selection->leftOut);
  Totals totals;
  for (const PackCoverage &pack : coverPacks(program, *rules))
    if (isSeen(pack))
      write(pack, options, totals);
  llvm::outs() << totals.packs << " of " << counted(rules->packs.size(), "pack") << " seen in "
               << counted(program.units.size(), "translation unit") << " (" << failed << " incomplete): "
               << counted(totals.rows, "row") << ", " << totals.declared << " declared, " << totals.used << " used, "
               << counted(totals.warnings, "warning") << '\n';
  return failed && !options.keepGoing ? kUnitFailed : 0;
}

} // namespace opex
