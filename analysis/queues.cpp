#include "analysis/queues.h"

namespace opex {

void annotateQueues(Program &, const RoleIndex &, Subjects &) {}

} // namespace opex
