// What a queue is by its declaration: its name and place, and the limit its type or its settings give it.
#pragma once

#include "analysis/queues/objects.h"
#include "analysis/queues/queues.h"

namespace opex {

/// Fills in name and place.
void nameByDeclaration(const Program &program, const QueueObject &queue, QueueUse &use);

/// What the library says: always bounded, by a template argument, by a setting.
std::optional<Bound> boundOfType(const Program &program, const Subjects &subjects, const QueueObject &queue);

/// The place of a member of the record.
Location locationIn(const Program &program, const Record &record, const Site &site);

} // namespace opex
