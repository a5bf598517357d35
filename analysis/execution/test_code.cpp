#include "analysis/execution/test_code.h"

#include "analysis/conventions/test_paths.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

bool isTestCase(const Inputs<RoleIndex> &in, const LinkedFunction &function) {
  const Function &body = *function.body;
  const TuFacts &unit = *function.unit;
  if (body.site.file && isTestPath(unit[body.site.file].path))
    return true;
  if (body.site.expansion && in.get<RoleIndex>().makesTestCases(unit[body.site.expansion].macro))
    return true;
  return body.record && in.program().derivesFrom(body.record, [&](llvm::StringRef name) { return in.get<RoleIndex>().makesTestCases(name); });
}

} // namespace

TestCode::Result TestCode::run(const Needs &in) {
  const Program &program = in.program();
  Result result;
  for (const LinkedFunction &function : program.functions) {
    const LinkedFunction *outermost = &function;
    bool isTest = isTestCase(in, function);
    for (size_t i = 0; !isTest && i < program.functions.size() && (outermost = program.enclosing(*outermost)); ++i)
      isTest = isTestCase(in, *outermost);
    result.push_back(isTest);
  }
  return result;
}

} // namespace opex
