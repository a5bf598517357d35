// Which rows of the rule packs mean something in a program, and which seem to be mistaken. Needs facts that were made
// while looking for the rows' names (TuFacts::foundNames); without them nothing is held against a row.
#pragma once

#include "model/program.h"
#include "rules/rules.h"

#include <set>

namespace opex {

/// A row, or what a row of `subjects` or `caches` calls a type.
struct RowCoverage {
  std::string section; ///< As in YAML.
  std::string name;
  rules::Origin origin;
  size_t declarations = 0; ///< That it means; of macros and types: whether there is one.
  size_t uses = 0;         ///< Calls, expansions, assignments of a field, overriders of an entry point.
  std::string problem;     ///< Why it can mean nothing; empty if it can, or if that is not known.
};

struct PackCoverage {
  const rules::Pack *pack = nullptr;
  std::set<std::string> headers; ///< Of the library, that were read.
  std::vector<RowCoverage> rows; ///< In the order of the sections.
};

/// One for each pack, in load order. Points into `rules`.
std::vector<PackCoverage> coverPacks(const Program &program, const rules::RuleSet &rules);

} // namespace opex
