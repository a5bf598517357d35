// Variables that only a complete try sets, and so tell whether it was: who asks for them learns of the
// failure though the handler says nothing.
#pragma once

#include "model/program.h"

namespace opex {

/// Code that the handler leads to looks at a variable that only a complete try sets (`if (!connection) …`), or returns
/// such a variable.
bool testsResultOf(const Program &program, const LinkedFunction &function, Index<Handler> handler);

/// The condition asks for a variable that the end of the try sets: `while (!done)`.
bool testsWhatTrySets(const Program &program, const LinkedFunction &function, Index<Try> owner,
                      Index<Value> condition);

/// A variable whose value tells by itself that the try did not complete.
bool isStatusVariable(const Program &program, const LinkedFunction &function, Index<Try> owner,
                      Index<Value> variable);

/// Values that are only put into another object that is made: `make_unique<View>(std::move(file), …)`. By value: 1.
std::vector<uint8_t> putIntoObjects(const LinkedFunction &function);

/// The block is the try's body, or in it.
bool isInTry(const Function &body, const Try &owner, Index<Block> block);

/// Behind the last handler.
bool isAfterTry(const Function &body, const Try &owner, const Site &site);

} // namespace opex
