#include "checks/run.h"

#include "analysis/body/identity.h"
#include "analysis/execution/unreached.h"

#include <set>

namespace opex {
namespace {

/// Ids of functions that nothing runs, in whichever of their bodies.
std::set<std::string> idsOfUnreached(const Inputs<Unreached> &in) {
  std::set<std::string> dead, alive;
  for (const LinkedFunction &function : in.program().functions)
    (in.get<Unreached>()[function.position] ? dead : alive).insert(functionIdOf(function));
  std::erase_if(dead, [&](const std::string &id) { return alive.contains(id); });
  return dead;
}

} // namespace

std::vector<Finding> runChecks(const Analysis &analysis, llvm::ArrayRef<const Check *> checks,
                               const std::map<std::string, OptionValues> &options,
                               llvm::function_ref<bool(Finding &)> keep,
                               llvm::function_ref<void(llvm::StringRef)> checkDone,
                               llvm::function_ref<void(const Check &, Rejection)> rejected) {
  std::vector<Finding> findings;
  const std::set<std::string> unreached = idsOfUnreached(Inputs<Unreached>(analysis));
  for (const Check *check : checks) {
    static const OptionValues none;
    auto values = options.find(check->info.id.str());
    check->judge(analysis, values == options.end() ? none : values->second, [&](Judgement judgement) {
      if (Finding *finding = std::get_if<Finding>(&judgement)) {
        attribute(check->info, *finding);
        if (unreached.contains(finding->functionId))
          weaken(*finding, Confidence::Medium, "nothing in the program calls the function it stands in");
        findings.push_back(std::move(*finding));
      } else if (rejected) {
        rejected(*check, std::get<Rejection>(std::move(judgement)));
      }
    });
    if (checkDone)
      checkDone(check->info.id);
  }
  sortAndMerge(findings);
  assignFingerprints(findings);
  std::erase_if(findings, [&](Finding &finding) { return !keep(finding); });
  return findings;
}

} // namespace opex
