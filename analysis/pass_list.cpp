#include "analysis/pass_list.h"

#include "analysis/bounds/dependencies.h"
#include "analysis/calls/work.h"
#include "analysis/execution/held_locks.h"
#include "analysis/execution/threads.h"
#include "analysis/execution/unreached.h"
#include "analysis/fallbacks/fallbacks.h"
#include "analysis/handlers/handlers.h"
#include "analysis/latency/latency.h"
#include "analysis/lists/linked_queues.h"
#include "analysis/queues/queues.h"
#include "analysis/retries/retries.h"
#include "analysis/spins/spins.h"

namespace opex {
namespace {

template <class Pass> constexpr llvm::StringLiteral kNameOf = "";

#define OPEX_PASS(NAME, HEADER, ANSWERS) template <> constexpr llvm::StringLiteral kNameOf<NAME> = #NAME;
#include "analysis/passes.def"
#undef OPEX_PASS

template <class... Passes> std::vector<llvm::StringRef> namesOf(Inputs<Passes...> *) { return {kNameOf<Passes>...}; }

} // namespace

std::vector<PassInfo> allPasses() {
  return {
#define OPEX_PASS(NAME, HEADER, ANSWERS)                                                                               \
  {#NAME, "analysis/" HEADER, ANSWERS, namesOf(static_cast<NAME::Needs *>(nullptr))},
#include "analysis/passes.def"
#undef OPEX_PASS
  };
}

} // namespace opex
