#include "analysis/calls/no_return.h"

#include "analysis/body/exits.h"
#include "analysis/execution/call_components.h"

namespace opex {

NoReturnFunctions::NoReturnFunctions(const Program &program, llvm::function_ref<bool(CallRef)> ends) : program_(program) {
  auto step = [&](uint32_t position, const std::vector<uint8_t> &known) -> uint8_t {
    const LinkedFunction &function = program.functions[position];
    return returns(*function.body, [&](Index<Call> call) {
      return ends({position, call}) || isRunBy(known, function, call);
    });
  };
  returns_ = settle(CallComponents::calleesFirst(program), uint8_t(0), step);
}

bool NoReturnFunctions::isRunBy(const std::vector<uint8_t> &returns, const LinkedFunction &function, Index<Call> call) const {
  const LinkedFunction *callee = program_.directCallee(function, call);
  return callee && !returns[callee->position];
}

} // namespace opex
