// Calls that look like dependencies and that no pack knows: what somebody who writes a pack might look at. Guesses by
// names and parameters, no findings.
#pragma once

#include "analysis/entries/reach.h"
#include "rules/words.h"

namespace opex {

/// A parameter that seems to limit how long the call takes.
struct LimitParameter {
  size_t index = 0;
  std::string unit; ///< As packs write it; empty if it cannot be told.
};

struct Suggestion {
  std::string name; ///< As Declaration::name.
  std::string section, kind; ///< See rules::WordGroup.
  std::string header;        ///< Where it is declared, as facts spell it.
  std::vector<std::string> evidence;
  std::optional<LimitParameter> limit;
  unsigned strength = 0; ///< Of the evidence.
  size_t calls = 0, callers = 0; ///< Calls of it, and functions that make them.
  size_t entryPoints = 0, reach = 0; ///< From how many entry points, and from how many functions, it is reached.
  Location first; ///< One of the calls.
};

/// The likeliest and most reached first.
std::vector<Suggestion> suggestRows(const Inputs<RoleIndex, Entries> &in, const rules::Words &words);

/// A library that the program calls as one calls a dependency, and that no pack knows.
struct UnknownLibrary {
  std::string header;  ///< The folder of its headers, or its one header: "acme/" or "acme.h".
  size_t calls = 0;    ///< Likely dependency calls of it.
  std::string example; ///< The function that is called most.
  Location first;      ///< One of its calls.
};

/// The most called first. Linear in the calls of the program.
std::vector<UnknownLibrary> unknownLibraries(const Inputs<RoleIndex, Entries> &in, const rules::Words &words);

} // namespace opex
