// Locks of a program's own, made of a condition and some state: for many readers, by name, without a mutex. Waiting for one is
// waiting for whoever holds it, as with a mutex, and no missing timeout.
#pragma once

#include "model/program.h"
#include "model/provenance.h"

namespace opex {

/// The call waits on a condition until members of its own object are as they were when the object was made, then takes the lock by
/// changing one of them, and hands out nothing. Another method of the class changes that member back.
bool isWaitForOwnLock(const Program &program, const Provenance &provenance, CallRef wait);

} // namespace opex
