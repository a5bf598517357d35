#include "checks/registry.h"

#include "model/error.h"
#include "model/suggest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <set>

namespace opex {
namespace {

constexpr llvm::StringLiteral kPrefix = "opex-";

std::vector<const Check *> makeList() {
  std::vector<const Check *> list = {
#define OPEX_CHECK(name) &checks::name,
#include "checks/registry.def"
#undef OPEX_CHECK
  };
  llvm::sort(list, [](const Check *a, const Check *b) { return a->info.id < b->info.id; });
  return list;
}

bool isInProfile(const Check &check, Profile profile) {
  switch (profile) {
  case Profile::Ci: return check.info.inCi && !check.info.auditOnly;
  case Profile::Ide: return !check.info.auditOnly;
  case Profile::Audit: return true;
  }
  llvm_unreachable("unknown profile");
}

/// `*` stands for any run of characters.
bool matches(llvm::StringRef glob, llvm::StringRef id) {
  auto [head, rest] = glob.split('*');
  if (head.size() == glob.size())
    return glob == id;
  if (!id.consume_front(head))
    return false;
  for (size_t skip = 0; skip <= id.size(); ++skip)
    if (matches(rest, id.drop_front(skip)))
      return true;
  return false;
}

llvm::Error unknownCheck(llvm::StringRef name) {
  std::vector<llvm::StringRef> ids;
  for (const Check *check : allChecks())
    ids.push_back(check->info.id);
  std::string message = "no check is called '" + name.str() + "'";
  std::string full = name.starts_with(kPrefix) ? name.str() : (kPrefix + name).str();
  if (std::optional<std::string> meant = suggest(full, ids))
    message += "; did you mean '" + *meant + "'?";
  return makeError(message);
}

} // namespace

llvm::ArrayRef<const Check *> allChecks() {
  static const std::vector<const Check *> list = makeList();
  return list;
}

const Check *findCheck(llvm::StringRef id) {
  for (const Check *check : allChecks())
    if (check->info.id == id || (check->info.id.starts_with(kPrefix) && check->info.id.drop_front(kPrefix.size()) == id))
      return check;
  return nullptr;
}

llvm::Expected<std::vector<const Check *>> selectChecks(llvm::StringRef globs, Profile profile) {
  std::set<const Check *> chosen;
  for (const Check *check : allChecks())
    if (isInProfile(*check, profile))
      chosen.insert(check);
  for (llvm::StringRef item : llvm::split(globs, ',')) {
    llvm::StringRef name = item.trim();
    bool takesAway = name.consume_front("-");
    if (name.empty())
      continue;
    bool isGlob = name.contains('*');
    if (!isGlob && !findCheck(name))
      return unknownCheck(name);
    for (const Check *check : allChecks())
      if (isGlob ? matches(name, check->info.id) : check == findCheck(name))
        takesAway ? void(chosen.erase(check)) : void(chosen.insert(check));
  }
  std::vector<const Check *> result;
  llvm::copy_if(allChecks(), std::back_inserter(result), [&](const Check *check) { return chosen.contains(check); });
  return result;
}

} // namespace opex
