#include "analysis/calls/no_return.h"

#include "analysis/body/exits.h"
#include "analysis/execution/call_components.h"

namespace opex {

NoReturn::NoReturn(const Needs &in) : in_(in) {
  auto step = [&](uint32_t position, const std::vector<uint8_t> &known) -> uint8_t {
    const LinkedFunction &function = in.program().functions[position];
    return returns(*function.body, [&](Index<Call> call) { return at(known, function, call); });
  };
  returns_ = settle(CallComponents::calleesFirst(in.program()), uint8_t(0), step);
}

bool NoReturn::at(const std::vector<uint8_t> &returns, const LinkedFunction &function, Index<Call> call) const {
  const AbortUse *abort = in_.get<Statements>().aborts.at({function.position, call});
  if ((*function.body)[call].isNoReturn || (abort && !abort->isAssertion))
    return true;
  const LinkedFunction *callee = in_.program().directCallee(function, call);
  return callee && !returns[callee->position];
}

} // namespace opex
