// Everything a run has to say, ready for any output: the one input of all writers of this folder. Paths
// are relative to the source root and '/' separated; no member depends on the machine or the clock.
#pragma once

#include "model/check.h"
#include "model/facts.h"
#include "model/finding.h"
#include "rules/rules.h"

#include <string>
#include <vector>

namespace opex {

/// Something the user should know about the run itself. `path` and the position may be empty or 0; a path
/// outside the project is as an include directive would spell it.
struct Notice {
  std::string message;
  std::string path;
  uint32_t line = 0, column = 0;
  bool isError = false;
};

/// What became of one entry of the compilation database.
struct TuSummary {
  std::string mainFile;
  TuStatus status = TuStatus::Complete;
  std::vector<Notice> notices;
};

/// A project file that was read.
struct SourceArtifact {
  std::string path;
  std::string sha256; ///< Lower-case hex; may be empty.
};

/// Calls that look like dependencies and that no rule knows: nothing is said of them.
struct UnknownCalls {
  std::string library; ///< The folder of its headers, or its one header.
  size_t count = 0;
  std::string example; ///< The function that is called most.
  std::string path;    ///< A call of it.
  uint32_t line = 0;
};

/// A function with more paths than are followed: what is unknown of its retries is not reported.
struct TooManyPaths {
  std::string function;
  std::string path;
  uint32_t line = 0;
};

struct RunReport {
  std::string toolVersion;                  ///< "1.2.3".
  std::string homePage;                     ///< Where readers learn about the tool; may be empty.
  std::string profile;                      ///< "ci", "ide" or "audit".
  std::vector<Finding> findings;            ///< Sorted and with fingerprints.
  std::vector<const Check *> checks;        ///< The enabled ones, sorted by id.
  std::vector<TuSummary> tus;               ///< Sorted by main file.
  std::vector<SourceArtifact> artifacts;    ///< Sorted by path.
  std::vector<Notice> configurationNotices; ///< Rules, settings, suppressions.
  std::vector<UnknownCalls> unknownCalls;   ///< The most called library first.
  std::vector<TooManyPaths> tooManyPaths;   ///< Sorted by place.
  std::vector<rules::Practice> practices;
  int exitCode = 0;
};

} // namespace opex
