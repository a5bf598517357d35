// `rules suggest`: what it prints is a pack that `rules check` accepts, with what speaks for each row in comments.
#include "driver/linked_program.h"
#include "analysis/suggestions.h"
#include "driver/look_for.h"
#include "driver/rules_tools.h"
#include "driver/table.h"
#include "driver/unit_facts.h"
#include "model/completeness.h"
#include "report/text_report.h"
#include "rules/load.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {
namespace {

/// A YAML text on one line. Names of declarations hold neither quotes nor backslashes.
std::string quoted(llvm::StringRef text) { return "\"" + printable(text) + "\""; }

/// The word of the list that the name has; the first of the list if it has none.
llvm::StringRef guess(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> words) {
  std::vector<std::string> own = rules::wordsOf(unqualified(name));
  for (llvm::StringRef word : words)
    if (llvm::is_contained(own, word))
      return word;
  return words.front();
}

std::string bounds(const Suggestion &suggestion) {
  if (!suggestion.limit)
    return "[]";
  std::string unit = suggestion.limit->unit;
  return "[{value: arg" + std::to_string(suggestion.limit->index) + (unit.empty() ? "" : ", unit: " + unit) + "}]";
}

std::string stub(const Suggestion &suggestion) {
  std::string name = "function: " + quoted(suggestion.name);
  if (suggestion.section == "loggers")
    return "- {" + name + ", level: " + guess(suggestion.name, {"info", "trace", "debug", "warning", "error", "fatal"}).str() + "}";
  if (suggestion.section == "queues") {
    bool takes = guess(suggestion.name, {"push", "pop", "dequeue", "get", "take", "recv", "receive", "consume"}) != "push";
    return "- {id: " + quoted(suggestion.name) + ", calls: [{" + name + ", does: " + (takes ? "pop" : "push") + "}]}";
  }
  if (suggestion.section == "retries")
    return "- {" + name + "}";
  std::string phase = suggestion.kind == "local-wait" ? "wait" : guess(suggestion.name, {"request", "connect"}).str();
  return "- {" + name + ", kind: " + suggestion.kind + ", phases: {" + phase + ": " + bounds(suggestion) + "}}";
}

void write(const Suggestion &suggestion, size_t rank, llvm::raw_ostream &out) {
  out << "# " << rank << ". " << counted(suggestion.calls, "call") << " in " << counted(suggestion.callers, "function")
      << ", reached from " << counted(suggestion.entryPoints, "entry point") << " and "
      << counted(suggestion.reach, "function") << "; first " << printable(suggestion.first.path) << ':'
      << suggestion.first.line << "\n#    " << printable(llvm::join(suggestion.evidence, "; ")) << '\n';
  out << stub(suggestion) << '\n';
}

} // namespace

llvm::Expected<int> runRulesSuggest(const Options &options) {
  llvm::Expected<rules::RuleSet> rules = rules::loadRules(options.ruleFiles);
  if (!rules)
    return rules.takeError();
  llvm::Expected<rules::Words> words = rules::loadWords();
  if (!words)
    return words.takeError();
  llvm::Expected<Selection> selection = selectCommands(options);
  if (!selection)
    return selection.takeError();
  std::vector<TuFacts> units = factsOf(options, *selection, lookForPacks(*rules, {}));
  bool isComplete = llvm::all_of(units, [](const TuFacts &unit) { return shownStatus(unit) == TuStatus::Complete; });
  const Program program = linkProgram(*rules, std::move(units), selection->leftOut);
  const Analysis analysis(program, *rules);
  std::vector<Suggestion> all = suggestRows(Inputs<RoleIndex, Entries>(analysis), *words);
  llvm::ArrayRef<Suggestion> shown = llvm::ArrayRef(all).take_front(options.limit);
  llvm::raw_ostream &out = llvm::outs();
  out << "# Guesses: calls that look like dependencies and that no pack knows, " << shown.size() << " of " << all.size()
      << ".\n# Keep what is one, say what bounds it (an empty list: nothing can), and see docs/rules.md.\n"
      << "pack: {name: suggested, unverified: true}\n";
  for (llvm::StringRef section : {"calls", "loggers", "queues", "retries"}) {
    if (llvm::none_of(shown, [&](const Suggestion &each) { return each.section == section; }))
      continue;
    out << '\n' << section << ":\n";
    for (size_t i = 0; i < shown.size(); ++i)
      if (shown[i].section == section)
        write(shown[i], i + 1, out);
  }
  return isComplete || options.keepGoing ? 0 : kUnitFailed;
}

} // namespace opex
