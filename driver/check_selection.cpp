#include "driver/options.h"

#include "model/error.h"
#include "model/suggest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <set>

namespace opex {
namespace {

constexpr llvm::StringLiteral kPrefix = "opex-";

/// '*' stands for any text; everything else for itself.
bool matchesGlob(llvm::StringRef glob, llvm::StringRef text) {
  llvm::StringRef head, rest = glob;
  bool isFirst = true;
  while (rest.contains('*')) {
    std::tie(head, rest) = rest.split('*');
    size_t at = isFirst ? (text.starts_with(head) ? 0 : llvm::StringRef::npos) : text.find(head);
    if (at == llvm::StringRef::npos)
      return false;
    text = text.drop_front(at + head.size());
    isFirst = false;
  }
  return isFirst ? text == rest : text.ends_with(rest);
}

bool matchesCheck(llvm::StringRef glob, llvm::StringRef id) {
  return matchesGlob(glob, id) ||
         (id.starts_with(kPrefix) && matchesGlob(glob, id.drop_front(kPrefix.size())));
}

struct Item {
  llvm::StringRef glob;
  bool isNegative = false;
};

std::vector<Item> parseGlobs(llvm::StringRef globs) {
  std::vector<Item> items;
  for (llvm::StringRef text : llvm::split(globs, ',')) {
    Item item{text.trim()};
    item.isNegative = item.glob.consume_front("-");
    item.glob = item.glob.ltrim();
    if (!item.glob.empty())
      items.push_back(item);
  }
  return items;
}

llvm::Error unknownCheck(llvm::StringRef name, llvm::ArrayRef<const Check *> known) {
  std::vector<llvm::StringRef> names;
  for (const Check *check : known)
    names.push_back(check->info.id);
  // Compare whole ids, so that a forgotten prefix is not counted as misspelling.
  std::string full = name.starts_with(kPrefix) ? name.str() : (kPrefix + name).str();
  std::string hint = "; --list-checks --profile=audit names them all";
  if (std::optional<std::string> meant = suggest(full, names))
    hint = "; did you mean '" + *meant + "'?";
  return makeError((name.contains('*') ? "no check matches '" : "unknown check '") + name + "'" + hint);
}

} // namespace

bool isShown(Confidence confidence, llvm::StringRef profile) {
  if (profile == "audit")
    return true;
  return confidence >= (profile == "ide" ? Confidence::Medium : Confidence::High);
}

llvm::Expected<std::vector<const Check *>> selectChecks(const Options &options,
                                                        llvm::ArrayRef<const Check *> known) {
  std::set<const Check *> selected;
  for (const Check *check : known)
    if (isShown(check->info.precision, options.profile))
      selected.insert(check);
  for (const Item &item : parseGlobs(options.checks)) {
    bool isMatched = false;
    for (const Check *check : known) {
      if (!matchesCheck(item.glob, check->info.id))
        continue;
      isMatched = true;
      if (item.isNegative)
        selected.erase(check);
      else
        selected.insert(check);
    }
    // Lists shared with other tools switch off whole families that are not ours.
    bool isForeignFamily = item.isNegative && item.glob.contains('*');
    if (!isMatched && !isForeignFamily)
      return unknownCheck(item.glob, known);
  }
  std::vector<const Check *> sorted(selected.begin(), selected.end());
  llvm::sort(sorted, [](const Check *a, const Check *b) { return a->info.id < b->info.id; });
  return sorted;
}

bool matchesGlobs(llvm::StringRef globs, llvm::StringRef check) {
  bool isOn = false;
  for (const Item &item : parseGlobs(globs))
    if (matchesCheck(item.glob, check))
      isOn = !item.isNegative;
  return isOn;
}

llvm::Expected<const Check *> findCheck(llvm::StringRef name, llvm::ArrayRef<const Check *> known) {
  for (const Check *check : known)
    if (name == check->info.id || (kPrefix + name).str() == check->info.id)
      return check;
  return unknownCheck(name, known);
}

llvm::Error validateCheckOptions(const Options &options, llvm::ArrayRef<const Check *> known) {
  for (const auto &[id, values] : options.checkOptions) {
    llvm::Expected<const Check *> check = findCheck(id, known);
    if (!check)
      return addContext("--option", check.takeError());
    std::vector<std::string> errors = (*check)->validateOptions(values);
    if (errors.empty())
      continue;
    std::vector<OptionInfo> infos = (*check)->options();
    std::vector<llvm::StringRef> names;
    for (const OptionInfo &info : infos)
      names.push_back(info.name);
    for (const auto &[name, value] : values)
      if (!llvm::is_contained(names, name))
        if (std::optional<std::string> meant = suggest(name, names))
          errors.push_back("did you mean '" + *meant + "'?");
    return makeError("--option " + (*check)->info.id + ": " + llvm::join(errors, "; "));
  }
  return llvm::Error::success();
}

} // namespace opex
