#include "report/explanation.h"

#include "report/excerpt.h"
#include "report/notices.h"
#include "report/rule_docs.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"

namespace opex {
namespace {

std::string placeOf(const Location &where) { return placeText(where.path, where.line, where.column); }

const char *stateText(BoundState state) {
  switch (state) {
  case BoundState::Set: return "set";
  case BoundState::Unset: return "unset";
  case BoundState::Infinite: return "set to no limit";
  case BoundState::Partly: return "set on some paths only";
  case BoundState::Unknown: return "unknown";
  }
  llvm_unreachable("unknown state");
}

/// "800 ms", "5 s": in the largest unit that leaves no fraction.
std::string durationText(int64_t ns) {
  constexpr std::pair<int64_t, const char *> kUnits[] = {{1'000'000'000, " s"}, {1'000'000, " ms"}, {1'000, " us"}};
  for (const auto &[size, unit] : kUnits)
    if (ns % size == 0)
      return std::to_string(ns / size) + unit;
  return std::to_string(ns) + " ns";
}

std::string phaseText(const PhaseBound &phase) {
  std::string text = phase.phase + ": " + stateText(phase.state);
  if (phase.state == BoundState::Set)
    text += phase.valueNs ? ", " + durationText(*phase.valueNs) : ", to a value that the code alone does not tell";
  if (!phase.reason.empty())
    text += ", " + reasonText(phase);
  if (!phase.doubt.empty())
    text += " (" + std::string(toString(phase.confidence)) + " confidence: " + phase.doubt + ")";
  return text;
}

class Story {
public:
  void line(const llvm::Twine &text) { text_ += text.str() + "\n"; }

  void heading(llvm::StringRef text) { line("\n" + text); }

  void source(const Location &where, llvm::StringRef indent) {
    if (where.lineText.empty())
      return;
    uint32_t end = where.endLine == where.line ? where.endColumn : uint32_t(where.lineText.size() + 1);
    Excerpt excerpt = makeExcerpt(where.lineText, where.column, end);
    std::string number = std::to_string(where.line);
    line(indent + number + " | " + excerpt.text);
    line(indent + std::string(number.size(), ' ') + " | " + llvm::StringRef(excerpt.marker).rtrim());
  }

  void step(llvm::StringRef label, const ChainStep &step) {
    line("  " + label + placeOf(step.where) + ": " + step.message + (step.isDependency ? " (leaves the process)" : ""));
    source(step.where, "      ");
  }

  void remark(const Remark &remark, llvm::StringRef indent) {
    line(indent + remark.text);
    for (const ChainStep &step : remark.evidence)
      line(indent + "    " + placeOf(step.where) + ": " + step.message);
  }

  std::string take() { return std::move(text_); }

private:
  std::string text_;
};

/// The calls that the finding is about: where it stands, and where its evidence leaves the process.
std::vector<const DependencyUse *> dependenciesOf(const Finding &finding, const Program &program,
                                                  llvm::ArrayRef<DependencyUse> uses) {
  std::vector<const DependencyUse *> result;
  for (const DependencyUse &use : uses) {
    const LinkedFunction &function = program.functions[use.call.function];
    Location where = program.location(function, (*function.body)[use.call.call].site);
    bool isMeant = where == finding.where || llvm::any_of(finding.chain, [&](const ChainStep &step) {
                     return step.isDependency && step.where == where;
                   });
    if (isMeant)
      result.push_back(&use);
  }
  return result;
}

std::string summaryOf(const DependencyUse &use) {
  const std::string kind = toString(use.kind);
  std::string text = use.isLocalWait  ? "a local wait"
                     : use.isIdleWait ? "a wait for work (" + kind + ")"
                                      : "a dependency call (" + kind + ")";
  text += " by row " + use.rule + ", ";
  text += use.onRequestPath == OnRequestPath::Unknown    ? "not known to be on a request path"
          : use.onRequestPath == OnRequestPath::Possible ? "on a request path if a call on the way runs what it may run"
                               : "on a request path";
  return text;
}

void writeHead(const Finding &finding, const CheckInfo &check, llvm::StringRef shown, Story &story) {
  story.line(placeOf(finding.where) + ": " + toString(finding.severity) + ": " + finding.message + " [" + finding.check + "]");
  story.source(finding.where, "  ");
  story.line("\nid:         " + finding.fingerprint + ", " + shown);
  story.line(std::string("severity:   ") + toString(finding.severity) +
             (finding.ownSeverity ? ", of this finding" : ", of the check"));
  story.line(std::string("confidence: ") + toString(finding.confidence) +
             (finding.doubt.empty() ? ", no step of the evidence is in doubt" : "; its weakest link: " + finding.doubt));
  if (!finding.where.function.empty())
    story.line("function:   " + finding.where.function);
}

void writeEvidence(const Finding &finding, Story &story) {
  if (!finding.chain.empty())
    story.heading("evidence, in the order in which it happens");
  for (const auto &[i, step] : llvm::enumerate(finding.chain))
    story.step(std::to_string(i + 1) + ". ", step);
  if (!finding.related.empty())
    story.heading("see also");
  for (const Related &related : finding.related)
    story.step("", {related.where, related.message, false, false});
}

} // namespace

std::vector<Remark> remarksOn(const DependencyUse &use) {
  std::vector<Remark> remarks = {{summaryOf(use), {}}};
  for (const PhaseBound &phase : use.phases) {
    Remark remark{"  " + phaseText(phase), stepsTo(phase)};
    for (const ChainStep &other : phase.others)
      remark.evidence.push_back({other.where, "another object, the same: " + other.message, false, false});
    remarks.push_back(std::move(remark));
  }
  return remarks;
}

std::string renderFindingStory(const Finding &finding, const Check &check, const Program &program, llvm::ArrayRef<DependencyUse> uses,
                               const rules::RuleSet &rules, llvm::StringRef shown) {
  Story story;
  writeHead(finding, check.info, shown, story);
  writeEvidence(finding, story);
  for (const DependencyUse *use : dependenciesOf(finding, program, uses)) {
    story.heading("`" + use->callee + "`");
    for (const Remark &remark : remarksOn(*use))
      story.remark(remark, "  ");
  }
  if (!finding.rows.empty())
    story.heading("rows of rule packs");
  std::vector<std::string> seen;
  for (const std::string &row : finding.rows) {
    if (llvm::is_contained(seen, row))
      continue;
    seen.push_back(row);
    llvm::Expected<std::string> text = renderRuleText(rules, row);
    story.line("  " + (text ? llvm::StringRef(*text).rtrim().str() : row + ": " + llvm::toString(text.takeError())));
  }
  if (!check.info.practices.empty())
    story.heading("practices");
  for (llvm::StringRef id : check.info.practices)
    for (const rules::Practice &practice : rules.practices)
      if (practice.id == id)
        story.line("  " + id + ": " + practice.text);
  if (!finding.advice.empty())
    story.line("\ninstead: " + finding.advice);
  return story.take();
}

std::string renderPlaceStory(const PlaceStory &place) {
  Story story;
  story.line(place.path + ":" + std::to_string(place.line));
  if (!place.lineText.empty())
    story.line("  " + std::to_string(place.line) + " | " + place.lineText);
  if (place.items.empty())
    story.line("  " + place.otherwise);
  for (const PlaceItem &item : place.items) {
    story.heading("column " + std::to_string(item.column) + ": " + item.what);
    for (const Remark &remark : item.remarks)
      story.remark(remark, "  ");
  }
  return story.take();
}

} // namespace opex
