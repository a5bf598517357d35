// How findings name handlers and what they catch.
#pragma once

#include "analysis/handlers/handlers.h"
#include "model/check.h"

namespace opex {

/// "catch (const std::exception &)", as the author wrote it where the line shows that.
std::string spellCatch(const Program &program, const LinkedFunction &function, Index<Handler> handler);

/// The caught type, "..." for all.
std::string caughtType(const LinkedFunction &function, Index<Handler> handler);

/// The call as its author would write it, without the object it is made on.
std::string spellCall(const Program &program, const LinkedFunction &function, Index<Call> call);

/// A finding at the handler, with its identity and its chain: what may throw, then where it is caught.
Finding findingAt(const Program &program, const HandlerStudy &study);

/// The handler as something that a check does not report.
Rejection rejectionOf(const Program &program, const HandlerStudy &study, std::string reason);

} // namespace opex
