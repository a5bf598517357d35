#include "analysis/body/identity.h"

#include <tuple>

namespace opex {

std::string callText(const Program &program, const LinkedFunction &function, Index<Call> call) {
  std::string text;
  for (Index<Value> argument : (*function.body)[call].arguments)
    text += (text.empty() ? "" : ", ") + spell(program, *function.body, argument);
  return (*function.body)[call].name.str() + "(" + text + ")";
}

std::string functionIdOf(const LinkedFunction &function) {
  return function.declaration ? function.declaration->usr.str() : function.body->name.str();
}

Location locationOf(const Program &program, CallRef call) {
  const LinkedFunction &function = program.functions[call.function];
  return program.location(function, (*function.body)[call.call].site);
}

Finding findingAt(const Program &program, CallRef call, std::string subject) {
  const LinkedFunction &function = program.functions[call.function];
  Finding finding;
  finding.where = locationOf(program, call);
  finding.subject = std::move(subject);
  finding.statement = callText(program, function, call.call);
  finding.functionId = functionIdOf(function);
  return finding;
}

} // namespace opex
