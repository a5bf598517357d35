// Why nothing is reported at a line: what the analysis and the checks have to say about each call, loop and handler
// that stands there. Decides nothing itself: it collects what the passes found, and what the checks made of each thing.
#pragma once

#include "analysis/apis/roles.h"
#include "analysis/passes/by_call.h"
#include "model/check.h"
#include "report/explanation.h"

#include "llvm/Support/Error.h"

#include <functional>

namespace opex {

/// A program with what is found in it, and the judgements of all checks in profile audit.
struct ExplainedProgram {
  /// `rules` must outlive it.
  ExplainedProgram(std::string root, Program linked, const rules::RuleSet &rules, std::map<std::string, OptionValues> options);

  std::string root; ///< Absolute, of the sources; empty if they are not at hand.
  const Program program;
  const Analysis analysis;
  const std::map<std::string, OptionValues> checkOptions;
  std::vector<std::pair<const Check *, Rejection>> rejections;
  std::vector<Finding> findings;
  std::function<bool(const CheckInfo &)> checkIsOn; ///< By the options of the run.
};

struct LinePlace {
  std::string file; ///< As written.
  uint32_t line = 0;
};

/// Of FILE:LINE, or FILE:LINE:COLUMN, whose column narrows nothing.
llvm::Expected<LinePlace> parsePlace(llvm::StringRef word);

/// "shown in profiles ide and audit", and what keeps it from being shown otherwise.
std::string shownText(const Finding &finding, const ExplainedProgram &explained);

/// The check that made the finding.
const Check &checkOf(const Finding &finding);

class WhyNot {
public:
  /// It must outlive this.
  explicit WhyNot(const ExplainedProgram &explained);

  /// An error if the program has no such file.
  llvm::Expected<PlaceStory> at(const LinePlace &place);

private:
  llvm::Expected<std::string> pathOf(const LinePlace &place) const;
  bool isAt(const LinkedFunction &function, const Site &site) const;
  void addFunction(const LinkedFunction &function, std::vector<PlaceItem> &items) const;
  bool isLonePush(CallRef ref) const;
  void addCall(const LinkedFunction &function, Index<Call> index, std::vector<PlaceItem> &items) const;
  void addRows(const LinkedFunction &function, const Call &call, std::vector<Remark> &remarks) const;
  void addCandidates(CallRef call, std::vector<Remark> &remarks) const;
  void addLoop(const LinkedFunction &function, Index<Loop> index, std::vector<PlaceItem> &items) const;
  void addFindings(const Site &site, std::vector<Remark> &remarks) const;
  void addRejections(const Site &site, PlaceItem &item) const;
  std::string otherwise() const;

  const ExplainedProgram &explained_;
  const Program &program_;
  const RoleIndex &roles_;
  std::map<const rules::Row *, llvm::StringRef> sections_; ///< In which each row stands.
  std::vector<RejectedCandidate> candidates_; ///< Of all passes.
  std::string path_; ///< What is asked for.
  uint32_t line_ = 0;
};

} // namespace opex
