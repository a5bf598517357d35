// Which version of each library a program is built with, and the rules as they are for those versions.
#pragma once

#include "model/program.h"
#include "rules/rules.h"

namespace opex {

/// The rules without rows that are about other versions of their library, with the defaults of settings that its version
/// has. The version is what the headers' macros say; where none of them was seen, the one that the pack was checked against.
rules::RuleSet rulesFor(const Program &program, rules::RuleSet rules);

} // namespace opex
