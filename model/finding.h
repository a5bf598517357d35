// What a check reports, in a form that every output can print without looking at the program again.
// Findings own their text; identity and order are defined here, rendering in report/.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace opex {

enum class Severity : uint8_t { Note, Warning, Error };
enum class Confidence : uint8_t { Low, Medium, High };

const char *toString(Severity severity);
const char *toString(Confidence confidence);

/// A place in a project file, with its line's text so that an excerpt needs no source.
struct Location {
  std::string path;   ///< Relative to the source root, '/' separated.
  uint32_t line = 0, column = 0;       ///< 1-based; columns in bytes.
  uint32_t endLine = 0, endColumn = 0; ///< One past the end.
  std::string lineText;                ///< Text of `line`; empty if it was not kept.
  uint64_t lineHash = 0;               ///< See SourceLine.
  uint32_t lineOccurrence = 1;
  std::string function; ///< Qualified name of the function around it; may be empty.

  bool operator==(const Location &) const = default;
};

/// One step of the evidence, in the order in which it happens at run time.
struct ChainStep {
  Location where;
  std::string message;
  bool isDependency = false; ///< The step that leaves the process.
  bool isEssential = false;  ///< Without it there would be no finding; so is what leaves the process.
};

/// How the functions behind a finding hang together.
struct GraphNode {
  std::string label;
  Location where;
};
struct GraphEdge {
  uint32_t from = 0, to = 0; ///< Positions among the nodes.
  std::string label;
  Confidence certainty = Confidence::High; ///< That the one surely runs the other.
};
struct Graph {
  std::string description;
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};

/// A place that helps to understand the finding without being a step towards it.
struct Related {
  Location where;
  std::string message;
};

/// Replaces bytes [offset, offset + length) of `path`.
struct Edit {
  std::string path;
  uint32_t offset = 0, length = 0;
  uint32_t line = 0, column = 0, endLine = 0, endColumn = 0;
  std::string replacement;
};

struct Fix {
  std::string description;
  std::vector<Edit> edits;
};

struct Finding {
  std::string check; ///< "opex-missing-timeout".
  Severity severity = Severity::Warning;
  std::optional<Severity> ownSeverity; ///< Given by the check where one finding weighs more than its others.
  Confidence confidence = Confidence::High;
  std::string doubt;   ///< The weakest link of its evidence; empty at high confidence. See weaken.
  std::string message; ///< One sentence, lower case, no full stop at the end.
  Location where;      ///< One short line: the call token.
  std::string subject; ///< What the finding is about: callee, dependency or handler. Part of the identity.
  std::string statement; ///< The statement's own text, white space folded. Part of the identity.
  std::string functionId; ///< USR (or name) of the enclosing function. Part of the identity.
  std::string advice;  ///< What to do instead, one sentence.
  std::vector<ChainStep> chain;
  std::vector<Related> related;
  std::optional<Graph> graph;
  std::optional<Fix> fix;
  std::vector<std::string> rows; ///< Of rule packs, that made it one: `curl/curl_easy_perform`.
  std::string fingerprint; ///< See assignFingerprints; 16 hex digits.
};

/// Lowers the confidence to `limit`, because of `doubt`; does nothing if it is as low already.
void weaken(Finding &finding, Confidence limit, std::string doubt);

/// Sorts by place, check and message and drops findings that say the same of the same place (headers
/// seen by several TUs, instantiations of one template).
void sortAndMerge(std::vector<Finding> &findings);

/// Gives every finding its identity: check, enclosing function, subject, normalised statement and the
/// ordinal among equals. Needs sorted findings; neither lines nor paths enter.
void assignFingerprints(std::vector<Finding> &findings);

} // namespace opex
