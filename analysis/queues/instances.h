// Instances of a queue class whose users give the limit, where 0 means none: which are made with one, and which without. A queue that
// is bounded in some instances only is the fault of who makes the others.
#pragma once

#include "analysis/queues/queues.h"

namespace opex {

/// Who makes the object that gets the parameter of this constructor, and what with.
struct QueueInstances {
  std::vector<QueueInstance> unlimited; ///< Made with 0.
  bool isSomeLimited = false;
};

QueueInstances instancesOf(const Program &program, const LinkedFunction &constructor, uint32_t parameter);

} // namespace opex
