// Which functions run while the program starts or ends, and not again for every request or item of work.
#pragma once

#include "model/program.h"

namespace opex {

/// By function: 1 if it is reached from `main` or from initialisers of globals only, and from no loop that goes
/// on while the service runs. What nobody is seen to call is not among them.
std::vector<uint8_t> startupOnly(const Program &program);

} // namespace opex
