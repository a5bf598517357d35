// How the values of a pack's rows are written: places, units, limits, conditions, matchers. The rows
// themselves are in pack_reader.cpp.
#pragma once

#include "rules/reader.h"
#include "rules/rules.h"

namespace opex::rules {

inline Origin originOf(Reader &in, const YamlNode &node) { return {in.file().str(), node.line, node.column}; }

/// `arg0`, `this`, `return`, `arg<Type>`, `template0`.
void read(Reader &in, const YamlNode &node, Place &out);
void read(Reader &in, const YamlNode &node, Unit &out);
void read(Reader &in, const YamlNode &node, DependencyKind &out);
void read(Reader &in, const YamlNode &node, LogLevel &out);
/// `0`, `negative`, `null` or a name; one or a list.
void read(Reader &in, const YamlNode &node, Infinite &out);
/// A setting, a list of settings, `{value: …}` or `{when: {arg1: NAME}}`.
void read(Reader &in, const YamlNode &node, Bound &out);
/// `>=1.0 <2`, or one of both.
void read(Reader &in, const YamlNode &node, VersionRange &out);
/// `none`, or a number and its unit: `300 s`.
void readDefault(Reader &in, const YamlNode &node, std::optional<int64_t> &ns);
/// `{arg1: NAME, arg2: [A, B], arg3: {flag: NAME}}` under `key`.
void readConditions(Keys &keys, llvm::StringRef key, std::vector<ArgumentIs> &out);
/// What every row has: its place, its id, what it replaces, the versions it holds for and what it matches.
/// `otherName` is "field" or "macro" where those may be named too.
void readRow(Keys &keys, Row &out, llvm::StringRef otherName = {});
/// `value`, and with it `unit`, `infinite`, `address`.
void readAmount(Keys &keys, Amount &out);
void readLimit(Keys &keys, Amount &out);

} // namespace opex::rules
