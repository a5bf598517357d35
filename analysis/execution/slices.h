// Waits in slices: a loop around a timed wait or a pause that only asks whether the answer is there. Each slice is limited,
// the whole is not, unless time, a count or a flag to stop ends the loop as well.
#pragma once

#include "analysis/apis/roles.h"

namespace opex {

/// The innermost loop around the call, which lets time pass, does nothing but wait and is left only on an answer. None if
/// it does anything else, or something else may end it.
std::optional<Index<Loop>> loopOfSlices(const Program &program, const RoleIndex &roles, CallRef wait);

/// The row by which the call, or the function of the program that it calls, lets time pass whenever it runs. Null: it does
/// something else.
const rules::Pause *pauseAt(const Program &program, const RoleIndex &roles, CallRef call);

} // namespace opex
