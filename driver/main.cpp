// The program: options in, exit code out. Nothing else of the project ends the process.

#include "checks/registry.h"
#include "driver/cache_tools.h"
#include "driver/explain.h"
#include "driver/options.h"
#include "driver/pipeline.h"
#include "driver/rules_tools.h"
#include "report/text_report.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace opex {
namespace {

constexpr int kUsageError = 2;

llvm::Expected<int> listChecks(const Options &options) {
  llvm::Expected<std::vector<const Check *>> checks = selectChecks(options, allChecks());
  if (!checks)
    return checks.takeError();
  for (const Check *check : *checks)
    llvm::outs() << check->info.id << '\n';
  return 0;
}

llvm::Expected<int> run(const Options &options) {
  switch (options.command) {
  case Command::Print: llvm::outs() << options.text; return 0;
  case Command::Check: return runCheck(options);
  case Command::Facts: return runFacts(options);
  case Command::Link: return runLink(options);
  case Command::Explain: return runExplain(options);
  case Command::ListChecks: return listChecks(options);
  case Command::RulesCheck: return runRulesCheck(options);
  case Command::RulesTest: return runRulesTest(options);
  case Command::RulesCoverage: return runRulesCoverage(options);
  case Command::RulesSuggest: return runRulesSuggest(options);
  case Command::RulesSchema: return runRulesSchema();
  case Command::CacheShow: return runCacheShow(options);
  case Command::CachePrune: return runCachePrune(options);
  case Command::CacheClear: return runCacheClear(options);
  }
  llvm_unreachable("unknown command");
}

llvm::Expected<int> runArguments(llvm::ArrayRef<std::string> arguments) {
  llvm::Expected<Options> options = parseOptions(arguments, kToolVersion);
  if (!options)
    return options.takeError();
  return run(*options);
}

} // namespace
} // namespace opex

int main(int count, char **values) {
  llvm::Expected<int> code = opex::runArguments(std::vector<std::string>(values + 1, values + count));
  if (code)
    return *code;
  llvm::errs() << "opex-tidy: " << opex::printableLines(llvm::toString(code.takeError())) << '\n';
  return opex::kUsageError;
}
