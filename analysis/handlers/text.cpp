#include "analysis/handlers/text.h"

#include "analysis/body/identity.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {

std::string caughtType(const LinkedFunction &function, Index<Handler> index) {
  const Handler &handler = (*function.body)[index];
  return handler.caught ? (*function.unit)[handler.caught].spelled.str() : "...";
}

std::string spellCall(const Program &program, const LinkedFunction &function, Index<Call> call) {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.values.size(); ++i)
    if (body.values[i].kind == ValueKind::Call && body.values[i].index == call.value)
      return spell(program, body, Index<Value>(i));
  return unqualified(body[call].name).str() + "()";
}

Finding findingAt(const Program &program, const HandlerStudy &study) {
  constexpr size_t kChainCalls = 3;
  const LinkedFunction &function = *study.function;
  const Handler &handler = (*function.body)[study.handler];
  Finding finding;
  finding.where = program.location(function, handler.site);
  finding.subject = caughtType(function, study.handler);
  finding.statement = "catch (" + finding.subject + ")";
  if (!study.mayThrow.empty())
    finding.statement += " of " + spellCall(program, function, study.mayThrow.front());
  finding.functionId = functionIdOf(function);
  std::vector<Index<Call>> calls(study.mayThrow.begin(),
                                 study.mayThrow.begin() + std::min(kChainCalls, study.mayThrow.size()));
  llvm::sort(calls);
  for (Index<Call> call : calls)
    finding.chain.push_back({program.location(function, (*function.body)[call].site),
                             "`" + spellCall(program, function, call) + "` may throw", false});
  finding.chain.push_back(
      {finding.where, "`" + spellCatch(program, function, study.handler) + "` catches it", false});
  return finding;
}

Rejection rejectionOf(const Program &program, const HandlerStudy &study, std::string reason) {
  const LinkedFunction &function = *study.function;
  return {program.location(function, (*function.body)[study.handler].site),
          "`" + spellCatch(program, function, study.handler) + "`", std::move(reason)};
}

/// One space between words and before `&` and `*`, none behind: however the file is formatted.
static std::string spacedAsOurs(llvm::StringRef written) {
  constexpr llvm::StringLiteral kNothingBehind = " &*";
  std::string text;
  for (char c : written.trim()) {
    bool isSpaced = c == ' ' || c == '&' || c == '*';
    if (isSpaced && !text.empty() && !kNothingBehind.contains(text.back()))
      text += ' ';
    if (c != ' ')
      text += c;
  }
  return text;
}

std::string spellCatch(const Program &program, const LinkedFunction &function, Index<Handler> index) {
  const Handler &handler = (*function.body)[index];
  std::string line = program.location(function, handler.site).lineText;
  if (!handler.site.expansion && handler.site.column >= 1 && handler.site.column <= line.size()) {
    llvm::StringRef written = llvm::StringRef(line).drop_front(handler.site.column - 1);
    size_t open = written.find('('), close = written.find(')');
    if (written.starts_with("catch") && open < close && close < 80)
      return "catch (" + spacedAsOurs(written.slice(open + 1, close)) + ")";
  }
  llvm::StringRef suffix = handler.byReference ? " &" : handler.byPointer ? " *" : "";
  return "catch (" + caughtType(function, index) + suffix.str() + ")";
}

} // namespace opex
