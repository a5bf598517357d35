// The only file here that may throw or catch: yaml-cpp reports by exception. What leaves it is a plain tree.
#include "rules/load.h"
#include "rules/embedded.h"
#include "rules/yaml.h"

#include "model/error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

namespace opex::rules {
namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr size_t kMaxDepth = 16;

llvm::Error errorAt(llvm::StringRef name, unsigned line, unsigned column, const llvm::Twine &message) {
  return makeError(name + ":" + llvm::Twine(line) + ":" + llvm::Twine(column) + ": " + message);
}

/// Builds the tree while yaml-cpp parses, so that a hostile document is refused before it is expanded.
class TreeBuilder : public YAML::EventHandler {
public:
  YamlNode takeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark &mark) override {
    if (documents_++ > 0)
      throw YAML::ParserException(mark, "more than one document");
  }
  void OnDocumentEnd() override {}

  void OnAnchor(const YAML::Mark &mark, const std::string &) override {
    throw YAML::ParserException(mark, "anchors and aliases are not allowed");
  }
  void OnAlias(const YAML::Mark &mark, YAML::anchor_t) override {
    throw YAML::ParserException(mark, "anchors and aliases are not allowed");
  }
  void OnNull(const YAML::Mark &mark, YAML::anchor_t) override { add(make(YamlNode::Null, mark)); }
  void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t,
                const std::string &value) override {
    refuseTag(mark, tag);
    YamlNode node = make(YamlNode::Scalar, mark);
    node.text = value;
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Sequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Map);
  }
  void OnMapEnd() override { close(); }

private:
  static YamlNode make(YamlNode::Kind kind, const YAML::Mark &mark) {
    YamlNode node;
    node.kind = kind;
    node.line = static_cast<unsigned>(mark.line + 1);
    node.column = static_cast<unsigned>(mark.column + 1);
    return node;
  }

  static void refuseTag(const YAML::Mark &mark, const std::string &tag) {
    if (!tag.empty() && tag != "?" && tag != "!") // What yaml-cpp gives plain and quoted scalars.
      throw YAML::ParserException(mark, "tags are not allowed");
  }

  void open(const YAML::Mark &mark, const std::string &tag, YamlNode::Kind kind) {
    refuseTag(mark, tag);
    if (open_.size() == kMaxDepth)
      throw YAML::ParserException(mark, "nested too deeply");
    open_.push_back(make(kind, mark));
  }

  void close() {
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    if (node.kind == YamlNode::Map)
      checkKeys(node);
    add(std::move(node));
  }

  static void checkKeys(const YamlNode &map) {
    llvm::StringSet<> seen;
    for (size_t i = 0; i < map.items.size(); i += 2) {
      const YamlNode &key = map.items[i];
      YAML::Mark mark;
      mark.line = static_cast<int>(key.line) - 1;
      mark.column = static_cast<int>(key.column) - 1;
      if (key.kind != YamlNode::Scalar)
        throw YAML::ParserException(mark, "a key must be a word");
      if (!seen.insert(key.text).second)
        throw YAML::ParserException(mark, "key '" + key.text + "' is given twice");
    }
  }

  void add(YamlNode node) {
    if (open_.empty())
      root_ = std::move(node);
    else
      open_.back().items.push_back(std::move(node));
  }

  YamlNode root_;
  std::vector<YamlNode> open_;
  unsigned documents_ = 0;
};

llvm::Error checkBytes(llvm::StringRef yaml, llvm::StringRef name) {
  if (yaml.size() > kMaxBytes)
    return errorAt(name, 1, 1, "larger than 1 MiB");
  const auto *begin = reinterpret_cast<const llvm::UTF8 *>(yaml.begin());
  const auto *bad = begin;
  bool isText = llvm::isLegalUTF8String(&bad, reinterpret_cast<const llvm::UTF8 *>(yaml.end()));
  size_t nul = yaml.find('\0');
  if (isText && nul == llvm::StringRef::npos)
    return llvm::Error::success();
  llvm::StringRef before = yaml.take_front(std::min(nul, static_cast<size_t>(bad - begin)));
  return errorAt(name, static_cast<unsigned>(before.count('\n') + 1),
                 static_cast<unsigned>(before.size() - before.rfind('\n')), "not a text file in UTF-8");
}

} // namespace

llvm::Expected<YamlNode> parseYaml(llvm::StringRef yaml, llvm::StringRef name) {
  if (llvm::Error error = checkBytes(yaml, name))
    return error;
  try {
    std::istringstream stream(yaml.str());
    YAML::Parser parser(stream);
    TreeBuilder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.takeRoot();
  } catch (const YAML::Exception &error) { // Where it knows no place, its mark is -1:-1.
    return errorAt(name, static_cast<unsigned>(error.mark.line + 1),
                   static_cast<unsigned>(error.mark.column + 1), error.msg);
  } catch (const std::exception &error) {
    return makeError(name + ": " + error.what());
  }
}

static llvm::Expected<std::string> readRuleFile(const std::string &path) {
  llvm::sys::fs::file_status status;
  if (std::error_code code = llvm::sys::fs::status(path, status))
    return makeError(path + ": " + code.message());
  if (status.type() != llvm::sys::fs::file_type::regular_file)
    return makeError(path + ": not a regular file");
  if (status.getSize() > kMaxBytes)
    return errorAt(path, 1, 1, "larger than 1 MiB");
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return makeError(path + ": " + buffer.getError().message());
  return (*buffer)->getBuffer().str();
}

/// The rows that `pack` replaces or disables leave the packs before it.
static void takeOut(RuleSet &rules, const Pack &pack) {
  std::vector<Removal> removals;
  for (const Disabled &disabled : pack.disables)
    removals.push_back({disabled.id, "", pack.name, disabled.origin});
  forEachSection(pack, [&](llvm::StringRef section, const auto &list) {
    for (const Row &row : list)
      if (!row.replaces.empty())
        removals.push_back({row.replaces, section.str(), pack.name, row.origin});
  });
  if (removals.empty())
    return;
  for (Pack &other : rules.packs)
    forEachSection(other, [&](llvm::StringRef section, auto &list) {
      llvm::StringSet<> gone;
      for (const Removal &removal : removals)
        if (removal.section.empty() || removal.section == section)
          gone.insert(removal.id);
      llvm::erase_if(list, [&](const Row &row) { return gone.contains(row.fullId()); });
    });
  llvm::append_range(rules.removals, removals);
}

static bool isBuiltIn(const Pack &pack) {
  return llvm::any_of(embeddedFiles(), [&](const EmbeddedFile &file) { return file.name == pack.origin.file; });
}

static llvm::Error addPack(RuleSet &rules, llvm::StringRef yaml, llvm::StringRef name) {
  llvm::Expected<Pack> pack = parsePack(yaml, name, rules.packs);
  if (!pack)
    return pack.takeError();
  takeOut(rules, *pack);
  auto older = llvm::find_if(rules.packs, [&](const Pack &other) { return other.name == pack->name; });
  if (older != rules.packs.end() && !isBuiltIn(*older))
    return errorAt(name, 1, 1, "pack '" + pack->name + "' was read from " + older->origin.file + " already");
  if (older != rules.packs.end())
    rules.packs.erase(older);
  rules.packs.push_back(std::move(*pack));
  return llvm::Error::success();
}

llvm::StringRef packSchema() {
  return llvm::find_if(embeddedFiles(), [](const EmbeddedFile &file) { return file.name == "rules/pack.schema.json"; })
      ->text;
}

llvm::Expected<RuleSet> loadRules(const std::vector<std::string> &extra) {
  RuleSet rules;
  for (const EmbeddedFile &file : embeddedFiles()) {
    if (file.name.starts_with("rules/packs/")) {
      if (llvm::Error error = addPack(rules, file.text, file.name))
        return error;
      continue;
    }
    if (file.name != "rules/practices.yaml")
      continue;
    llvm::Expected<std::vector<Practice>> practices = parsePractices(file.text, file.name);
    if (!practices)
      return practices.takeError();
    rules.practices = std::move(*practices);
  }
  llvm::StringSet<> given;
  for (const std::string &path : extra) {
    if (!given.insert(path).second)
      return errorAt(path, 1, 1, "the file is given twice");
    llvm::Expected<std::string> text = readRuleFile(path);
    if (!text)
      return text.takeError();
    if (llvm::Error error = addPack(rules, *text, path))
      return error;
  }
  return rules;
}

} // namespace opex::rules
