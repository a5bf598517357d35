// Our locations in SARIF's terms: URIs relative to the source root, columns in UTF-16 units, one line each.
#pragma once

#include "report/run.h"
#include "sarif/model.h"

#include "llvm/ADT/StringMap.h"

namespace opex {

/// The base that stands for the source root in every URI.
inline constexpr llvm::StringLiteral kSarifRoot = "%SRCROOT%";

/// One line of plain text, whatever bytes `text` has: nothing in it steers a terminal or makes a link.
sarif::Message sarifMessage(llvm::StringRef text);

class SarifPlaces {
public:
  /// With `excerpts` regions carry their text and the line around it.
  SarifPlaces(const RunReport &report, bool excerpts);

  sarif::ArtifactLocation artifact(llvm::StringRef path) const;
  sarif::Location location(const Location &where, llvm::StringRef message = "") const;
  bool isArtifact(llvm::StringRef path) const { return artifactIndex_.contains(path); }

private:
  sarif::Region region(const Location &where) const;

  llvm::StringMap<uint32_t> artifactIndex_;
  bool excerpts_;
};

} // namespace opex
