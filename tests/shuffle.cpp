#include "tests/shuffle.h"

#include "analysis/apis/constructions.h"
#include "analysis/apis/pointer_calls.h"
#include "analysis/passes/analysis.h"
#include "checks/registry.h"
#include "checks/run.h"
#include "link/link.h"
#include "model/facts_io.h"
#include "model/facts_visit.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <random>
#include <set>

namespace opex::test {
namespace {

/// Calls `act` for every site in `fact`, however deep.
template <class T, class Action> void forEachSite(T &fact, Action &&act) {
  if constexpr (std::is_same_v<T, Site>) {
    act(fact);
  } else if constexpr (Fact<T>) {
    auto visit = [&](const char *, auto &field) { forEachSite(field, act); };
    fact.fields(visit);
  } else if constexpr (FactList<T>) {
    for (auto &element : fact)
      forEachSite(element, act);
  }
}

/// What is known of a file from all units that saw it.
struct Outline {
  std::vector<Site> functions;
  std::map<uint32_t, uint32_t> ends; ///< By line: one past where the last site that begins on it begins.
};

std::map<std::string, Outline> outlinesOf(llvm::ArrayRef<TuFacts> units) {
  std::map<std::string, Outline> outlines;
  for (const TuFacts &unit : units) {
    std::vector<Outline *> byFile;
    for (const File &file : unit.files)
      byFile.push_back(file.inProject ? &outlines[file.path.str()] : nullptr);
    auto note = [&](const Site &site) {
      if (!site.valid() || !site.file || !byFile[site.file.value])
        return;
      uint32_t &end = byFile[site.file.value]->ends[site.line];
      end = std::max(end, site.offset + 1);
    };
    forEachSite(unit.records, note);
    for (const Function &function : unit.functions) {
      forEachSite(function, note);
      if (function.extent.valid() && function.extent.file && byFile[function.extent.file.value])
        byFile[function.extent.file.value]->functions.push_back(function.extent);
    }
    for (size_t i = 0; i < unit.files.size(); ++i)
      for (const Comment &comment : unit.files[i].comments)
        if (byFile[i])
          byFile[i]->ends[comment.line] = std::max(byFile[i]->ends[comment.line], comment.offset + 1);
  }
  return outlines;
}

/// A piece ends with each function that is in no other one and shares no line with the next.
Layout cut(Outline outline) {
  Layout layout;
  llvm::sort(outline.functions, [](const Site &a, const Site &b) { return a.line < b.line; });
  uint32_t nextLine = 1, nextByte = 0;
  for (size_t i = 0; i < outline.functions.size();) {
    uint32_t last = outline.functions[i].endLine, end = 0;
    for (; i < outline.functions.size() && outline.functions[i].line <= last; ++i) {
      last = std::max(last, outline.functions[i].endLine);
      end = std::max(end, outline.functions[i].offset + outline.functions[i].length);
    }
    for (auto site = outline.ends.lower_bound(nextLine); site != outline.ends.end() && site->first <= last;
         ++site)
      end = std::max(end, site->second);
    layout.add({nextLine, last, nextByte, end});
    nextLine = last + 1;
    nextByte = end;
  }
  return layout;
}

template <class Random> std::vector<size_t> drawOrder(size_t size, Random &random) {
  std::vector<size_t> order(size);
  for (size_t i = 0; i < size; ++i)
    order[i] = i;
  llvm::shuffle(order.begin(), order.end(), random);
  return order;
}

void move(Site &site, const Layout &layout) {
  const Layout::Piece *piece = site.valid() ? layout.at(site.line) : nullptr;
  if (!piece)
    return;
  site.line += piece->byLines;
  site.endLine += piece->byLines;
  site.offset += piece->byBytes;
}

void move(File &file, const Layout &layout) {
  for (SourceLine &line : file.lines)
    if (const Layout::Piece *piece = layout.at(line.number))
      line.number += piece->byLines;
  llvm::sort(file.lines, [](const SourceLine &a, const SourceLine &b) { return a.number < b.number; });
  for (Comment &comment : file.comments)
    if (const Layout::Piece *piece = layout.at(comment.line)) {
      comment.line += piece->byLines;
      comment.endLine += piece->byLines;
      comment.offset += piece->byBytes;
    }
  llvm::sort(file.comments, [](const Comment &a, const Comment &b) { return a.offset < b.offset; });
  for (LineRange &range : file.skipped)
    if (const Layout::Piece *piece = layout.at(range.first)) {
      range.first += piece->byLines;
      range.last += piece->byLines;
    }
  llvm::sort(file.skipped, [](const LineRange &a, const LineRange &b) { return a.first < b.first; });
}

std::string describe(const Location &where) {
  return llvm::formatv("{0}:{1}:{2}-{3}:{4} in {5} `{6}` {7:x}/{8}", where.path, where.line, where.column,
                       where.endLine, where.endColumn, where.function, where.lineText, where.lineHash,
                       where.lineOccurrence);
}

std::vector<TuFacts> decodeAll(llvm::ArrayRef<std::string> encoded) {
  std::vector<TuFacts> units;
  for (const std::string &bytes : encoded)
    units.push_back(llvm::cantFail(decodeFacts(bytes)));
  return units;
}

} // namespace

void Layout::arrange(llvm::ArrayRef<size_t> order) {
  uint32_t line = 1, byte = 0;
  for (size_t position : order) {
    Piece &piece = pieces_[position];
    piece.byLines = int64_t(line) - piece.firstLine;
    piece.byBytes = int64_t(byte) - piece.begin;
    line += piece.lastLine - piece.firstLine + 1;
    byte += piece.end - piece.begin;
  }
}

const Layout::Piece *Layout::at(uint32_t line) const {
  auto found =
      llvm::lower_bound(pieces_, line, [](const Piece &piece, uint32_t l) { return piece.lastLine < l; });
  return found == pieces_.end() ? nullptr : &*found;
}

uint32_t Layout::original(uint32_t line) const {
  for (const Piece &piece : pieces_)
    if (line >= piece.firstLine + piece.byLines && line <= piece.lastLine + piece.byLines)
      return line - piece.byLines;
  return line;
}

Shuffle::Shuffle(llvm::ArrayRef<TuFacts> units, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::map<std::string, Outline> outlines = outlinesOf(units);
  std::vector<size_t> places = drawOrder(outlines.size(), random);
  auto place = places.begin();
  for (auto &[path, outline] : outlines) {
    Layout &layout = layouts_[path] = cut(std::move(outline));
    layout.arrange(drawOrder(layout.size(), random));
    renamed_[path] = llvm::formatv("{0,0+6}/{1}", *place++, path);
  }
}

void Shuffle::apply(std::vector<TuFacts> &units) const {
  for (TuFacts &unit : units) {
    std::vector<const Layout *> byFile;
    for (File &file : unit.files) {
      byFile.push_back(file.inProject ? &layouts_.at(file.path.str()) : nullptr);
      if (!byFile.back())
        continue;
      move(file, *byFile.back());
      file.path = unit.save(renamed_.at(file.path.str()));
    }
    auto moveSite = [&](Site &site) {
      if (site.file && byFile[site.file.value])
        move(site, *byFile[site.file.value]);
    };
    forEachSite(unit.records, moveSite);
    forEachSite(unit.functions, moveSite);
    if (auto found = renamed_.find(unit.mainFile.str()); found != renamed_.end())
      unit.mainFile = unit.save(found->second);
  }
}

void Shuffle::restore(Location &where) const {
  if (where.path.empty())
    return;
  std::string path = llvm::StringRef(where.path).split('/').second.str();
  auto layout = layouts_.find(path);
  if (layout == layouts_.end()) // Of a library: has not moved.
    return;
  where.path = path;
  uint32_t line = layout->second.original(where.line);
  where.endLine += line - where.line;
  where.line = line;
}

std::vector<Finding> Shuffle::restore(std::vector<Finding> findings) const {
  for (Finding &finding : findings) {
    restore(finding.where);
    for (ChainStep &step : finding.chain)
      restore(step.where);
    for (Related &related : finding.related)
      restore(related.where);
    if (finding.graph)
      for (GraphNode &node : finding.graph->nodes)
        restore(node.where);
  }
  sortAndMerge(findings);
  assignFingerprints(findings);
  return findings;
}

std::string describe(const Finding &f) {
  std::string text = llvm::formatv(
      "{0} {1} [{2}, {3}] {4}\n    doubt: {5}\n    advice: {6}\n    {{{7}|{8}|{9}|{10}} rows {11}",
      describe(f.where), f.check, toString(f.severity), toString(f.confidence), f.message, f.doubt, f.advice,
      f.subject, f.statement, f.functionId, f.fingerprint, llvm::join(f.rows, ", "));
  if (f.worstCase)
    text += llvm::formatv("\n    time: {0}, {1} ms, {2} attempts", f.worstCase->text, f.worstCase->atLeastMs,
                          f.worstCase->amplification);
  for (const ChainStep &step : f.chain)
    text += llvm::formatv("\n    step {0}: {1}{2}{3}", describe(step.where), step.message,
                          step.isDependency ? " (dependency)" : "", step.isEssential ? " (essential)" : "");
  for (const Related &related : f.related)
    text += llvm::formatv("\n    related {0}: {1}", describe(related.where), related.message);
  if (f.graph) {
    text += "\n    graph " + f.graph->description;
    for (const GraphNode &node : f.graph->nodes)
      text += llvm::formatv("\n    node {0}: {1}", describe(node.where), node.label);
    for (const GraphEdge &edge : f.graph->edges)
      text += llvm::formatv("\n    edge {0} → {1} [{2}]: {3}", edge.from, edge.to, toString(edge.certainty),
                            edge.label);
  }
  if (f.fix)
    text += "\n    fix " + f.fix->description;
  return text;
}

std::string difference(const std::vector<Finding> &first, const std::vector<Finding> &second) {
  std::multiset<std::string> one, other;
  for (const Finding &finding : first)
    one.insert(describe(finding));
  for (const Finding &finding : second)
    other.insert(describe(finding));
  std::vector<std::string> gone, come;
  std::set_difference(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(gone));
  std::set_difference(other.begin(), other.end(), one.begin(), one.end(), std::back_inserter(come));
  std::string text;
  for (const std::string &finding : gone)
    text += "- " + finding + '\n';
  for (const std::string &finding : come)
    text += "+ " + finding + '\n';
  return text;
}

std::vector<Finding> findingsOf(std::vector<TuFacts> units, const rules::RuleSet &rules) {
  Program program = link(std::move(units));
  linkConstructions(program, rules);
  linkPointerCalls(program, rules);
  return runChecks(Analysis(program, rules), allChecks(), {}, [](Finding &) { return true; });
}

std::string differencesInOtherOrders(llvm::ArrayRef<std::string> encoded, const rules::RuleSet &rules,
                                     unsigned orders) {
  const std::vector<TuFacts> units = decodeAll(encoded);
  const std::vector<Finding> expected = findingsOf(decodeAll(encoded), rules);
  std::string text;
  for (unsigned seed = 1; seed <= orders; ++seed) {
    const Shuffle shuffle(units, seed);
    std::vector<TuFacts> moved = decodeAll(encoded);
    shuffle.apply(moved);
    std::string changes = difference(expected, shuffle.restore(findingsOf(std::move(moved), rules)));
    if (!changes.empty())
      text += llvm::formatv("order {0}:\n{1}", seed, changes);
  }
  return text;
}

} // namespace opex::test
