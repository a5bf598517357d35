#include "report/sarif_notifications.h"

#include "report/notices.h"

namespace opex {
namespace {

/// In the order of the driver's list.
enum Kind : uint32_t { TuFailed, TuPartial, TuNotice, UnknownLibrary, ManyPaths, ResultsLeftOut, Configuration };

struct KindInfo {
  llvm::StringRef id, name, text, help;
  sarif::Level level;
};

constexpr KindInfo kKinds[] = {
    {"tu-failed", "TranslationUnitFailed", "A translation unit could not be analysed.",
     "Nothing is known about this file: it may hold faults that are not listed. See whether it compiles with "
     "clang "
     "and whether its entry in the compilation database is current.",
     sarif::Level::Error},
    {"tu-partial", "TranslationUnitPartlyAnalysed",
     "Errors in a translation unit hid part of it from the analysis.",
     "Functions with errors are missing from the analysis. See whether the file compiles with clang.",
     sarif::Level::Warning},
    {"tu-notice", "TranslationUnitNotice", "A remark on translation units that were analysed completely.",
     "Nothing was lost. Headers of the system may hold errors that cost no function of the project.",
     sarif::Level::Note},
    {"unknown-library", "UnknownLibrary", "Calls look like dependencies, and no rule knows them.",
     "Nothing is said of these calls. See `opex-tidy rules suggest` for a pack to begin with.",
     sarif::Level::Note},
    {"too-many-paths", "TooManyPaths", "A function has more paths than are followed.",
     "Retries in it may be missed. Shorter functions are read better, by people as well.", sarif::Level::Note},
    {"results-left-out", "ResultsLeftOut", "More was found than the reader of this file accepts.",
     "The most severe findings are listed. Use the full SARIF profile for all of them.",
     sarif::Level::Warning},
    {"configuration", "ConfigurationNotice", "A remark on rules, settings or suppressions.",
     "Something in the configuration has no effect or not the one that was meant.", sarif::Level::Warning}};

llvm::StringRef exitCodeMeaning(int exitCode) {
  switch (exitCode) {
  case 0: return "complete, nothing at or over the gate";
  case 1: return "findings at or over the gate";
  case 2: return "usage, configuration or rules error";
  case 3: return "some translation unit could not be analysed";
  default: return "stopped by a signal";
  }
}

sarif::Notification notification(Kind kind, llvm::StringRef text) {
  sarif::Notification notification;
  notification.descriptor.id = kKinds[kind].id.str();
  notification.descriptor.index = kind;
  notification.level = kKinds[kind].level;
  notification.message = sarifMessage(text);
  return notification;
}

sarif::Location place(const SarifPlaces &places, llvm::StringRef path, uint32_t line = 0,
                      uint32_t column = 0) {
  Location where;
  where.path = path.str();
  where.line = where.endLine = line;
  where.column = where.endColumn = column;
  return places.location(where);
}

/// "curl/curl.h:12: message" for places that are not in the project, which have no URI.
std::string withForeignPlace(const Notice &notice, const SarifPlaces &places) {
  if (notice.path.empty() || places.isArtifact(notice.path))
    return notice.message;
  return placeText(notice.path, notice.line, 0) + ": " + notice.message;
}

sarif::Notification lostUnit(const TuSummary &tu, const SarifPlaces &places) {
  bool isFailed = tu.status == TuStatus::Failed;
  std::string text = tu.mainFile + (isFailed ? " could not be analysed" : " was analysed in part");
  if (!tu.notices.empty())
    text += ": " + withForeignPlace(tu.notices.front(), places);
  if (tu.notices.size() > 1)
    text += " (and " + std::to_string(tu.notices.size() - 1) + " more)";
  sarif::Notification lost = notification(isFailed ? TuFailed : TuPartial, text);
  if (!tu.notices.empty() && places.isArtifact(tu.notices.front().path))
    lost.locations.push_back(
        place(places, tu.notices.front().path, tu.notices.front().line, tu.notices.front().column));
  else
    lost.locations.push_back(place(places, tu.mainFile));
  return lost;
}

} // namespace

std::vector<sarif::ReportingDescriptor> sarifNotificationKinds() {
  std::vector<sarif::ReportingDescriptor> descriptors;
  for (const KindInfo &kind : kKinds) {
    sarif::ReportingDescriptor descriptor;
    descriptor.id = kind.id.str();
    descriptor.name = kind.name.str();
    descriptor.shortDescription.text = descriptor.fullDescription.text = kind.text.str();
    descriptor.help.text = kind.help.str();
    descriptor.defaultConfiguration = sarif::ReportingConfiguration{kind.level, {}};
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

sarif::Invocation sarifInvocation(const RunReport &report, const SarifPlaces &places, size_t leftOut) {
  sarif::Invocation invocation;
  // A run that lost a translation unit is never a clean pass.
  invocation.executionSuccessful = report.exitCode == 0 || report.exitCode == 1;
  invocation.exitCode = report.exitCode;
  invocation.exitCodeDescription = exitCodeMeaning(report.exitCode).str();
  std::vector<sarif::Notification> &execution = invocation.toolExecutionNotifications;
  for (const TuSummary &tu : report.tus)
    if (tu.status != TuStatus::Complete)
      execution.push_back(lostUnit(tu, places));
  for (const SharedNotice &shared : harmlessNotices(report.tus)) {
    std::string text = withForeignPlace(*shared.notice, places) + " (" + unitsText(shared) + ")";
    execution.push_back(notification(TuNotice, text));
    bool hasPlace = places.isArtifact(shared.notice->path);
    execution.back().locations.push_back(
        hasPlace ? place(places, shared.notice->path, shared.notice->line, shared.notice->column)
                 : place(places, shared.firstUnit));
  }
  for (const UnknownCalls &each : report.unknownCalls) {
    execution.push_back(notification(UnknownLibrary, each.library + ": " + std::to_string(each.count) +
                                                         " calls look like dependencies, `" + each.example +
                                                         "` for example"));
    execution.back().locations.push_back(place(places, each.path, each.line));
  }
  for (const TooManyPaths &each : report.tooManyPaths) {
    execution.push_back(notification(ManyPaths, "`" + each.function + "` has more paths than are followed"));
    execution.back().locations.push_back(place(places, each.path, each.line));
  }
  if (leftOut != 0)
    execution.push_back(
        notification(ResultsLeftOut, std::to_string(leftOut) +
                                         " findings were left out of this file, the least severe first"));
  for (const Notice &notice : report.configurationNotices) {
    bool isInside = !notice.path.empty() && !llvm::StringRef(notice.path).starts_with("/");
    sarif::Notification remark =
        notification(Configuration, isInside ? notice.message : withForeignPlace(notice, places));
    if (notice.isError)
      remark.level = sarif::Level::Error;
    if (isInside)
      remark.locations.push_back(place(places, notice.path, notice.line, notice.column));
    invocation.toolConfigurationNotifications.push_back(std::move(remark));
  }
  return invocation;
}

} // namespace opex
