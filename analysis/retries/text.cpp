#include "analysis/retries/text.h"

#include "analysis/body/identity.h"
#include "model/worst_case.h"

namespace opex {

std::string factorText(const Attempts &attempts) {
  if (attempts.kind == Attempts::Known)
    return std::to_string(attempts.count);
  return attempts.kind == Attempts::Symbol && !attempts.text.empty() ? "`" + attempts.text + "`" : "?";
}

/// `mysql_query` of `again(mysql_query, …)`, where the helper's call is all that is seen of the work.
static llvm::StringRef functionHandedOver(const Program &program, CallRef ref) {
  const Function &body = *program.functions[ref.function].body;
  for (Index<Value> argument : body[ref.call].arguments)
    if (const Value *value = argument ? &body[argument] : nullptr; value && value->kind == ValueKind::Function)
      if (const Declaration *declaration = program.declaration(value->entity))
        return declaration->name;
  return {};
}

std::string workName(const Program &program, const RetryUse &use) {
  CallRef ref = use.work.front();
  if (use.form == RetryForm::Helper && use.call == ref.call && use.function == ref.function)
    if (llvm::StringRef name = functionHandedOver(program, ref); !name.empty())
      return unqualified(name).str();
  const Call &call = (*program.functions[ref.function].body)[ref.call];
  llvm::StringRef name = call.name;
  // The class says more than `get` alone does.
  size_t split = name.rfind("::");
  if (call.kind == CallKind::Method && split != llvm::StringRef::npos)
    if (size_t outer = name.substr(0, split).rfind("::"); outer != llvm::StringRef::npos)
      return name.substr(outer + 2).str();
  return call.kind == CallKind::Method ? name.str() : unqualified(name).str();
}

static std::vector<ChainStep> stepsOf(const RetryUse &use) {
  std::vector<ChainStep> steps = use.evidence;
  steps.insert(steps.end(), use.decidedAt.begin(), use.decidedAt.end());
  return steps;
}

Finding findingAt(const Program &program, const RetryUse &use, const std::optional<WorstCase> &worst) {
  const LinkedFunction &function = program.functions[use.function];
  Finding finding;
  finding.where = program.location(function, use.site);
  finding.subject = workName(program, use);
  finding.statement = finding.subject;
  finding.functionId = functionIdOf(function);
  weaken(finding, use.confidence, use.doubt);
  finding.chain = stepsOf(use);
  if (!use.rule.empty())
    finding.rows = {use.rule};
  if (worst)
    finding.worstCase = timeNoteOf(*worst);
  return finding;
}

Rejection rejectionOf(const Program &program, const RetryUse &use, std::string reason) {
  return {program.location(program.functions[use.function], use.site), "retry of `" + workName(program, use) + "`",
          std::move(reason), stepsOf(use)};
}

} // namespace opex
