// Where requests enter the program, what runs on threads of its own, and what each can reach.
#pragma once

#include "analysis/apis/subjects.h"

namespace opex {

/// Fills entryPoints, spawns and onRequestPath.
void annotateReach(Program &program, const RoleIndex &roles, Subjects &subjects);

/// Functions and lambdas that the value may be, as positions in Program::functions, sorted.
std::vector<uint32_t> callablesIn(const Program &program, Subjects &subjects, const LinkedFunction &function,
                                  Index<Value> value);

/// The same, and what a std::function or its like holds, which the value may be.
std::vector<uint32_t> callablesHeld(const Program &program, Subjects &subjects, const LinkedFunction &function,
                                    Index<Value> value, unsigned depth = 0);

/// The callables at a place of the call; links made at the call included (a lambda inside std::bind, say).
std::vector<uint32_t> entriesOf(const Program &program, Subjects &subjects, const LinkedFunction &function,
                                Index<Call> index, const rules::Place &place);

/// Calls whose result is work for others, of what is spawned or (`threadsOnly`) given a thread of its own:
/// `std::thread(std::bind(&Worker::run, this))`, `co_spawn(context, follow(), detached)`. Needs the spawns.
std::set<CallRef> callsHandedOver(const Program &program, bool threadsOnly = false);

} // namespace opex
