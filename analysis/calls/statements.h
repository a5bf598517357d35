// Single statements that rules know: what writes a log, ends the process, hands an error on, lets time pass,
// holds work back, reads or writes where data is kept. Each is judged by itself; what they add up to is
// for retries.h, queues.h and the checks.
#pragma once

#include "analysis/apis/subjects.h"

namespace opex {

/// Fills Annotations::logs, logGuards, aborts and errorReports.
void annotateStatements(Program &program, const RoleIndex &roles);

/// Fills Annotations::pauses, guards, iterations and stores.
void annotateWork(Program &program, const RoleIndex &roles, Subjects &subjects);

/// The first `stores` row that the call meets when it is reached through the frame's path; null if none.
const rules::Store *storeRowOf(Subjects &subjects, const RoleIndex &roles, const Frame &frame, const Call &call);

} // namespace opex
