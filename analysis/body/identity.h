// What findings are recognised by again: the text of a call without white space at its ends, and the function.
#pragma once

#include "model/finding.h"
#include "model/program.h"

namespace opex {

/// `name(argument, …)`, as Finding::statement takes it.
std::string callText(const Program &program, const LinkedFunction &function, Index<Call> call);

/// As Finding::functionId takes it.
std::string functionIdOf(const LinkedFunction &function);

/// The place of the call, as findings carry it.
Location locationOf(const Program &program, CallRef call);

/// A finding at the call, with its identity; `subject` as Finding takes it.
Finding findingAt(const Program &program, CallRef call, std::string subject);

} // namespace opex
