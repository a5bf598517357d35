#include "analysis/body/identity.h"

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

} // namespace opex
