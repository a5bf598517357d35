#include "report/rule_docs.h"

#include "model/error.h"
#include "model/suggest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace opex {
namespace {

std::string placeOf(const rules::Origin &origin) { return origin.file + ":" + std::to_string(origin.line); }

/// From the row's first line to where something stands further left than the row's text.
std::string linesOf(const rules::Pack &pack, const rules::Origin &origin) {
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(pack.text).split(lines, '\n');
  std::string text;
  for (size_t i = origin.line - 1; i < lines.size(); ++i) {
    size_t indentation = lines[i].size() - lines[i].ltrim().size();
    if (i >= origin.line && (indentation + 1 < origin.column || lines[i].trim().empty()))
      break;
    text += "    " + lines[i].str() + "\n";
  }
  return text;
}

std::string removalsOf(const rules::RuleSet &rules, llvm::StringRef id) {
  std::string text;
  for (const rules::Removal &removal : rules.removals)
    if (removal.id == id)
      text += removal.id + " counts no more: pack " + removal.by + " says so (" + placeOf(removal.origin) + ")\n";
  return text;
}

std::string renderPack(const rules::RuleSet &rules, const rules::Pack &pack) {
  std::string text = "pack " + pack.name;
  if (!pack.library.empty())
    text += ": " + pack.library + (pack.version.empty() ? "" : " " + pack.version);
  text += "\n" + placeOf(pack.origin) + ", loaded as number " + std::to_string(&pack - rules.packs.data() + 1) + " of " +
          std::to_string(rules.packs.size()) + "\n";
  text += pack.proof.package.empty() ? "its rows were not proven on the library's headers\n"
                                     : "its rows are proven on the headers of " + pack.proof.package + "\n";
  rules::forEachSection(pack, [&](llvm::StringRef section, const auto &list) {
    if (!list.empty())
      text += "\n" + section.str() + "\n";
    for (const rules::Row &row : list)
      text += "  " + std::to_string(row.origin.line) + ": " + row.id + "\n";
  });
  for (const rules::Removal &removal : rules.removals)
    if (llvm::StringRef(removal.id).split('/').first == pack.name)
      text += removalsOf(rules, removal.id);
  return text;
}

const rules::Pack *findPack(const rules::RuleSet &rules, llvm::StringRef name) {
  auto found = llvm::find_if(rules.packs, [&](const rules::Pack &pack) { return pack.name == name; });
  return found == rules.packs.end() ? nullptr : &*found;
}

llvm::Error unknown(llvm::StringRef name, const std::vector<llvm::StringRef> &known) {
  std::optional<std::string> near = suggest(name, known);
  return makeError("no check, pack or row is called '" + name + "'" + (near ? ", did you mean '" + *near + "'?" : ""));
}

} // namespace

std::string renderPackList(const rules::RuleSet &rules) {
  std::string text;
  for (const rules::Pack &pack : rules.packs)
    text += llvm::formatv("{0,-28} {1}\n", pack.name, pack.origin.file);
  for (const rules::Removal &removal : rules.removals)
    text += removalsOf(rules, removal.id);
  return text;
}

llvm::Expected<std::string> renderRuleText(const rules::RuleSet &rules, llvm::StringRef name) {
  auto [packName, id] = name.split('/');
  const rules::Pack *pack = findPack(rules, packName);
  std::vector<llvm::StringRef> known;
  if (!pack) {
    for (const rules::Pack &other : rules.packs)
      known.push_back(other.name);
    return unknown(packName, known);
  }
  if (id.empty())
    return renderPack(rules, *pack);
  std::string text = removalsOf(rules, name);
  auto add = [&, id = id](llvm::StringRef section, const auto &list) {
    for (const auto &row : list) {
      known.push_back(row.id);
      if (row.id == id)
        text += placeOf(row.origin) + ": " + section.str() + " of pack " + pack->name + "\n" + linesOf(*pack, row.origin);
    }
  };
  add("subjects", pack->subjects);
  rules::forEachSection(*pack, add);
  add("caches", pack->caches);
  if (text.empty())
    return unknown(id, known);
  return text;
}

} // namespace opex
