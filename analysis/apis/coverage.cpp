#include "analysis/apis/coverage.h"

#include "analysis/apis/roles.h"

#include "llvm/ADT/StringExtras.h"

#include <unordered_map>

namespace opex {
namespace {

bool isGlob(llvm::StringRef name) { return name.contains('*'); }

class Coverage {
public:
  Coverage(const Program &program, const rules::RuleSet &rules)
      : program_(program), rules_(rules), roles_(program, rules) {
    for (const TuFacts &unit : program.units) {
      for (const FoundName &found : unit.foundNames)
        if (auto [known, isNew] = found_.try_emplace(found.name.str(), found.declaredAs.str());
            !isNew && found.declaredAs.empty())
          known->second.clear(); // In one unit it is called so; in another an alias may be.
      for (const FoundMacro &macro : unit.foundMacros)
        macros_.insert(macro.name.str());
      for (llvm::StringRef header : unit.foundHeaders)
        headers_.insert(header.str());
    }
    for (const rules::Pack &pack : rules.packs)
      rules::forEachSection(pack, [&](llvm::StringRef, const auto &rows) {
        for (const auto &row : rows)
          if constexpr (requires { row.when; })
            conditions_.emplace(&row, row.when);
      });
    for (const auto &[id, entry] : program.declarations) {
      declared_.insert(entry.first->name.str());
      for (const rules::Row *row : roles_.of(id).all)
        ++declarations_[row];
    }
    for (const LinkedFunction &function : program.functions)
      countUses(function);
  }

  std::vector<PackCoverage> run() {
    std::vector<PackCoverage> result;
    for (const rules::Pack &pack : rules_.packs)
      result.push_back(cover(pack));
    return result;
  }

private:
  void countUses(const LinkedFunction &function) {
    std::set<std::pair<uint32_t, uint32_t>> expansions; // One expansion holds many calls.
    for (const Call &call : function.body->calls) {
      for (const rules::Row *row : roles_.of(call.callee).all)
        uses_[row] += holds(function, call, *row);
      if (!call.site.expansion || !expansions.insert({call.site.line, call.site.column}).second)
        continue;
      const Expansion &expansion = (*function.unit)[call.site.expansion];
      for (const rules::Row *row : roles_.ofMacro(expansion.macro).all)
        ++uses_[row];
      for (llvm::StringRef nested : expansion.nested)
        for (const rules::Row *row : roles_.ofMacro(nested).all)
          ++uses_[row];
    }
    for (const Assign &assign : function.body->assigns)
      if (assign.target)
        for (const rules::Row *row : roles_.of((*function.body)[assign.target].entity).all)
          ++uses_[row];
    for (EntityId overridden : function.body->overrides)
      for (const rules::Row *row : roles_.of(overridden).all)
        ++uses_[row];
  }

  /// Whether the row means this call. Values that come from callers are not followed: they meet no condition.
  bool holds(const LinkedFunction &function, const Call &call, const rules::Row &row) const {
    auto conditions = conditions_.find(&row);
    return conditions == conditions_.end() || llvm::all_of(conditions->second, [&](const rules::ArgumentIs &condition) {
      return namesOneOf(program_, function, valueAt(function, call, condition.place), condition);
    });
  }

  /// The row's id, and what tells it from its neighbours of the same id.
  std::string nameOf(const rules::Row &row) const {
    auto conditions = conditions_.find(&row);
    bool hasAny = conditions != conditions_.end() && !conditions->second.empty() && !conditions->second[0].anyOf.empty();
    return hasAny ? row.id + " (" + conditions->second[0].anyOf[0] + ")" : row.id;
  }

  PackCoverage cover(const rules::Pack &pack) {
    PackCoverage result;
    result.pack = &pack;
    for (const std::string &header : headers_)
      if (rules::isHeaderOf(pack, header))
        result.headers.insert(header);
    // What a library has elsewhere, or shows only to who defines a macro, cannot be missed.
    const std::vector<std::string> &needed = pack.proof.includes;
    bool isAllRead = needed.empty() ? !result.headers.empty() && isAnyFound(pack) : llvm::all_of(needed, [&](const std::string &header) {
      return headers_.contains(header);
    });
    isAllRead &= llvm::none_of(pack.proof.flags, [](llvm::StringRef flag) { return flag.starts_with("-D"); });
    // A pack for another library with the same names (`unverified`, without headers) is not mistaken.
    bool isSeen = !result.headers.empty() || (pack.headers.empty() && !pack.isUnverified);
    for (const rules::Subject &subject : pack.subjects)
      for (const std::string &type : subject.types)
        coverType(result, "subjects", type, subject.origin, isAllRead);
    rules::forEachSection(pack, [&](llvm::StringRef section, const auto &rows) {
      for (const rules::Row &row : rows)
        coverRow(result, section, row, isAllRead);
    });
    for (const rules::Cache &cache : pack.caches)
      for (const std::string &type : cache.types)
        coverType(result, "caches", type, cache.origin, isAllRead);
    if (!isSeen)
      for (RowCoverage &row : result.rows)
        row.problem.clear();
    return result;
  }

  /// One header of several may have been read, and none that has anything of the pack's.
  bool isAnyFound(const rules::Pack &pack) const {
    bool isFound = false;
    rules::forEachSection(pack, [&](llvm::StringRef, const auto &rows) {
      for (const rules::Row &row : rows)
        isFound |= llvm::any_of(row.match.names, [&](const std::string &name) {
          return row.match.isMacro ? macros_.count(name) > 0 : found_.count(name) > 0;
        });
    });
    return isFound;
  }

  void coverType(PackCoverage &to, llvm::StringRef section, const std::string &type, const rules::Origin &origin,
                 bool isAllRead) {
    RowCoverage &out = to.rows.emplace_back(RowCoverage{section.str(), type, origin, 0, 0, {}});
    auto found = found_.find(type);
    out.declarations = found != found_.end() && found->second.empty();
    if (found != found_.end() && !found->second.empty())
      out.problem = namedElsewhere(*found);
    else if (isAllRead && found == found_.end() && !isGlob(type))
      out.problem = "there is no type '" + type + "'" + readThough(to);
  }

  void coverRow(PackCoverage &to, llvm::StringRef section, const rules::Row &row, bool isAllRead) {
    RowCoverage &out = to.rows.emplace_back(RowCoverage{section.str(), nameOf(row), row.origin, 0, 0, {}});
    out.uses = uses_[&row];
    if (row.match.isMacro) {
      out.declarations = llvm::count_if(row.match.names, [&](const std::string &name) { return macros_.count(name); });
      if (out.declarations == 0 && isAllRead && mayBeBlamed(row))
        out.problem = "there is no macro " + llvm::join(row.match.names, ", ") + readThough(to);
      return;
    }
    out.declarations = declarations_[&row];
    if (out.declarations == 0 && mayBeBlamed(row))
      out.problem = whyNothing(to, row, isAllRead);
  }

  /// Rows for other versions, and those that say themselves why they are not seen, are left alone.
  static bool mayBeBlamed(const rules::Row &row) {
    return row.unproven.empty() && row.versions.from.empty() && row.versions.to.empty() &&
           llvm::none_of(row.match.names, isGlob);
  }

  std::string whyNothing(const PackCoverage &pack, const rules::Row &row, bool isAllRead) const {
    for (const std::string &name : row.match.names)
      if (declared_.contains(name) && isAllRead) // Another header may have the overload.
        return "'" + name + "' is declared, but not as the row says (params, arity, returns, subtype-of)";
    for (const std::string &name : row.match.names)
      if (auto found = found_.find(name); found != found_.end())
        return found->second.empty() ? std::string() : namedElsewhere(*found); // Compilers' own constructors: fine.
    if (!isAllRead)
      return {};
    return "nothing is called '" + llvm::join(row.match.names, "' or '") + "'" + readThough(pack);
  }

  static std::string namedElsewhere(const std::pair<const std::string, std::string> &found) {
    return "'" + found.first + "' is declared as '" + found.second + "': name it so";
  }

  static std::string readThough(const PackCoverage &pack) {
    return pack.headers.empty() ? std::string() : ", although " + *pack.headers.begin() + " was read";
  }

  const Program &program_;
  const rules::RuleSet &rules_;
  RoleIndex roles_;
  std::map<std::string, std::string> found_; ///< Name → what it is declared as, empty if that is the same.
  std::set<std::string> macros_, headers_, declared_;
  std::unordered_map<const rules::Row *, size_t> declarations_, uses_;
  std::unordered_map<const rules::Row *, llvm::ArrayRef<rules::ArgumentIs>> conditions_;
};

} // namespace

std::vector<PackCoverage> coverPacks(const Program &program, const rules::RuleSet &rules) {
  return Coverage(program, rules).run();
}

} // namespace opex
