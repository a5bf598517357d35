#include "model/finding.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace opex {

const char *toString(Severity severity) {
  switch (severity) {
  case Severity::Note: return "note";
  case Severity::Warning: return "warning";
  case Severity::Error: return "error";
  }
  llvm_unreachable("unknown severity");
}

const char *toString(Confidence confidence) {
  switch (confidence) {
  case Confidence::Low: return "low";
  case Confidence::Medium: return "medium";
  case Confidence::High: return "high";
  }
  llvm_unreachable("unknown confidence");
}

void weaken(Finding &finding, Confidence limit, std::string doubt) {
  if (limit >= finding.confidence)
    return;
  finding.confidence = limit;
  finding.doubt = std::move(doubt);
}

static auto place(const Finding &f) {
  return std::tie(f.where.path, f.where.line, f.where.column, f.check, f.message);
}

/// By what the steps say; places tell apart only those that say the same.
static bool comesBefore(const ChainStep &a, const ChainStep &b) {
  auto key = [](const ChainStep &step) {
    const Location &where = step.where;
    return std::tie(where.function, step.message, where.lineText, where.path, where.line, where.column);
  };
  return key(a) < key(b);
}

void sortAndMerge(std::vector<Finding> &findings) {
  // Among findings that say the same, the one with the highest confidence and the shortest chain stays;
  // after that any order will do as long as it is always the same.
  std::sort(findings.begin(), findings.end(), [](const Finding &a, const Finding &b) {
    if (place(a) != place(b))
      return place(a) < place(b);
    if (a.confidence != b.confidence)
      return a.confidence > b.confidence;
    if (a.chain.size() != b.chain.size())
      return a.chain.size() < b.chain.size();
    return std::lexicographical_compare(a.chain.begin(), a.chain.end(), b.chain.begin(), b.chain.end(), comesBefore);
  });
  auto same = [](const Finding &a, const Finding &b) { return place(a) == place(b); };
  findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
}

void assignFingerprints(std::vector<Finding> &findings) {
  std::map<std::string, unsigned> seen;
  for (Finding &finding : findings) {
    std::string identity = finding.check + '\0' + finding.functionId + '\0' + finding.subject + '\0' + finding.statement;
    unsigned ordinal = seen[identity]++;
    identity += '\0' + std::to_string(ordinal);
    finding.fingerprint = llvm::utohexstr(llvm::xxh3_64bits(llvm::StringRef(identity)), /*LowerCase=*/true, /*Width=*/16);
  }
}

} // namespace opex
