// Every row of the built-in packs against the real headers of the library: names, parameters, places, fields,
// enumerators and macros. Packs without headers on Debian 12 say so themselves (`unverified: true`).
#include "analysis/apis/roles.h"
#include "link/link.h"
#include "rules/load.h"
#include "rules/match.h"
#include "tests/pack_headers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <iostream>
#include <set>

using namespace opex;
using test::Headers, test::headersOf;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

rules::RuleSet loadAll(const std::vector<std::string> &extra = {}) {
  llvm::Expected<rules::RuleSet> rules = rules::loadRules(extra);
  if (rules)
    return std::move(*rules);
  ADD_FAILURE() << llvm::toString(rules.takeError());
  return {};
}

/// One row per name, so that each name has to prove itself.
template <class Row> void splitNames(std::vector<Row> &rows) {
  std::vector<Row> split;
  for (const Row &row : rows)
    for (const std::string &name : row.match.names) {
      split.push_back(row);
      split.back().match.names = {name};
    }
  rows = std::move(split);
}

void splitNames(rules::Pack &pack) {
  rules::forEachSection(pack, [](llvm::StringRef, auto &rows) { splitNames(rows); });
}

class PackCheck {
public:
  PackCheck(const rules::Pack &pack, Headers headers)
      : macros_(std::move(headers.macros)), types_(std::move(headers.types)) {
    rules_.packs.push_back(pack);
    splitNames(rules_.packs[0]);
    std::vector<TuFacts> units;
    units.push_back(std::move(headers.facts));
    program_ = link(std::move(units));
    for (const auto &[id, entry] : program_.declarations) {
      const Declaration &declaration = *entry.first;
      names_.insert(declaration.name.str());
      names_.insert(unqualified(declaration.name).str());
    }
    roles_ = std::make_unique<RoleIndex>(program_, rules_);
  }

  /// Complaints, one per row and name.
  std::vector<std::string> run() {
    const rules::Pack &pack = rules_.packs[0];
    checkTypes(pack.subjects);
    checkTypes(pack.caches);
    check(pack.makers, &Roles::makers, [](auto &row) { return std::vector{row.made, row.inherits}; });
    check(pack.setters, &Roles::setters, [](auto &row) {
      return row.match.isField ? std::vector<rules::Place>()
                         : std::vector{row.subject, row.amount ? row.amount->from : rules::Place()};
    });
    check(pack.textSettings, &Roles::textSettings, [](auto &row) {
      return std::vector{row.subject, row.text};
    });
    check(pack.holders, &Roles::holders, [](auto &row) { return std::vector{row.holder, row.held}; });
    auto nowhere = [](auto &) { return std::vector<rules::Place>(); };
    check(pack.borrowers, &Roles::borrowers, [](auto &row) { return std::vector{row.subject}; });
    check(pack.calls, &Roles::calls, placesOfCall);
    check(pack.deadlines, &Roles::deadlines, [](auto &row) {
      return std::vector{row.work, row.amount ? row.amount->from : rules::Place()};
    });
    check(pack.cancellations, &Roles::cancellations, nowhere);
    check(pack.metrics, &Roles::metrics, nowhere);
    check(pack.levers, &Roles::levers, nowhere);
    check(pack.loopCallbacks, &Roles::loopCallbacks, [](auto &row) { return std::vector{row.handler}; });
    check(pack.passages, &Roles::passages, [](auto &row) { return std::vector{row.from, row.to}; });
    check(pack.loggers, &Roles::loggers, [](auto &row) { return std::vector{row.levelFrom}; });
    check(pack.entryPoints, &Roles::entryPoints, [](auto &row) { return std::vector{row.handler}; });
    check(pack.spawns, &Roles::spawns, [](auto &row) { return std::vector{row.entry}; });
    check(pack.locks, &Roles::locks, [](auto &row) { return std::vector{row.lock}; });
    check(pack.aborts, &Roles::aborts, nowhere);
    check(pack.errorReports, &Roles::errorReports, nowhere);
    check(pack.retries, &Roles::retries, [](auto &row) {
      return std::vector{row.work, row.subject, row.amount ? row.amount->from : rules::Place()};
    });
    check(pack.pauses, &Roles::pauses, nowhere);
    check(pack.guards, &Roles::guards, [](auto &row) { return std::vector{row.work}; });
    check(pack.iterations, &Roles::iterations, [](auto &row) { return std::vector{row.work}; });
    check(pack.stores, &Roles::stores, [](auto &row) {
      bool isFound = row.access != rules::Store::Write && row.result.kind != rules::Place::Return; // Else a callback has it.
      return std::vector{isFound ? row.result : rules::Place(), row.key};
    });
    for (const rules::Queue &queue : pack.queues)
      check(queue.calls, &Roles::queues, [](auto &row) { return std::vector{row.queue}; });
    checkNames();
    return complaints_;
  }

  unsigned namesChecked() const { return checked_; }

private:
  static std::vector<rules::Place> placesOfCall(const rules::DependencyCall &row) {
    std::vector<rules::Place> places = {row.subject};
    for (const rules::Phase &phase : row.phases)
      for (const rules::Bound &bound : phase.anyOf) {
        if (const auto *amount = std::get_if<rules::Amount>(&bound))
          places.push_back(amount->from);
        if (const auto *condition = std::get_if<rules::ArgumentIs>(&bound))
          places.push_back(condition->place);
      }
    for (const rules::ArgumentIs &condition : row.unless)
      places.push_back(condition.place);
    for (const rules::ArgumentIs &condition : row.when)
      places.push_back(condition.place);
    return places;
  }

  template <class Row> void checkTypes(const std::vector<Row> &rows) {
    for (const Row &row : rows)
      for (const std::string &type : row.types)
        if (!types_.count(type))
          complain(row.origin, type, "there is no such type");
  }

  static bool isOneOf(const llvm::SmallVector<QueueRole, 1> &roles, const rules::QueueCall *row) {
    return llvm::any_of(roles, [&](const QueueRole &role) { return role.call == row; });
  }
  template <class Row> static bool isOneOf(const llvm::SmallVector<const Row *, 1> &roles, const Row *row) {
    return llvm::is_contained(roles, row);
  }

  template <class Row, class List, class PlacesOf>
  void check(const std::vector<Row> &rows, List Roles::*list, PlacesOf placesOf) {
    for (const Row &row : rows) {
      ++checked_;
      if (row.match.isMacro) {
        if (!macros_.count(row.match.names[0]))
          complain(row.origin, row.match.names[0], "there is no such macro");
        continue;
      }
      bool isMatched = false, isFit = false, isOwned = false;
      std::string header;
      for (const auto &[id, entry] : program_.declarations) {
        const Roles &roles = roles_->of(id);
        if (!isOneOf(roles.*list, &row))
          continue;
        isMatched = true;
        isOwned |= !roles.libraries.empty();
        if (entry.first->file)
          header = (*entry.second)[entry.first->file].path.str();
        std::vector<rules::Place> places = placesOf(row);
        isFit |= row.match.isField == (entry.first->kind == EntityKind::Field) &&
                 llvm::all_of(places, [&](const rules::Place &place) { return hasPlace(entry, place); });
      }
      if (!row.unproven.empty()) {
        if (isMatched && isFit)
          complain(row.origin, row.match.names[0], "is not 'unproven', a declaration matches");
        continue;
      }
      if (!isMatched)
        complain(row.origin, row.match.names[0], "no declaration has this name and these parameters");
      else if (!isFit)
        complain(row.origin, row.match.names[0], "no matching declaration has these places");
      else if (!isOwned && !row.match.names[0].starts_with("**"))
        complain(row.origin, row.match.names[0], "its header " + header + " is none of the pack's");
    }
  }

  bool hasPlace(const std::pair<const Declaration *, const TuFacts *> &entry,
                const rules::Place &place) const {
    const Declaration &declaration = *entry.first;
    const TuFacts &unit = *entry.second;
    bool isMember = declaration.kind == EntityKind::Method || declaration.kind == EntityKind::Constructor ||
                    declaration.kind == EntityKind::Destructor;
    switch (place.kind) {
    case rules::Place::None: return true;
    case rules::Place::Argument: return declaration.isVariadic || place.index < declaration.parameters.size();
    case rules::Place::This: return isMember && !declaration.isStatic;
    case rules::Place::Return: return declaration.type && unit[declaration.type].kind != TypeClass::Void;
    case rules::Place::ArgumentOfType:
      return llvm::any_of(declaration.parameters, [&](Index<Type> type) {
        return type && (unit[type].recordName == place.type || unit[type].canonical == place.type);
      });
    case rules::Place::TemplateArgument: return declaration.isTemplate;
    case rules::Place::Member: return declaration.kind == EntityKind::Field;
    }
    return false;
  }

  /// Constants that conditions, limits and levels name.
  void checkNames() {
    const rules::Pack &pack = rules_.packs[0];
    auto conditions = [&](const rules::Origin &origin, const std::vector<rules::ArgumentIs> &list) {
      for (const rules::ArgumentIs &condition : list)
        for (const std::string &name : condition.anyOf)
          if (!condition.isPrefix) // Those are words of a text.
            checkName(origin, name);
    };
    auto infinite = [&](const rules::Origin &origin, const rules::Infinite &limit) {
      for (const std::string &name : limit.names)
        checkName(origin, name);
    };
    for (const rules::Maker &row : pack.makers)
      conditions(row.origin, row.when);
    for (const rules::Setter &row : pack.setters) {
      conditions(row.origin, row.when);
      if (row.amount)
        infinite(row.origin, row.amount->infinite);
    }
    for (const rules::DependencyCall &row : pack.calls) {
      conditions(row.origin, row.when);
      conditions(row.origin, row.unless);
      for (const rules::Phase &phase : row.phases)
        for (const rules::Bound &bound : phase.anyOf)
          if (const auto *amount = std::get_if<rules::Amount>(&bound))
            infinite(row.origin, amount->infinite);
    }
    for (const rules::Retry &row : pack.retries)
      conditions(row.origin, row.when);
    for (const rules::Abort &row : pack.aborts)
      if (!row.match.isMacro) // There they are words that the macro pastes together.
        conditions(row.origin, row.when);
    for (const rules::Store &row : pack.stores)
      conditions(row.origin, row.when);
    for (const rules::Logger &row : pack.loggers) {
      conditions(row.origin, row.when);
      for (const auto &[name, level] : row.levels)
        if (!row.match.isMacro) // There they are words that the macro pastes together.
          checkName(row.origin, name);
    }
  }

  void checkName(const rules::Origin &origin, llvm::StringRef name) {
    uint64_t number = 0;
    // Keys of text options are written as they stand in the text.
    bool isText =
        macros_.count(("MONGOC_URI_" + name).str()) || macros_.count(("MONGOC_URI_" + name.upper()));
    if (name.getAsInteger(0, number) && !isText && !names_.count(name.str()) && !macros_.count(name.str()))
      complain(origin, name, "there is no such constant");
  }

  void complain(const rules::Origin &origin, llvm::StringRef name, llvm::StringRef what) {
    complaints_.push_back(origin.file + ":" + std::to_string(origin.line) + ": " + name.str() + ": " +
                          what.str());
  }

  rules::RuleSet rules_;
  Program program_;
  std::set<std::string> macros_, types_, names_;
  std::unique_ptr<RoleIndex> roles_;
  std::vector<std::string> complaints_;
  unsigned checked_ = 0;
};

/// Built-in packs, and the one of the file that OPEX_PACK names: so a pack being written is proven without a build.
std::vector<rules::Pack> provable() {
  const char *file = std::getenv("OPEX_PACK");
  std::vector<std::string> extra;
  if (file)
    extra.push_back(file);
  std::vector<rules::Pack> packs;
  for (const rules::Pack &pack : loadAll(extra).packs)
    if (!pack.proof.package.empty())
      packs.push_back(pack);
  return packs;
}

class Packs : public testing::TestWithParam<rules::Pack> {};

} // namespace

namespace opex::rules {
static void PrintTo(const Pack &pack, std::ostream *out) { *out << pack.name; }
} // namespace opex::rules

TEST_P(Packs, MatchTheHeaders) {
  const rules::Pack &pack = GetParam();
  Headers headers = headersOf(pack);
  if (!headers.missing.empty() && !std::getenv("CI"))
    GTEST_SKIP() << "no header " << llvm::join(headers.missing, ", ") << " (package " << pack.proof.package
                 << "); tools/setup --libraries installs those of all packs";
  ASSERT_THAT(headers.missing, IsEmpty()) << "are they those of " << pack.proof.package << "?";
  PackCheck check(pack, std::move(headers));
  EXPECT_THAT(check.run(), IsEmpty());
  EXPECT_GT(check.namesChecked(), 0u);
}

INSTANTIATE_TEST_SUITE_P(All, Packs, testing::ValuesIn(provable()), [](const auto &info) {
  std::string name = info.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(PackList, AMissingHeaderIsNoticed) {
  auto missingOf = [](const std::string &includes) {
    llvm::Expected<rules::Pack> pack =
        rules::parsePack("pack: {name: demo, headers: [\"gone/*.h\"], includes: [" + includes + "]}\n", "demo.yaml");
    return pack ? headersOf(*pack).missing : std::vector{llvm::toString(pack.takeError())};
  };
  EXPECT_THAT(missingOf("stdio.h"), IsEmpty());
  EXPECT_THAT(missingOf("gone/only.h"), ElementsAre("gone/only.h"));
  EXPECT_THAT(missingOf("stdio.h, gone/last.h"), ElementsAre("gone/last.h"));
  EXPECT_THAT(missingOf("gone/first.h, stdio.h"), ElementsAre("gone/first.h"));
}

TEST(PackList, EveryPackIsVerifiedOrSaysThatItIsNot) {
  for (const rules::Pack &pack : loadAll().packs)
    EXPECT_NE(!pack.proof.package.empty(), pack.isUnverified) << pack.name;
}

TEST(PackList, NearlyAllNamesWithAPackageAreProven) {
  size_t names = 0, unproven = 0, unverified = 0;
  for (rules::Pack &pack : loadAll().packs)
    rules::forEachSection(pack, [&](llvm::StringRef, const auto &rows) {
      for (const rules::Row &row : rows) {
        size_t count = row.match.names.size();
        (pack.proof.package.empty() ? unverified : names) += count;
        unproven += row.unproven.empty() ? 0 : count;
      }
    });
  std::cout << names << " names of packs with a package, " << unproven << " of them unproven; " << unverified
            << " names of packs without one\n";
  EXPECT_LE(unproven * 100, names * 3);
}

TEST(PackList, ARowThatMatchesNothingIsNoticed) {
  llvm::Expected<rules::Pack> pack =
      rules::parsePack("pack: {name: demo, headers: [\"curl/*.h\"], includes: [curl/curl.h]}\n"
                       "subjects:\n"
                       "- {id: s, types: [CURLX], settings: {t: {default: none}}}\n"
                       "makers:\n"
                       "- {function: curl_easy_inti, makes: s, at: return}\n"
                       "setters:\n"
                       "- {function: curl_easy_reset, subject: arg1, resets: true}\n"
                       "- {function: curl_easy_setopt, subject: arg0, when: {arg1: CURLOPT_NONE}, sets: t}\n",
                       "demo.yaml");
  ASSERT_TRUE(bool(pack)) << llvm::toString(pack.takeError());
  PackCheck check(*pack, headersOf(*pack));
  EXPECT_THAT(check.run(),
              ElementsAre("demo.yaml:3: CURLX: there is no such type",
                          "demo.yaml:5: curl_easy_inti: no declaration has this name and these parameters",
                          "demo.yaml:7: curl_easy_reset: no matching declaration has these places",
                          "demo.yaml:8: CURLOPT_NONE: there is no such constant"));
}
