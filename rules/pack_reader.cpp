// One `read` per row type of a pack: the keys of the pack language are spelled here and nowhere else.
// docs/rules.md lists them all.
#include "rules/load.h"
#include "rules/pack_check.h"
#include "rules/pack_values.h"
#include "rules/work_reader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <set>

namespace opex::rules {
// Not in an unnamed namespace: the templates of reader.h find these by argument.

/// `{">=0.20": 300 s}`
static void readOtherDefaults(Keys &keys, std::vector<VersionedDefault> &out) {
  const YamlNode *node = keys.find("default-in");
  if (!node)
    return;
  if (node->kind != YamlNode::Map)
    return keys.in().error(*node, "'default-in' must be a map: {\">=2.0\": 30 s}");
  for (size_t i = 0; i < node->items.size(); i += 2) {
    read(keys.in(), node->items[i], out.emplace_back().versions);
    readDefault(keys.in(), node->items[i + 1], out.back().ns);
  }
}

static void readSettings(Keys &keys, std::vector<Setting> &out) {
  const YamlNode *node = keys.find("settings");
  if (!node)
    return;
  if (node->kind != YamlNode::Map)
    return keys.in().error(*node, "'settings' must be a map of names");
  for (size_t i = 0; i < node->items.size(); i += 2) {
    Setting &setting = out.emplace_back();
    setting.name = node->items[i].text;
    Keys row(keys.in(), node->items[i + 1], "setting");
    if (const YamlNode *value = row.find("default"))
      readDefault(keys.in(), *value, setting.defaultNs);
    else
      row.missing("default");
    readOtherDefaults(row, setting.otherDefaults);
    row.optional("says", setting.defaultText);
    row.optional("called", setting.called);
  }
}

/// What bounds a phase; `{limit: 30 s}` is the library's own.
static void readBounds(Reader &in, const YamlNode &node, Phase &out) {
  if (node.kind != YamlNode::Map)
    return read(in, node, out.anyOf);
  Keys keys(in, node, "phase");
  if (const YamlNode *limit = keys.find("limit"))
    readDefault(in, *limit, out.limitNs);
  else
    keys.missing("limit");
}

/// docs/rules.md lists the names that mean something; all others are for messages only.
static PhaseKind phaseKindOf(llvm::StringRef name) {
  return llvm::StringSwitch<PhaseKind>(name)
      .Cases({"connect", "lease", "lookup"}, PhaseKind::Preparation)
      .Case("write", PhaseKind::Writing)
      .Default(PhaseKind::Asking);
}

static void readPhases(Keys &keys, std::vector<Phase> &out) {
  const YamlNode *node = keys.find("phases");
  if (!node)
    return keys.missing("phases");
  if (node->kind != YamlNode::Map)
    return keys.in().error(*node, "'phases' must be a map: {read: [setting, …]}");
  for (size_t i = 0; i < node->items.size(); i += 2) {
    Phase &phase = out.emplace_back();
    phase.name = node->items[i].text;
    phase.kind = phaseKindOf(phase.name);
    readBounds(keys.in(), node->items[i + 1], phase);
  }
}

static void read(Reader &in, const YamlNode &node, Subject &row) {
  row.origin = originOf(in, node);
  Keys keys(in, node, "subject");
  keys.required("id", row.id);
  keys.optional("types", row.types);
  keys.optional("handle", row.isHandle);
  readSettings(keys, row.settings);
  if (row.types.empty() && !row.isHandle)
    in.error(node, "subject " + quoted(row.id) + " has neither 'types' nor 'handle: true'");
}

static void read(Reader &in, const YamlNode &node, Maker &row) {
  Keys keys(in, node, "maker");
  readRow(keys, row);
  keys.required("makes", row.subject);
  keys.required("at", row.made);
  keys.optional("inherits", row.inherits);
  readConditions(keys, "when", row.when);
}

static void read(Reader &in, const YamlNode &node, Setter &row) {
  Keys keys(in, node, "setter");
  readRow(keys, row, "field");
  readConditions(keys, "when", row.when);
  readConditions(keys, "unless", row.unless);
  keys.optional("resets", row.resets);
  if (!keys.optional("subject", row.subject) && !row.match.isField)
    keys.missing("subject");
  if (!keys.optional("sets", row.settings) && !row.resets)
    keys.missing("sets");
  if (row.match.isField) { // The value is what is assigned.
    readLimit(keys, row.amount.emplace());
    row.amount->from.kind = Place::Argument;
  } else if (keys.find("value")) {
    readAmount(keys, row.amount.emplace());
  }
}

static void read(Reader &in, const YamlNode &node, TextSetting &row) {
  Keys keys(in, node, "text");
  readRow(keys, row);
  keys.required("subject", row.subject);
  keys.required("text", row.text);
  keys.optional("only-if-seen", row.onlyIfSeen);
  const YamlNode *words = keys.find("keys");
  if (!words || words->kind != YamlNode::Map)
    return in.error(words ? *words : node,
                    "'keys' must be a map: {connect_timeout: {sets: connect, unit: s}}");
  for (size_t i = 0; i < words->items.size(); i += 2) {
    TextSetting::Key &key = row.keys.emplace_back();
    key.key = words->items[i].text;
    if (key.key.empty())
      in.error(words->items[i], "the word to look for is empty");
    Keys entry(in, words->items[i + 1], "key");
    entry.required("sets", key.setting);
    entry.optional("unit", key.unit);
    entry.optional("infinite", key.infinite);
  }
}

static void read(Reader &in, const YamlNode &node, Holder &row) {
  Keys keys(in, node, "holder");
  readRow(keys, row);
  keys.required("holder", row.holder);
  keys.required("held", row.held);
}

static void read(Reader &in, const YamlNode &node, DependencyCall &row) {
  Keys keys(in, node, "call");
  readRow(keys, row);
  keys.required("kind", row.kind);
  keys.optional("subject", row.subject);
  keys.optional("only-on", row.onlyOn);
  readPhases(keys, row.phases);
  readConditions(keys, "when", row.when);
  readConditions(keys, "unless", row.unless);
  keys.optional("says", row.defaultText);
  keys.optional("advice", row.advice);
  keys.optional("async", row.isAsync);
  keys.optional("idle", row.isIdleWait);
  keys.optional("continues", row.isContinued);
  keys.optional("fails-while-ready", row.failsWhileReady);
}

static void read(Reader &in, const YamlNode &node, Borrower &row) {
  Keys keys(in, node, "borrower");
  readRow(keys, row);
  keys.required("subject", row.subject);
}

static void read(Reader &in, const YamlNode &node, Deadline &row) {
  Keys keys(in, node, "deadline");
  readRow(keys, row);
  keys.required("work", row.work);
  if (keys.find("value"))
    readAmount(keys, row.amount.emplace());
}

static void read(Reader &in, const YamlNode &node, Cancellation &row) {
  Keys keys(in, node, "cancellation");
  readRow(keys, row);
}

static void read(Reader &in, const YamlNode &node, Metric::Kind &out) {
  readWord<Metric::Kind>(in, node, "kind of metric",
                         {{"count", Metric::Count}, {"level", Metric::Level}, {"duration", Metric::Duration}}, out);
}

static void read(Reader &in, const YamlNode &node, Metric &row) {
  Keys keys(in, node, "metric");
  readRow(keys, row);
  keys.required("kind", row.kind);
}

static void read(Reader &in, const YamlNode &node, LoopCallback &row) {
  Keys keys(in, node, "loop callback");
  readRow(keys, row);
  keys.optional("handler", row.handler);
}

static void read(Reader &in, const YamlNode &node, Passage &row) {
  Keys keys(in, node, "passage");
  readRow(keys, row);
  keys.optional("makes", row.makes);
  keys.optional("by-name", row.byName);
  if (!keys.optional("from", row.from) && !row.makes)
    keys.missing("from");
  keys.required("to", row.to);
}

static void read(Reader &in, const YamlNode &node, Logger &row) {
  Keys keys(in, node, "logger");
  readRow(keys, row, "macro");
  readConditions(keys, "when", row.when);
  keys.optional("level", row.level);
  keys.optional("level-from", row.levelFrom);
  keys.optional("rate-limited", row.isRateLimited);
  keys.optional("program-output", row.isProgramOutput);
  keys.optional("stream", row.isStream);
  const YamlNode *levels = keys.find("levels");
  if (!levels)
    return;
  if (levels->kind != YamlNode::Map)
    return in.error(*levels, "'levels' must be a map: {WARN: warning}");
  for (size_t i = 0; i < levels->items.size(); i += 2)
    read(in, levels->items[i + 1], row.levels.emplace_back(levels->items[i].text, LogLevel::Info).second);
}

static void read(Reader &in, const YamlNode &node, LogGuard &row) {
  row.origin = originOf(in, node);
  Keys keys(in, node, "log guard");
  keys.required("names", row.names);
}

static void read(Reader &in, const YamlNode &node, TestCase &row) {
  row.origin = originOf(in, node);
  Keys keys(in, node, "test case");
  keys.required("names", row.names);
}

static void read(Reader &in, const YamlNode &node, EntryPoint &row) {
  Keys keys(in, node, "entry point");
  readRow(keys, row);
  keys.optional("handler", row.handler);
  keys.optional("connection", row.connection);
  keys.required("kind", row.kind);
  if (const YamlNode *sla = keys.find("sla"))
    readDefault(in, *sla, row.slaNs);
}

static void read(Reader &in, const YamlNode &node, Spawn &row) {
  Keys keys(in, node, "spawn");
  readRow(keys, row);
  keys.required("entry", row.entry);
  keys.optional("thread", row.isThread);
}

static void read(Reader &in, const YamlNode &node, Abort &row) {
  Keys keys(in, node, "abort");
  readRow(keys, row, "macro");
  readConditions(keys, "when", row.when);
  keys.optional("assertion", row.isAssertion);
}

static void read(Reader &in, const YamlNode &node, ErrorReport &row) {
  Keys keys(in, node, "error report");
  readRow(keys, row, "field");
}

static void read(Reader &in, const YamlNode &node, PackTest &row) {
  row.origin = originOf(in, node);
  Keys keys(in, node, "test");
  keys.required("code", row.code);
  keys.required("expect", row.expect);
}

static void read(Reader &in, const YamlNode &node, Disabled &row) {
  row.origin = originOf(in, node);
  read(in, node, row.id);
}

static void readProof(Keys &head, Proof &proof) {
  head.optional("package", proof.package);
  head.optional("includes", proof.includes);
  const YamlNode *flags = head.find("flags");
  if (!flags)
    return;
  read(head.in(), *flags, proof.flags);
  auto isKnown = [](llvm::StringRef flag) {
    return flag.starts_with("-D") || flag.starts_with("-I") || flag.starts_with("-std=");
  };
  if (!llvm::all_of(proof.flags, isKnown)) // Packs may come with a stranger's change.
    head.in().error(*flags, "a flag is -D…, -I… or -std=…");
}

static void readHead(Keys &keys, Pack &pack) {
  const YamlNode *node = keys.find("pack");
  if (!node)
    return keys.missing("pack");
  Keys head(keys.in(), *node, "pack");
  head.required("name", pack.name);
  head.optional("library", pack.library);
  head.optional("version", pack.version);
  head.optional("headers", pack.headers);
  head.optional("unverified", pack.isUnverified);
  head.optional("version-macros", pack.versionMacros);
  head.optional("disables", pack.disables);
  readProof(head, pack.proof);
}

static void read(Reader &in, const YamlNode &node, Practice &row) {
  Keys keys(in, node, "practice");
  keys.required("id", row.id);
  keys.required("text", row.text);
  keys.required("answered-by", row.answeredBy);
}

llvm::Expected<Pack> parsePack(llvm::StringRef yaml, llvm::StringRef name, llvm::ArrayRef<Pack> others) {
  llvm::Expected<YamlNode> root = parseYaml(yaml, name);
  if (!root)
    return root.takeError();
  Reader in(name);
  Pack pack;
  pack.text = yaml.str();
  pack.origin = originOf(in, *root);
  {
    Keys keys(in, *root, "a rule pack");
    readHead(keys, pack);
    readRows(keys, "subjects", pack.subjects);
    readRows(keys, "makers", pack.makers);
    readRows(keys, "setters", pack.setters);
    readRows(keys, "texts", pack.textSettings);
    readRows(keys, "holders", pack.holders);
    readRows(keys, "borrowers", pack.borrowers);
    readRows(keys, "calls", pack.calls);
    readRows(keys, "deadlines", pack.deadlines);
    readRows(keys, "cancellations", pack.cancellations);
    readRows(keys, "passages", pack.passages);
    readRows(keys, "loggers", pack.loggers);
    readRows(keys, "log-guards", pack.logGuards);
    readRows(keys, "test-cases", pack.testCases);
    readRows(keys, "metrics", pack.metrics);
    readRows(keys, "entry-points", pack.entryPoints);
    readRows(keys, "spawns", pack.spawns);
    readRows(keys, "loop-callbacks", pack.loopCallbacks);
    readRows(keys, "aborts", pack.aborts);
    readRows(keys, "error-reports", pack.errorReports);
    readWork(keys, pack);
    readRows(keys, "tests", pack.tests);
  }
  forEachSection(pack, [&](llvm::StringRef, auto &rows) {
    for (Row &row : rows)
      row.pack = pack.name;
  });
  if (!in.failed())
    checkReferences(in, pack, others);
  if (llvm::Error error = in.take())
    return error;
  return pack;
}

llvm::Expected<std::vector<Practice>> parsePractices(llvm::StringRef yaml, llvm::StringRef name) {
  llvm::Expected<YamlNode> root = parseYaml(yaml, name);
  if (!root)
    return root.takeError();
  Reader in(name);
  std::vector<Practice> practices;
  {
    Keys keys(in, *root, "the list of practices");
    const YamlNode *schema = keys.find("schema");
    if (!schema || schema->text != "opex-tidy/practices/1")
      in.error(schema ? *schema : *root, "expected 'schema: opex-tidy/practices/1'");
    readRows(keys, "practices", practices);
  }
  std::set<llvm::StringRef> ids;
  for (const Practice &practice : practices)
    if (!ids.insert(practice.id).second)
      in.error(*root, "practice '" + practice.id + "' is there twice");
  if (llvm::Error error = in.take())
    return error;
  return practices;
}

} // namespace opex::rules
