#include "report/sarif_places.h"

#include "report/text_report.h"
#include "sarif/writer.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {

sarif::Message sarifMessage(llvm::StringRef text) {
  sarif::Message message;
  message.text = sarif::plainText(printable(text));
  return message;
}

SarifPlaces::SarifPlaces(const RunReport &report, bool excerpts) : excerpts_(excerpts) {
  for (const auto &[index, artifact] : llvm::enumerate(report.artifacts))
    artifactIndex_[artifact.path] = static_cast<uint32_t>(index);
}

sarif::ArtifactLocation SarifPlaces::artifact(llvm::StringRef path) const {
  sarif::ArtifactLocation location;
  if (path.starts_with("/")) {
    location.uri = "file://" + sarif::encodeUriPath(path);
    return location;
  }
  location.uri = sarif::encodeUriPath(path);
  location.uriBaseId = kSarifRoot.str();
  if (auto found = artifactIndex_.find(path); found != artifactIndex_.end())
    location.index = found->second;
  return location;
}

/// The region lies on one line: hosts drop annotations whose region leaves the diff.
sarif::Region SarifPlaces::region(const Location &where) const {
  llvm::StringRef line = where.lineText;
  uint32_t end = where.endLine == where.line ? where.endColumn : static_cast<uint32_t>(line.size() + 1);
  sarif::Region region;
  region.startLine = region.endLine = where.line;
  if (where.column == 0)
    return region;
  end = std::max(end, where.column);
  region.startColumn = sarif::utf16Column(line, where.column);
  region.endColumn = sarif::utf16Column(line, end);
  if (excerpts_ && end <= line.size() + 1)
    region.snippet = line.slice(where.column - 1, end - 1).str();
  return region;
}

sarif::Location SarifPlaces::location(const Location &where, llvm::StringRef message) const {
  sarif::Location location;
  location.physicalLocation.artifactLocation = artifact(where.path);
  if (where.line != 0)
    location.physicalLocation.region = region(where);
  if (excerpts_ && where.line != 0 && !where.lineText.empty()) {
    sarif::Region context;
    context.startLine = context.endLine = where.line;
    context.snippet = where.lineText;
    location.physicalLocation.contextRegion = std::move(context);
  }
  if (!where.function.empty()) {
    llvm::StringRef function = where.function;
    size_t separator = function.rfind("::");
    llvm::StringRef name = separator == llvm::StringRef::npos ? function : function.drop_front(separator + 2);
    location.logicalLocations.push_back({name.str(), where.function, "function"});
  }
  location.message = sarifMessage(message);
  return location;
}

} // namespace opex
