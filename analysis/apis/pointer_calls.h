// Calls through pointers to functions that the program has no body of: a client library's, taken by name (`&Stub::Get`), kept in a
// table, or looked up in a library that is loaded at run time. They become calls of what they point to, so that rows mean them.
#pragma once

#include "model/program.h"
#include "rules/rules.h"

namespace opex {

/// A call that may run several such functions becomes one of the first by name, if the same rows mean all of them.
void linkPointerCalls(Program &program, const rules::RuleSet &rules);

} // namespace opex
