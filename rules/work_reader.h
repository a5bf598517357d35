// Reads the sections about work: queues, retries, pauses, guards, stores. The other sections are in
// pack_reader.cpp.
#pragma once

#include "rules/pack_values.h"

namespace opex::rules {

void readWork(Keys &keys, Pack &pack);

} // namespace opex::rules
