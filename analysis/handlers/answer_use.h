// What the callers of a function do with the value that it answers a failure with.
#pragma once

#include "model/program.h"

namespace opex {

/// The program calls the function, and wherever it does asks for the value at once or through the variable
/// that keeps it: `f().empty()`, `if (!f())`, `int rc = f(); if (rc == -1)`. The value is one that can be
/// asked for: empty, null, an enumerator or a constant.
bool isAskedForByAll(const Program &program, const LinkedFunction &function, Index<Value> answered);

} // namespace opex
