#include "report/sarif_report.h"

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

constexpr llvm::StringLiteral kRoot = "%SRCROOT%";

/// Kinds of notifications, in the order of the driver's list of them.
enum NotificationKind : uint32_t { TuFailed, TuPartial, TuNotice, ResultsLeftOut, Configuration };

std::vector<sarif::ReportingDescriptor> notificationKinds() {
  auto kind = [](llvm::StringRef id, llvm::StringRef name, llvm::StringRef text, sarif::Level level) {
    sarif::ReportingDescriptor descriptor;
    descriptor.id = id.str();
    descriptor.name = name.str();
    descriptor.shortDescription.text = text.str();
    descriptor.fullDescription.text = text.str();
    descriptor.defaultConfiguration = sarif::ReportingConfiguration{level, {}};
    return descriptor;
  };
  return {kind("tu-failed", "TranslationUnitFailed", "A translation unit could not be analysed.",
               sarif::Level::Error),
          kind("tu-partial", "TranslationUnitPartlyAnalysed",
               "Errors in a translation unit hid part of it from the analysis.", sarif::Level::Warning),
          kind("tu-notice", "TranslationUnitNotice",
               "A remark on a translation unit that was analysed completely.", sarif::Level::Note),
          kind("results-left-out", "ResultsLeftOut", "More was found than the reader of this file accepts.",
               sarif::Level::Warning),
          kind("configuration", "ConfigurationNotice", "A remark on rules, settings or suppressions.",
               sarif::Level::Warning)};
}

llvm::StringRef exitCodeMeaning(int exitCode) {
  switch (exitCode) {
  case 0: return "complete, nothing at or over the gate";
  case 1: return "findings at or over the gate";
  case 2: return "usage, configuration or rules error";
  case 3: return "some translation unit could not be analysed";
  default: return "stopped by a signal";
  }
}

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
      : report_(report), limits_(limits), isFull_(profile == SarifProfile::Full) {
    for (const auto &[index, check] : llvm::enumerate(report.checks))
      ruleIndex_[check->info.id] = static_cast<uint32_t>(index);
    for (const auto &[index, artifact] : llvm::enumerate(report.artifacts))
      artifactIndex_[artifact.path] = static_cast<uint32_t>(index);
  }

  sarif::Run build(llvm::ArrayRef<const Finding *> findings) {
    sarif::Run run;
    run.driver = driver();
    run.automationId = "opex-tidy/" + (report_.profile.empty() ? "default" : report_.profile) + "/";
    run.originalUriBaseIds[kRoot.str()].text = "The root of the analysed source tree.";
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
    run.invocations.push_back(invocation(report_.findings.size() - findings.size()));
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
    driver.language = "en-US";
    driver.shortDescription.text = "Finds operational anti-patterns in C++ services.";
    driver.rules = sarifRules(report_, limits_.tagsPerRule);
    driver.notifications = notificationKinds();
    return driver;
  }

  std::vector<sarif::Artifact> artifacts() {
    std::vector<sarif::Artifact> artifacts;
    for (const SourceArtifact &source : report_.artifacts) {
      sarif::Artifact artifact;
      artifact.location = artifactLocation(source.path);
      artifact.location.index.reset();
      artifact.roles = {"analysisTarget"};
      artifact.sourceLanguage = "cplusplus";
      if (!source.sha256.empty())
        artifact.hashes["sha-256"] = source.sha256;
      artifacts.push_back(std::move(artifact));
    }
    return artifacts;
  }

  sarif::ArtifactLocation artifactLocation(llvm::StringRef path) {
    sarif::ArtifactLocation location;
    if (path.starts_with("/")) {
      location.uri = "file://" + sarif::encodeUriPath(path);
      return location;
    }
    location.uri = sarif::encodeUriPath(path);
    location.uriBaseId = kRoot.str();
    if (auto found = artifactIndex_.find(path); found != artifactIndex_.end())
      location.index = found->second;
    return location;
  }

  /// The region lies on one line: hosts drop annotations whose region leaves the diff.
  sarif::Region region(const Location &where) {
    llvm::StringRef line = where.lineText;
    uint32_t end = where.endLine == where.line ? where.endColumn : static_cast<uint32_t>(line.size() + 1);
    sarif::Region region;
    region.startLine = region.endLine = where.line;
    if (where.column == 0)
      return region;
    end = std::max(end, where.column);
    region.startColumn = sarif::utf16Column(line, where.column);
    region.endColumn = sarif::utf16Column(line, end);
    if (isFull_ && end <= line.size() + 1)
      region.snippet = line.slice(where.column - 1, end - 1).str();
    return region;
  }

  sarif::Location location(const Location &where, llvm::StringRef message = "") {
    sarif::Location location;
    location.physicalLocation.artifactLocation = artifactLocation(where.path);
    if (where.line != 0)
      location.physicalLocation.region = region(where);
    if (isFull_ && where.line != 0 && !where.lineText.empty()) {
      sarif::Region context;
      context.startLine = context.endLine = where.line;
      context.snippet = where.lineText;
      location.physicalLocation.contextRegion = std::move(context);
    }
    if (!where.function.empty()) {
      llvm::StringRef function = where.function;
      size_t separator = function.rfind("::");
      llvm::StringRef name =
          separator == llvm::StringRef::npos ? function : function.drop_front(separator + 2);
      location.logicalLocations.push_back({name.str(), where.function, "function"});
    }
    location.message.text = sarif::plainText(message);
    return location;
  }

  sarif::CodeFlow codeFlow(const Finding &finding) {
    sarif::ThreadFlow flow;
    size_t steps = isFull_ ? finding.chain.size() : std::min(finding.chain.size(), limits_.stepsPerResult);
    for (size_t i = 0; i < steps; ++i) {
      const ChainStep &step = finding.chain[i];
      bool isEssential = step.isDependency || i + 1 == steps;
      flow.locations.push_back({location(step.where, step.message), isEssential ? "essential" : "important",
                                static_cast<uint32_t>(i + 1)});
    }
    sarif::CodeFlow codeFlow;
    codeFlow.threadFlows.push_back(std::move(flow));
    return codeFlow;
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
    fix.description.text = sarif::plainText(finding.fix->description);
    for (auto &[path, replacements] : changes)
      fix.artifactChanges.push_back({artifactLocation(path), std::move(replacements)});
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
    result.message.text = sarif::plainText(messageWithAdvice(finding));
    result.locations.push_back(location(finding.where));
    for (const auto &[index, related] : llvm::enumerate(finding.related)) {
      if (!isFull_ && index + 1 >= limits_.locationsPerResult)
        break;
      result.relatedLocations.push_back(location(related.where, related.message));
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
      if (finding.fix && !finding.fix->edits.empty())
        result.fixes.push_back(fix(finding));
    }
    return result;
  }

  /// A sentence with a full stop, since viewers cut after the first one, and the advice as the next.
  static std::string messageWithAdvice(const Finding &finding) {
    std::string text = finding.message;
    if (!text.empty() && !llvm::StringRef(".!?").contains(text.back()))
      text += '.';
    if (!finding.advice.empty())
      text += " " + finding.advice;
    return text;
  }

  sarif::Notification notification(NotificationKind kind, llvm::StringRef text, sarif::Level level,
                                   llvm::StringRef path, uint32_t line = 0, uint32_t column = 0) {
    sarif::Notification notification;
    notification.descriptor.id = notificationKinds()[kind].id;
    notification.descriptor.index = kind;
    notification.level = level;
    notification.message.text = sarif::plainText(text);
    if (!path.empty()) {
      Location where;
      where.path = path.str();
      where.line = where.endLine = line;
      where.column = where.endColumn = column;
      notification.locations.push_back(location(where));
    }
    return notification;
  }

  void addNotifications(const TuSummary &tu, std::vector<sarif::Notification> &list) {
    static constexpr std::pair<NotificationKind, sarif::Level> kKinds[] = {
        {TuNotice, sarif::Level::Note}, {TuPartial, sarif::Level::Warning}, {TuFailed, sarif::Level::Error}};
    auto [kind, level] = kKinds[static_cast<size_t>(tu.status)];
    std::string text = tu.mainFile + (tu.status == TuStatus::Failed    ? " could not be analysed"
                                      : tu.status == TuStatus::Partial ? " was analysed in part"
                                                                       : " was analysed");
    if (tu.notices.empty() && tu.status != TuStatus::Complete)
      list.push_back(notification(kind, text, level, tu.mainFile));
    for (const Notice &notice : tu.notices) {
      bool hasPlace = !notice.path.empty();
      list.push_back(notification(kind, text + ": " + notice.message, level,
                                  hasPlace ? notice.path : tu.mainFile, notice.line, notice.column));
    }
  }

  sarif::Invocation invocation(size_t leftOut) {
    sarif::Invocation invocation;
    // A run that lost a translation unit is never a clean pass.
    invocation.executionSuccessful = report_.exitCode == 0 || report_.exitCode == 1;
    invocation.exitCode = report_.exitCode;
    invocation.exitCodeDescription = exitCodeMeaning(report_.exitCode).str();
    for (const TuSummary &tu : report_.tus)
      addNotifications(tu, invocation.toolExecutionNotifications);
    if (leftOut != 0)
      invocation.toolExecutionNotifications.push_back(notification(
          ResultsLeftOut,
          std::to_string(leftOut) + " findings were left out of this file, the least severe first",
          sarif::Level::Warning, ""));
    for (const Notice &notice : report_.configurationNotices)
      invocation.toolConfigurationNotifications.push_back(notification(
          Configuration, notice.message, notice.isError ? sarif::Level::Error : sarif::Level::Warning,
          notice.path, notice.line, notice.column));
    return invocation;
  }

  const RunReport &report_;
  const GithubLimits &limits_;
  const bool isFull_;
  llvm::StringMap<uint32_t> ruleIndex_, artifactIndex_;
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
