#include "checks/run.h"

namespace opex {

std::vector<Finding> runChecks(const Program &program, llvm::ArrayRef<const Check *> checks,
                               const std::map<std::string, OptionValues> &options,
                               llvm::function_ref<bool(Finding &)> keep,
                               llvm::function_ref<void(llvm::StringRef)> checkDone) {
  std::vector<Finding> findings;
  for (const Check *check : checks) {
    static const OptionValues none;
    auto values = options.find(check->info.id.str());
    check->run(program, values == options.end() ? none : values->second, [&](Finding finding) {
      attribute(check->info, finding);
      findings.push_back(std::move(finding));
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
