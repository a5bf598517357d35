// Posts to an executor that make no queue of work: what an object posts once in its life (when it starts, ends or is closed),
// and the answer to an asynchronous call, given by way of the executor instead of at once.
#pragma once

#include "analysis/entries/reach.h"

namespace opex {

/// Of each function, by position: it is a constructor or destructor, or they alone call it, outside loops.
std::vector<uint8_t> madeOrEnded(const Program &program);

/// It is posted once per object, whatever comes in: by constructors, destructors and what only they call, or by a function
/// whose name says that it starts or ends something and that posts nothing but the object itself.
bool isPostOfLifetime(const Inputs<RequestPaths> &in, const std::vector<uint8_t> &madeOrEnded, CallRef post);

/// All that is posted is to call back who asked: there are no more of them than calls under way.
bool isPostedAnswer(const Inputs<Entries> &in, CallRef post);

} // namespace opex
