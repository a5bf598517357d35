// What a check is: a value holding its documentation, its typed options and one pure function from what the passes
// of the analysis found to findings. See checks/swallowed_exception.cpp for the shape to copy.
#pragma once

#include "model/finding.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <map>
#include <string>
#include <vector>

namespace opex {

class Analysis;

/// Everything users read about a check. `help` is Markdown with the headings "What it finds", "Why it
/// hurts in production", "Example", "Instead" and "Limits"; the options table is appended to it.
struct CheckInfo {
  llvm::StringRef id;      ///< "opex-missing-timeout".
  llvm::StringRef summary; ///< One sentence.
  Severity severity = Severity::Warning;
  bool auditOnly = false; ///< Not in profile `ide`.
  bool inCi = true;       ///< In profile `ci`, where only findings of high confidence are shown.
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

using Sink = llvm::function_ref<void(Finding)>;

/// Something that a check looked at and does not report.
struct Silence {
  Location where;
  std::string what;   ///< "`curl_easy_perform`".
  std::string reason; ///< Why not, as a clause: "a limit is set on all ways to it".
  std::vector<ChainStep> evidence;
};

using SilenceSink = llvm::function_ref<void(Silence)>;

struct Check {
  CheckInfo info;
  std::vector<OptionInfo> (*options)();
  /// Errors name the option and what it takes; returned by validateOptions before any run.
  std::vector<std::string> (*validateOptions)(const OptionValues &values);
  /// `values` have been validated. Findings are attributed by the caller.
  void (*run)(const Analysis &analysis, const OptionValues &values, Sink sink);
  /// What the check looked at and does not report, decided by the same code. May be null.
  void (*silences)(const Analysis &analysis, const OptionValues &values, SilenceSink sink) = nullptr;
};

/// Makes the finding one of the check: its id, and its severity unless the finding has one of its own.
void attribute(const CheckInfo &check, Finding &finding);

namespace options {

/// Reads values into an options struct; collects what is wrong.
class Reader {
public:
  explicit Reader(const OptionValues &values) : values_(values) {}
  void operator()(llvm::StringRef name, unsigned &value, llvm::StringRef summary);
  void operator()(llvm::StringRef name, bool &value, llvm::StringRef summary);
  void operator()(llvm::StringRef name, std::vector<std::string> &value, llvm::StringRef summary);

  /// Also complains about values that no option took.
  std::vector<std::string> takeErrors();

private:
  const std::string *find(llvm::StringRef name);

  const OptionValues &values_;
  std::vector<std::string> known_;
  std::vector<std::string> errors_;
};

/// Lists an options struct with its defaults.
class Lister {
public:
  void operator()(llvm::StringRef name, unsigned &value, llvm::StringRef summary);
  void operator()(llvm::StringRef name, bool &value, llvm::StringRef summary);
  void operator()(llvm::StringRef name, std::vector<std::string> &value, llvm::StringRef summary);

  std::vector<OptionInfo> list;
};

} // namespace options

/// For checks without options.
struct NoOptions {
  void map(auto &) {}
};

namespace options {

/// Values that have been validated.
template <class Options> Options read(const OptionValues &values) {
  Reader reader(values);
  Options read;
  read.map(reader);
  return read;
}

} // namespace options

/// What the function takes first, of this analysis.
template <class Needs, class Options, class To>
Needs inputsOf(void (*)(const Needs &, const Options &, To), const Analysis &analysis) {
  return Needs(analysis);
}

/// A check of a function that takes the results of the passes it needs: `void run(const Inputs<Retries, Latency> &in,
/// const Options &options, Sink report)`. Passes are run when the check is.
template <class Options, auto run> Check makeCheck(CheckInfo info) {
  Check check;
  check.info = std::move(info);
  check.options = [] {
    options::Lister lister;
    Options defaults;
    defaults.map(lister);
    return lister.list;
  };
  check.validateOptions = [](const OptionValues &values) {
    options::Reader reader(values);
    Options read;
    read.map(reader);
    return reader.takeErrors();
  };
  check.run = [](const Analysis &analysis, const OptionValues &values, Sink sink) {
    run(inputsOf(run, analysis), options::read<Options>(values), sink);
  };
  return check;
}

/// For checks that can say why they are silent.
template <class Options, auto run, auto silences> Check makeCheck(CheckInfo info) {
  Check check = makeCheck<Options, run>(std::move(info));
  check.silences = [](const Analysis &analysis, const OptionValues &values, SilenceSink sink) {
    silences(inputsOf(silences, analysis), options::read<Options>(values), sink);
  };
  return check;
}

} // namespace opex
