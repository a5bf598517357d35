#include "analysis/calls/run_parameters.h"

#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/execution/call_components.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

Index<Value> parameterCalled(const Call &call) {
  if (call.calleeValue)
    return call.calleeValue;
  return unqualified(call.name) == "operator()" ? call.object : Index<Value>();
}

static std::optional<uint32_t> parameterIn(const Function &body, Index<Value> value) {
  bool isParameter = value && body[value].kind == ValueKind::Local && body[value].index < body.parameterCount;
  return isParameter ? std::optional(body[value].index) : std::nullopt;
}

std::optional<uint32_t> parameterRunBy(const Function &body, const Call &call) {
  return parameterOf(body, parameterCalled(call));
}

Index<Value> callableIn(const Function &body, Index<Value> argument) {
  while (argument && body[argument].kind == ValueKind::Call) {
    const Call &call = body.calls[body[argument].index];
    if (call.kind != CallKind::Constructor || call.arguments.empty() || !call.arguments.front())
      break;
    argument = call.arguments.front();
  }
  return argument;
}

RunParameters::RunParameters(const Program &program) {
  auto step = [&](uint32_t position, const std::vector<std::vector<uint32_t>> &known) {
    const LinkedFunction &function = program.functions[position];
    const Function &body = *function.body;
    std::vector<uint32_t> run;
    if (body.parameterCount == 0)
      return run;
    auto add = [&](std::optional<uint32_t> parameter) {
      if (parameter)
        run.push_back(*parameter);
    };
    for (const Call &call : body.calls)
      add(parameterRunBy(body, call));
    for (const CallEdge &edge : function.callees)
      for (uint32_t parameter : known[edge.callee])
        if (const Call &call = body[edge.call]; parameter < call.arguments.size())
          add(parameterIn(body, callableIn(body, call.arguments[parameter])));
    llvm::sort(run);
    run.erase(std::unique(run.begin(), run.end()), run.end());
    return run;
  };
  parameters_ = settle(CallComponents::calleesFirst(program), std::vector<uint32_t>(), step);
}

} // namespace opex
