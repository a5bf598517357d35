#include "sarif/writer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/JSON.h"

namespace sarif {
namespace {

constexpr llvm::StringLiteral kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

llvm::StringRef word(Level level) {
  switch (level) {
  case Level::None: return "none";
  case Level::Note: return "note";
  case Level::Warning: return "warning";
  case Level::Error: return "error";
  }
  llvm_unreachable("unknown level");
}

/// One writer per file: `object`-like functions write the members of the object that is open, and each
/// leaves out what is empty.
class Writer {
public:
  explicit Writer(llvm::raw_ostream &out) : json_(out, /*IndentSize=*/2) {}

  void log(const Log &log) {
    json_.object([&] {
      required("$schema", kSchema);
      required("version", "2.1.0");
      json_.attributeArray("runs", [&] {
        for (const Run &run : log.runs)
          json_.object([&] { members(run); });
      });
    });
    json_.flush();
  }

private:
  void required(llvm::StringRef key, llvm::StringRef value) {
    json_.attribute(key, llvm::json::isUTF8(value) ? llvm::json::Value(value)
                                                   : llvm::json::Value(llvm::json::fixUTF8(value)));
  }

  void text(llvm::StringRef key, llvm::StringRef value) {
    if (!value.empty())
      required(key, value);
  }

  void number(llvm::StringRef key, uint32_t value) {
    if (value)
      json_.attribute(key, value);
  }

  template <class T> void number(llvm::StringRef key, std::optional<T> value) {
    if (value)
      json_.attribute(key, *value);
  }

  void texts(llvm::StringRef key, const std::vector<std::string> &values) {
    if (values.empty())
      return;
    json_.attributeArray(key, [&] {
      for (const std::string &value : values)
        json_.value(llvm::json::fixUTF8(value));
    });
  }

  void texts(llvm::StringRef key, const std::map<std::string, std::string> &values) {
    if (values.empty())
      return;
    json_.attributeObject(key, [&] {
      for (const auto &[name, value] : values)
        required(name, value);
    });
  }

  template <class T> void object(llvm::StringRef key, const T &value) {
    json_.attributeObject(key, [&] { members(value); });
  }

  template <class T> void object(llvm::StringRef key, const std::optional<T> &value) {
    if (value)
      object(key, *value);
  }

  template <class T> void list(llvm::StringRef key, const std::vector<T> &values) {
    if (values.empty())
      return;
    json_.attributeArray(key, [&] {
      for (const T &value : values)
        json_.object([&] { members(value); });
    });
  }

  void message(llvm::StringRef key, const Message &message) {
    if (!message.text.empty() || !message.markdown.empty())
      object(key, message);
  }

  void properties(const PropertyBag &bag) {
    if (bag.empty())
      return;
    json_.attributeObject("properties", [&] {
      for (const auto &[name, value] : bag) {
        if (const auto *single = std::get_if<std::string>(&value))
          required(name, *single);
        else if (const auto *several = std::get_if<std::vector<std::string>>(&value))
          texts(name, *several);
        else
          json_.attribute(name, std::get<double>(value));
      }
    });
  }

  void members(const Message &message) {
    required("text", message.text);
    text("markdown", message.markdown);
  }

  void members(const ArtifactLocation &location) {
    text("uri", location.uri);
    text("uriBaseId", location.uriBaseId);
    number("index", location.index);
  }

  void members(const Region &region) {
    number("startLine", region.startLine);
    number("startColumn", region.startColumn);
    number("endLine", region.endLine);
    number("endColumn", region.endColumn);
    number("byteOffset", region.byteOffset);
    number("byteLength", region.byteLength);
    if (!region.snippet.empty())
      json_.attributeObject("snippet", [&] { required("text", region.snippet); });
  }

  void members(const PhysicalLocation &location) {
    object("artifactLocation", location.artifactLocation);
    object("region", location.region);
    object("contextRegion", location.contextRegion);
  }

  void members(const LogicalLocation &location) {
    text("name", location.name);
    text("fullyQualifiedName", location.fullyQualifiedName);
    text("kind", location.kind);
  }

  void members(const Location &location) {
    number("id", location.id);
    object("physicalLocation", location.physicalLocation);
    list("logicalLocations", location.logicalLocations);
    message("message", location.message);
  }

  void members(const ThreadFlowLocation &step) {
    object("location", step.location);
    number("executionOrder", step.executionOrder);
    text("importance", step.importance);
    texts("kinds", step.kinds);
  }

  void members(const ThreadFlow &flow) { list("locations", flow.locations); }

  void members(const CodeFlow &flow) {
    message("message", flow.message);
    list("threadFlows", flow.threadFlows);
  }

  void members(const Node &node) {
    required("id", node.id);
    message("label", node.label);
    object("location", node.location);
  }

  void members(const Edge &edge) {
    required("id", edge.id);
    message("label", edge.label);
    required("sourceNodeId", edge.sourceNodeId);
    required("targetNodeId", edge.targetNodeId);
    properties(edge.properties);
  }

  void members(const Graph &graph) {
    message("description", graph.description);
    list("nodes", graph.nodes);
    list("edges", graph.edges);
  }

  void members(const Replacement &replacement) {
    object("deletedRegion", replacement.deletedRegion);
    if (!replacement.insertedContent.empty())
      json_.attributeObject("insertedContent", [&] { required("text", replacement.insertedContent); });
  }

  void members(const ArtifactChange &change) {
    object("artifactLocation", change.artifactLocation);
    list("replacements", change.replacements);
  }

  void members(const Fix &fix) {
    message("description", fix.description);
    list("artifactChanges", fix.artifactChanges);
  }

  void members(const Result &result) {
    text("ruleId", result.ruleId);
    number("ruleIndex", result.ruleIndex);
    required("level", word(result.level));
    number("rank", result.rank);
    object("message", result.message);
    list("locations", result.locations);
    list("relatedLocations", result.relatedLocations);
    list("codeFlows", result.codeFlows);
    list("graphs", result.graphs);
    list("fixes", result.fixes);
    texts("partialFingerprints", result.partialFingerprints);
    properties(result.properties);
  }

  void members(const ToolComponentReference &reference) {
    text("name", reference.name);
    number("index", reference.index);
  }

  void members(const ReportingDescriptorReference &reference) {
    text("id", reference.id);
    number("index", reference.index);
    object("toolComponent", reference.toolComponent);
  }

  void members(const Relationship &relationship) {
    object("target", relationship.target);
    texts("kinds", relationship.kinds);
  }

  void members(const ReportingConfiguration &configuration) {
    required("level", word(configuration.level));
    number("rank", configuration.rank);
  }

  void members(const ReportingDescriptor &descriptor) {
    required("id", descriptor.id);
    text("name", descriptor.name);
    message("shortDescription", descriptor.shortDescription);
    message("fullDescription", descriptor.fullDescription);
    object("defaultConfiguration", descriptor.defaultConfiguration);
    text("helpUri", descriptor.helpUri);
    message("help", descriptor.help);
    list("relationships", descriptor.relationships);
    properties(descriptor.properties);
  }

  void members(const ToolComponent &component) {
    required("name", component.name);
    text("fullName", component.fullName);
    text("organization", component.organization);
    text("version", component.version);
    text("semanticVersion", component.semanticVersion);
    text("informationUri", component.informationUri);
    text("language", component.language);
    message("shortDescription", component.shortDescription);
    message("fullDescription", component.fullDescription);
    list("rules", component.rules);
    list("notifications", component.notifications);
    list("taxa", component.taxa);
    list("supportedTaxonomies", component.supportedTaxonomies);
    texts("contents", component.contents);
    if (component.isComprehensive)
      json_.attribute("isComprehensive", true);
  }

  void members(const Notification &notification) {
    if (!notification.descriptor.id.empty())
      object("descriptor", notification.descriptor);
    required("level", word(notification.level));
    object("message", notification.message);
    list("locations", notification.locations);
  }

  void members(const Invocation &invocation) {
    json_.attribute("executionSuccessful", invocation.executionSuccessful);
    number("exitCode", invocation.exitCode);
    text("exitCodeDescription", invocation.exitCodeDescription);
    list("toolExecutionNotifications", invocation.toolExecutionNotifications);
    list("toolConfigurationNotifications", invocation.toolConfigurationNotifications);
  }

  void members(const Artifact &artifact) {
    object("location", artifact.location);
    texts("roles", artifact.roles);
    text("sourceLanguage", artifact.sourceLanguage);
    texts("hashes", artifact.hashes);
  }

  void members(const Run &run) {
    json_.attributeObject("tool", [&] { object("driver", run.driver); });
    list("invocations", run.invocations);
    if (!run.automationId.empty())
      json_.attributeObject("automationDetails", [&] { required("id", run.automationId); });
    if (!run.originalUriBaseIds.empty())
      json_.attributeObject("originalUriBaseIds", [&] {
        for (const auto &[name, description] : run.originalUriBaseIds)
          json_.attributeObject(name, [&] { message("description", description); });
      });
    list("artifacts", run.artifacts);
    list("taxonomies", run.taxonomies);
    // A run without findings says so; leaving the list out would say that nothing was looked for.
    json_.attributeArray("results", [&] {
      for (const Result &result : run.results)
        json_.object([&] { members(result); });
    });
    text("columnKind", run.columnKind);
    text("defaultSourceLanguage", run.defaultSourceLanguage);
    properties(run.properties);
  }

  llvm::json::OStream json_;
};

} // namespace

void write(const Log &log, llvm::raw_ostream &out) {
  Writer(out).log(log);
  out << '\n';
}

} // namespace sarif
