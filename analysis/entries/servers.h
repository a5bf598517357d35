// What runs with a connection that the program accepts: a server written by hand. From each call that hands out a connection
// (rows of `entry-points` with `connection`), directly or through wrappers of the program's own, the value is followed to
// what is called, started on another thread or set going with it, and out of a container it waits in.
#pragma once

#include "analysis/entries/reach.h"

namespace opex {

/// Functions that run once for each connection, sorted. A request may wait for what they do.
std::vector<uint32_t> functionsOfConnections(const Program &program, const RoleIndex &roles, const ByCall<SpawnUse> &spawns);

} // namespace opex
