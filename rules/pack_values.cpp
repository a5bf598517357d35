#include "rules/pack_values.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace opex::rules {

void read(Reader &in, const YamlNode &node, Place &out) {
  if (!expectScalar(in, node, "a place (arg0, this, return, …)"))
    return;
  llvm::StringRef text = node.text;
  if (text == "this")
    out.kind = Place::This;
  else if (text == "return")
    out.kind = Place::Return;
  else if (text.consume_front("template") && !text.getAsInteger(10, out.index))
    out.kind = Place::TemplateArgument;
  else if (text.consume_front("arg<") && text.consume_back(">") && !text.trim().empty())
    out = {Place::ArgumentOfType, 0, text.trim().str()};
  else if (text.consume_front("arg") && !text.getAsInteger(10, out.index))
    out.kind = Place::Argument;
  else
    in.error(node, quoted(node.text) + " is no place: write arg0, arg<Type>, this, return or template0");
}

void read(Reader &in, const YamlNode &node, Unit &out) {
  readWord<Unit>(in, node, "unit",
                 {{"ns", Unit::Nanoseconds},
                  {"us", Unit::Microseconds},
                  {"ms", Unit::Milliseconds},
                  {"s", Unit::Seconds},
                  {"min", Unit::Minutes},
                  {"count", Unit::Count},
                  {"chrono", Unit::Chrono},
                  {"timeval", Unit::Timeval},
                  {"timespec", Unit::Timespec}},
                 out);
}

void read(Reader &in, const YamlNode &node, DependencyKind &out) {
  using enum DependencyKind;
  readWord<DependencyKind>(in, node, "kind",
                           {{"http", Http},
                            {"rpc", Rpc},
                            {"database", Database},
                            {"cache", Cache},
                            {"broker", Broker},
                            {"dns", Dns},
                            {"socket", Socket},
                            {"subprocess", Subprocess},
                            {"pool", Pool},
                            {"local-wait", LocalWait}},
                           out);
}

void read(Reader &in, const YamlNode &node, LogLevel &out) {
  using enum LogLevel;
  readWord<LogLevel>(in, node, "level",
                     {{"trace", Trace},
                      {"debug", Debug},
                      {"info", Info},
                      {"warning", Warning},
                      {"error", Error},
                      {"fatal", Fatal}},
                     out);
}

void read(Reader &in, const YamlNode &node, Infinite &out) {
  std::vector<const YamlNode *> values;
  if (node.kind == YamlNode::Sequence)
    for (const YamlNode &item : node.items)
      values.push_back(&item);
  else
    values.push_back(&node);
  for (const YamlNode *value : values) {
    if (value->kind == YamlNode::Null || value->text == "nullptr")
      out.null = true;
    else if (!expectScalar(in, *value, "0, negative, null or a name"))
      continue;
    else if (value->text == "0")
      out.zero = true;
    else if (value->text == "negative")
      out.negative = true;
    else
      out.names.push_back(value->text);
  }
}

void readDefault(Reader &in, const YamlNode &node, std::optional<int64_t> &out) {
  if (!expectScalar(in, node, "'none' or a time (300 s)") || node.text == "none")
    return;
  auto [digits, unit] = llvm::StringRef(node.text).split(' ');
  int64_t scale = llvm::StringSwitch<int64_t>(unit.trim())
                      .Case("ns", 1)
                      .Case("us", 1'000)
                      .Case("ms", 1'000'000)
                      .Case("s", 1'000'000'000)
                      .Case("min", 60'000'000'000)
                      .Default(0);
  uint32_t number = 0;
  if (scale == 0 || digits.getAsInteger(10, number))
    in.error(node,
             quoted(node.text) + " is no time: write 'none' or, for instance, '300 s' (ns, us, ms, s, min)");
  else
    out = number * scale;
}

/// The values of one condition: a name, several, `{flag: name}` or `{prefix: text}`.
static void readCondition(Reader &in, const YamlNode &node, ArgumentIs &out) {
  if (node.kind != YamlNode::Map)
    return read(in, node, out.anyOf);
  Keys keys(in, node, "condition");
  out.isPrefix = keys.optional("prefix", out.anyOf);
  if (!out.isPrefix)
    out.hasFlag = keys.required("flag", out.anyOf);
}

void readConditions(Keys &keys, llvm::StringRef key, std::vector<ArgumentIs> &out) {
  const YamlNode *node = keys.find(key);
  if (!node)
    return;
  if (node->kind != YamlNode::Map)
    return keys.in().error(*node, "'" + key + "' must be a map: {arg1: NAME}");
  for (size_t i = 0; i < node->items.size(); i += 2) {
    ArgumentIs &condition = out.emplace_back();
    if (llvm::StringRef(node->items[i].text).contains("::"))
      condition.place = {Place::Member, 0, node->items[i].text};
    else
      read(keys.in(), node->items[i], condition.place);
    readCondition(keys.in(), node->items[i + 1], condition);
  }
}

/// The one of function, method, constructor (and field or macro where they may be), and what narrows it.
static void readMatcher(Keys &keys, Matcher &out, llvm::StringRef otherName) {
  unsigned given = 0;
  for (llvm::StringRef key : {"function", "method"})
    given += keys.optional(key, out.names);
  out.isField = otherName == "field" && keys.optional("field", out.names);
  given += out.isField;
  std::vector<std::string> types;
  given += keys.optional("constructor", types);
  for (llvm::StringRef type : types)
    out.names.push_back((type + "::" + type.substr(type.rfind(':') + 1)).str());
  out.isMacro = otherName == "macro" && keys.optional("macro", out.names);
  given += out.isMacro;
  if (given != 1 || out.names.empty() || llvm::is_contained(out.names, ""))
    keys.in().error(keys.map(), "a row names exactly one of function, method, constructor" + (otherName.empty() ? "" : ", " + otherName));
  keys.optional("params", out.parameters);
  keys.optional("subtype-of", out.subtypeOf);
  keys.optional("returns", out.returns);
  keys.optional("arity", out.arity);
  keys.optional("except", out.exceptNames);
}

/// `1.2.3` as its numbers.
static bool readVersion(llvm::StringRef text, std::vector<unsigned> &out) {
  llvm::SmallVector<llvm::StringRef, 4> parts;
  text.split(parts, '.');
  return llvm::all_of(parts, [&](llvm::StringRef part) { return !part.getAsInteger(10, out.emplace_back()); });
}

void read(Reader &in, const YamlNode &node, VersionRange &out) {
  if (!expectScalar(in, node, "versions (>=1.0 <2)"))
    return;
  llvm::SmallVector<llvm::StringRef, 2> limits;
  llvm::StringRef(node.text).split(limits, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  bool isGood = !limits.empty();
  for (llvm::StringRef limit : limits)
    isGood &= limit.consume_front(">=") ? readVersion(limit, out.from) : limit.consume_front("<") && readVersion(limit, out.to);
  if (!isGood)
    in.error(node, quoted(node.text) + " are no versions: write, for instance, '>=1.0 <2'");
}

void readRow(Keys &keys, Row &out, llvm::StringRef otherName) {
  out.origin = originOf(keys.in(), keys.map());
  readMatcher(keys, out.match, otherName);
  if (!keys.optional("id", out.id) && !out.match.names.empty())
    out.id = out.match.names.front();
  keys.optional("replaces", out.replaces);
  keys.optional("versions", out.versions);
  keys.optional("unproven", out.unproven);
}

void readAmount(Keys &keys, Amount &out) {
  keys.required("value", out.from);
  readLimit(keys, out);
}

void readLimit(Keys &keys, Amount &out) {
  keys.optional("unit", out.unit);
  keys.optional("infinite", out.infinite);
  keys.optional("address", out.isAddress);
}

void read(Reader &in, const YamlNode &node, Bound &out) {
  if (node.kind != YamlNode::Map) {
    SettingsBound bound;
    read(in, node, bound.settings);
    out = std::move(bound);
    return;
  }
  Keys keys(in, node, "bound");
  if (keys.find("value")) {
    Amount amount;
    readAmount(keys, amount);
    out = std::move(amount);
    return;
  }
  std::vector<ArgumentIs> conditions;
  readConditions(keys, "when", conditions);
  if (conditions.size() == 1)
    out = std::move(conditions.front());
  else
    in.error(node, "a bound is a setting, a list of settings, {value: …} or {when: {arg: NAME}}");
}

} // namespace opex::rules
