// Which assignments a member may have its value from where it is read: of a variable of the function's own
// those to that very object, in their order; of others all, but for defaults that a constructor assigns over.
#pragma once

#include "model/provenance.h"

namespace opex {

struct FieldSources {
  std::vector<Provenance::Incoming> incoming;
  bool isComplete = false; ///< Nothing else can have given it a value.
};

/// `field` is a member that `function` reads.
FieldSources sourcesOfField(const Program &program, const Provenance &provenance,
                            const LinkedFunction &function, Index<Value> field);

} // namespace opex
