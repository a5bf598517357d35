// The headers of a pack's library, parsed and described by the frontend itself, so that what matches in them matches in
// an analysis.
#pragma once

#include "model/facts.h"
#include "rules/rules.h"

#include <set>

namespace opex::test {

/// What a library's headers declare.
struct Headers {
  TuFacts facts;
  std::set<std::string> macros;
  std::set<std::string> types;      ///< Records and aliases, qualified.
  std::vector<std::string> missing; ///< Headers that are not there, as they are included.
};

/// Of the headers that the pack names as its proof.
Headers headersOf(const rules::Pack &pack);

} // namespace opex::test
