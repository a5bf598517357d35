#include "report/sarif_report.h"

#include "report/sarif_notifications.h"
#include "report/sarif_rules.h"
#include "sarif/writer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <map>

namespace opex {
namespace {

double rank(Confidence confidence) {
  switch (confidence) {
  case Confidence::High: return 90;
  case Confidence::Medium: return 60;
  case Confidence::Low: return 30;
  }
  llvm_unreachable("unknown confidence");
}

/// Builds one run. Which findings are in it has been decided before.
class RunBuilder {
public:
  RunBuilder(const RunReport &report, SarifProfile profile, const GithubLimits &limits)
      : report_(report), limits_(limits), isFull_(profile == SarifProfile::Full), places_(report, isFull_) {
    for (const auto &[index, check] : llvm::enumerate(report.checks))
      ruleIndex_[check->info.id] = static_cast<uint32_t>(index);
  }

  sarif::Run build(llvm::ArrayRef<const Finding *> findings) {
    sarif::Run run;
    run.driver = driver();
    run.automationId = "opex-tidy/" + (report_.profile.empty() ? "default" : report_.profile) + "/";
    run.originalUriBaseIds[kSarifRoot.str()].text = "The root of the analysed source tree.";
    run.artifacts = artifacts();
    if (isFull_) {
      run.taxonomies = sarifTaxonomies(report_);
      for (const auto &[index, taxonomy] : llvm::enumerate(run.taxonomies))
        run.driver.supportedTaxonomies.push_back({taxonomy.name, static_cast<uint32_t>(index)});
    } else {
      for (sarif::ReportingDescriptor &rule : run.driver.rules)
        rule.relationships.clear();
    }
    for (const Finding *finding : findings)
      run.results.push_back(result(*finding));
    run.invocations.push_back(sarifInvocation(report_, places_, report_.findings.size() - findings.size()));
    run.defaultSourceLanguage = "cplusplus";
    return run;
  }

private:
  sarif::ToolComponent driver() {
    sarif::ToolComponent driver;
    driver.name = "opex-tidy";
    driver.fullName = "opex-tidy " + report_.toolVersion;
    driver.version = report_.toolVersion;
    driver.semanticVersion = report_.toolVersion;
    driver.informationUri = report_.homePage;
    driver.language = "en-US";
    driver.shortDescription.text = "Finds operational anti-patterns in C++ services.";
    driver.rules = sarifRules(report_, limits_.tagsPerRule);
    driver.notifications = sarifNotificationKinds();
    return driver;
  }

  std::vector<sarif::Artifact> artifacts() {
    std::vector<sarif::Artifact> artifacts;
    for (const SourceArtifact &source : report_.artifacts) {
      sarif::Artifact artifact;
      artifact.location = places_.artifact(source.path);
      artifact.location.index.reset();
      artifact.roles = {"analysisTarget"};
      artifact.sourceLanguage = "cplusplus";
      if (!source.sha256.empty())
        artifact.hashes["sha-256"] = source.sha256;
      artifacts.push_back(std::move(artifact));
    }
    return artifacts;
  }

  sarif::CodeFlow codeFlow(const Finding &finding) {
    sarif::ThreadFlow flow;
    size_t steps = isFull_ ? finding.chain.size() : std::min(finding.chain.size(), limits_.stepsPerResult);
    for (size_t i = 0; i < steps; ++i) {
      const ChainStep &step = finding.chain[i];
      bool isEssential = step.isDependency || step.isEssential || i + 1 == steps;
      flow.locations.push_back({places_.location(step.where, step.message),
                                isEssential ? "essential" : "important", static_cast<uint32_t>(i + 1),
                                step.isDependency ? std::vector<std::string>{"call", "dependency"}
                                                  : std::vector<std::string>{}});
    }
    sarif::CodeFlow codeFlow;
    codeFlow.threadFlows.push_back(std::move(flow));
    return codeFlow;
  }

  sarif::Graph graph(const Graph &from) {
    sarif::Graph graph;
    graph.description = sarifMessage(from.description);
    for (const auto &[index, node] : llvm::enumerate(from.nodes))
      graph.nodes.push_back({"n" + std::to_string(index), sarifMessage(node.label), places_.location(node.where)});
    for (const auto &[index, edge] : llvm::enumerate(from.edges)) {
      graph.edges.push_back({"e" + std::to_string(index), "n" + std::to_string(edge.from), "n" + std::to_string(edge.to),
                             sarifMessage(edge.label), {}});
      graph.edges.back().properties["certainty"] = std::string(toString(edge.certainty));
    }
    return graph;
  }

  sarif::Fix fix(const Finding &finding) {
    std::map<std::string, std::vector<sarif::Replacement>> changes;
    for (const Edit &edit : finding.fix->edits) {
      sarif::Replacement replacement;
      sarif::Region &region = replacement.deletedRegion;
      region.startLine = edit.line;
      region.endLine = edit.endLine;
      region.startColumn = sarif::utf16Column(lineText(finding, edit.path, edit.line), edit.column);
      region.endColumn = sarif::utf16Column(lineText(finding, edit.path, edit.endLine), edit.endColumn);
      region.byteOffset = edit.offset;
      region.byteLength = edit.length;
      replacement.insertedContent = edit.replacement;
      changes[edit.path].push_back(std::move(replacement));
    }
    sarif::Fix fix;
    fix.description = sarifMessage(finding.fix->description);
    for (auto &[path, replacements] : changes)
      fix.artifactChanges.push_back({places_.artifact(path), std::move(replacements)});
    return fix;
  }

  /// The text of a line, if the finding has a place on it.
  llvm::StringRef lineText(const Finding &finding, llvm::StringRef path, uint32_t line) {
    auto isThere = [&](const Location &where) { return where.line == line && where.path == path; };
    if (isThere(finding.where))
      return finding.where.lineText;
    for (const ChainStep &step : finding.chain)
      if (isThere(step.where))
        return step.where.lineText;
    for (const Related &related : finding.related)
      if (isThere(related.where))
        return related.where.lineText;
    return "";
  }

  sarif::Result result(const Finding &finding) {
    sarif::Result result;
    result.ruleId = finding.check;
    if (auto rule = ruleIndex_.find(finding.check); rule != ruleIndex_.end())
      result.ruleIndex = rule->second;
    result.level = sarifLevel(finding.severity);
    result.message = sarifMessage(messageWithAdvice(finding));
    result.locations.push_back(places_.location(finding.where));
    for (const auto &[index, related] : llvm::enumerate(finding.related)) {
      if (!isFull_ && index + 1 >= limits_.locationsPerResult)
        break;
      result.relatedLocations.push_back(places_.location(related.where, related.message));
      result.relatedLocations.back().id = static_cast<uint32_t>(index + 1);
    }
    if (!finding.chain.empty())
      result.codeFlows.push_back(codeFlow(finding));
    if (finding.where.lineHash != 0)
      result.partialFingerprints["primaryLocationLineHash"] =
          llvm::utohexstr(finding.where.lineHash, /*LowerCase=*/true) + ":" +
          std::to_string(finding.where.lineOccurrence);
    if (!finding.fingerprint.empty())
      result.partialFingerprints["opexTidy/v1"] = finding.fingerprint;
    if (isFull_) {
      result.rank = rank(finding.confidence);
      result.properties["confidence"] = std::string(toString(finding.confidence));
      if (!finding.subject.empty())
        result.properties["subject"] = finding.subject;
      if (!finding.rows.empty())
        result.properties["packRows"] = finding.rows;
      if (finding.worstCase) {
        result.properties["worstCase"] = finding.worstCase->text;
        if (finding.worstCase->atLeastMs > 0)
          result.properties["worstCaseMs"] = static_cast<double>(finding.worstCase->atLeastMs);
        if (finding.worstCase->amplification > 0)
          result.properties["amplification"] = static_cast<double>(finding.worstCase->amplification);
      }
      if (finding.graph)
        result.graphs.push_back(graph(*finding.graph));
      if (finding.fix && !finding.fix->edits.empty())
        result.fixes.push_back(fix(finding));
    }
    return result;
  }

  /// Sentences with full stops, since viewers that are short of room cut after the first one.
  static std::string messageWithAdvice(const Finding &finding) {
    std::string text = asSentence(finding.message);
    if (!finding.advice.empty())
      text += " Instead: " + asSentence(finding.advice);
    return text;
  }

  static std::string asSentence(llvm::StringRef text) {
    bool isEnded = text.empty() || llvm::StringRef(".!?").contains(text.back());
    return text.str() + (isEnded ? "" : ".");
  }

  const RunReport &report_;
  const GithubLimits &limits_;
  const bool isFull_;
  const SarifPlaces places_;
  llvm::StringMap<uint32_t> ruleIndex_;
};

/// The findings that fit, in their own order: the most severe ones stay, and among equals the surest.
std::vector<const Finding *> selectFindings(const RunReport &report, size_t limit) {
  std::vector<const Finding *> selected;
  for (const Finding &finding : report.findings)
    selected.push_back(&finding);
  if (selected.size() <= limit)
    return selected;
  // All findings lie in one array, so the order of pointers is the order of the report.
  llvm::sort(selected, [](const Finding *a, const Finding *b) {
    return std::tie(a->severity, a->confidence, b) > std::tie(b->severity, b->confidence, a);
  });
  selected.resize(limit);
  llvm::sort(selected);
  return selected;
}

std::string render(const RunReport &report, SarifProfile profile, const GithubLimits &limits) {
  std::string text;
  llvm::raw_string_ostream out(text);
  sarif::write(makeSarif(report, profile, limits), out);
  return text;
}

size_t compressedSize(llvm::StringRef text) {
  if (!llvm::compression::zlib::isAvailable())
    return text.size();
  llvm::SmallVector<uint8_t, 0> compressed;
  llvm::compression::zlib::compress(llvm::arrayRefFromStringRef(text), compressed);
  return compressed.size();
}

} // namespace

sarif::Log makeSarif(const RunReport &report, SarifProfile profile, const GithubLimits &limits) {
  size_t limit = profile == SarifProfile::Github ? limits.results : report.findings.size();
  sarif::Log log;
  log.runs.push_back(RunBuilder(report, profile, limits).build(selectFindings(report, limit)));
  return log;
}

std::string renderSarif(const RunReport &report, SarifProfile profile, const GithubLimits &limits) {
  std::string text = render(report, profile, limits);
  if (profile == SarifProfile::Full)
    return text;
  GithubLimits tighter = limits;
  tighter.results = std::min(limits.results, report.findings.size());
  while (text.size() > limits.compressedBytes && tighter.results > 0) {
    size_t size = compressedSize(text);
    if (size <= limits.compressedBytes)
      break;
    // Aim a little below the limit; each round gets closer, and always drops at least one.
    double share = 0.9 * static_cast<double>(limits.compressedBytes) / static_cast<double>(size);
    tighter.results =
        std::min(tighter.results - 1, static_cast<size_t>(static_cast<double>(tighter.results) * share));
    text = render(report, profile, tighter);
  }
  return text;
}

} // namespace opex
