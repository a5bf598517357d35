#include "analysis/retries.h"

namespace opex {

void annotateRetries(Program &, const RoleIndex &, Subjects &) {}

} // namespace opex
