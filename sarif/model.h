// SARIF 2.1.0 as plain structs: the part of the format that static analysis of source code uses, under
// the format's own names. Empty strings, empty lists and unset optionals are left out of the file; what a
// member means, and which ones the format demands together, is the standard's to say (OASIS SARIF 2.1.0).
// Knows nothing of opex-tidy. To extend: add the member here and its line in sarif/writer.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sarif {

enum class Level : uint8_t { None, Note, Warning, Error };

/// A property bag: what the format has no member for.
using PropertyValue = std::variant<std::string, std::vector<std::string>, double>;
using PropertyBag = std::map<std::string, PropertyValue>;

struct Message {
  std::string text, markdown;
};

struct ArtifactLocation {
  std::string uri, uriBaseId; ///< `uri` is percent-encoded already; see encodeUriPath.
  std::optional<uint32_t> index;
};

/// Lines and columns count from 1, columns in the run's columnKind; the end column is one past the end.
struct Region {
  uint32_t startLine = 0, startColumn = 0, endLine = 0, endColumn = 0; ///< 0 = not given.
  std::optional<uint32_t> byteOffset, byteLength;
  std::string snippet;
};

struct PhysicalLocation {
  ArtifactLocation artifactLocation;
  std::optional<Region> region, contextRegion;
};

struct LogicalLocation {
  std::string name, fullyQualifiedName, kind;
};

struct Location {
  std::optional<uint32_t> id;
  PhysicalLocation physicalLocation;
  std::vector<LogicalLocation> logicalLocations;
  Message message;
};

struct ThreadFlowLocation {
  Location location;
  std::string importance;      ///< "essential", "important" or "unimportant".
  uint32_t executionOrder = 0; ///< From 1; 0 = not given.
  std::vector<std::string> kinds; ///< What the step is: "call" and the like, or words of the tool's own.
};

struct ThreadFlow {
  std::vector<ThreadFlowLocation> locations;
};

struct CodeFlow {
  Message message;
  std::vector<ThreadFlow> threadFlows;
};

struct Node {
  std::string id; ///< Unique in its graph; so is an edge's.
  Message label;
  std::optional<Location> location;
};

struct Edge {
  std::string id, sourceNodeId, targetNodeId;
  Message label;
  PropertyBag properties;
};

struct Graph {
  Message description;
  std::vector<Node> nodes;
  std::vector<Edge> edges;
};

struct Replacement {
  Region deletedRegion;
  std::string insertedContent;
};

struct ArtifactChange {
  ArtifactLocation artifactLocation;
  std::vector<Replacement> replacements;
};

struct Fix {
  Message description;
  std::vector<ArtifactChange> artifactChanges;
};

struct Result {
  std::string ruleId;
  std::optional<uint32_t> ruleIndex;
  Level level = Level::Warning;
  std::optional<double> rank; ///< 0 to 100, 100 most important.
  Message message;
  std::vector<Location> locations, relatedLocations;
  std::vector<CodeFlow> codeFlows;
  std::vector<Graph> graphs;
  std::vector<Fix> fixes;
  std::map<std::string, std::string> partialFingerprints;
  PropertyBag properties;
};

struct ToolComponentReference {
  std::string name;
  std::optional<uint32_t> index;
};

struct ReportingDescriptorReference {
  std::string id;
  std::optional<uint32_t> index;
  std::optional<ToolComponentReference> toolComponent;
};

struct Relationship {
  ReportingDescriptorReference target;
  std::vector<std::string> kinds;
};

struct ReportingConfiguration {
  Level level = Level::Warning;
  std::optional<double> rank;
};

/// A rule, a kind of notification, or an entry of a taxonomy.
struct ReportingDescriptor {
  std::string id, name;
  Message shortDescription, fullDescription, help;
  std::string helpUri;
  std::optional<ReportingConfiguration> defaultConfiguration;
  std::vector<Relationship> relationships;
  PropertyBag properties;
};

struct ToolComponent {
  std::string name, fullName, organization, version, semanticVersion, informationUri, language;
  Message shortDescription, fullDescription;
  std::vector<ReportingDescriptor> rules, notifications, taxa;
  std::vector<ToolComponentReference> supportedTaxonomies;
  std::vector<std::string> contents; ///< "localizedData", "nonLocalizedData".
  bool isComprehensive = false;
};

struct Notification {
  ReportingDescriptorReference descriptor;
  Level level = Level::Warning;
  Message message;
  std::vector<Location> locations;
};

struct Invocation {
  bool executionSuccessful = true;
  std::optional<int> exitCode;
  std::string exitCodeDescription;
  std::vector<Notification> toolExecutionNotifications, toolConfigurationNotifications;
};

struct Artifact {
  ArtifactLocation location;
  std::vector<std::string> roles;
  std::string sourceLanguage;
  std::map<std::string, std::string> hashes;
};

struct Run {
  ToolComponent driver;
  std::vector<Invocation> invocations;
  std::string automationId;
  std::map<std::string, Message> originalUriBaseIds; ///< Base → what it stands for; no URI of this machine.
  std::vector<Artifact> artifacts;
  std::vector<ToolComponent> taxonomies;
  std::vector<Result> results;
  std::string columnKind = "utf16CodeUnits";
  std::string defaultSourceLanguage;
  PropertyBag properties;
};

struct Log {
  std::vector<Run> runs;
};

} // namespace sarif
