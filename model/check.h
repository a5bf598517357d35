// What a check is: a value holding its documentation, its typed options, and what it makes of each thing that it looks
// at. Checks are written with model/make_check.h.
#pragma once

#include "model/finding.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace opex {

class Analysis;

/// Everything users read about a check. `help` is Markdown with the headings "What it finds", "Why it
/// hurts in production", "Example", "Instead" and "Limits"; the options table is appended to it.
struct CheckInfo {
  llvm::StringRef id;      ///< "opex-missing-timeout".
  llvm::StringRef summary; ///< One sentence.
  Severity severity = Severity::Warning;
  /// How far its findings can be trusted, as measured at first contact (docs/precision.md). High: right nine times of ten,
  /// and in all profiles; Medium: not in `ci`; Low: in `audit` only.
  Confidence precision = Confidence::High;
  std::vector<llvm::StringRef> practices; ///< Ids of rules/practices.yaml.
  std::vector<unsigned> cwe;
  llvm::StringRef help;
};

/// An option as documentation shows it.
struct OptionInfo {
  std::string name, type, defaultValue, summary;
};

/// Values of a check's options as the user wrote them, by kebab name.
using OptionValues = std::map<std::string, std::string>;

/// Something that a check looked at and does not report.
struct Rejection {
  Location where;
  std::string what;   ///< "`curl_easy_perform`".
  std::string reason; ///< Why not, as a clause: "a limit is set on all ways to it".
  std::vector<ChainStep> evidence = {};
};

/// What a check makes of one thing that it looks at.
using Judgement = std::variant<Finding, Rejection>;

struct Check {
  CheckInfo info;
  std::vector<OptionInfo> (*options)();
  /// Errors name the option and what it takes; returned by validateOptions before any run.
  std::vector<std::string> (*validateOptions)(const OptionValues &values);
  /// Calls `sink` with what becomes of each thing the check looks at in the project. `values` have been validated; findings
  /// are attributed by the caller.
  void (*judge)(const Analysis &analysis, const OptionValues &values, llvm::function_ref<void(Judgement)> sink);
};

/// Makes the finding one of the check: its id, and its severity unless the finding has one of its own.
void attribute(const CheckInfo &check, Finding &finding);

} // namespace opex
