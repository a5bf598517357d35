#include "driver/linked_program.h"

#include "analysis/apis/constructions.h"
#include "analysis/apis/pointer_calls.h"
#include "link/link.h"

namespace opex {

Program linkProgram(const rules::RuleSet &rules, std::vector<TuFacts> units, std::vector<std::string> leftOut) {
  Program program = link(std::move(units), std::move(leftOut));
  linkConstructions(program, rules);
  linkPointerCalls(program, rules);
  return program;
}

} // namespace opex
