#include "analysis/handlers/handlers.h"
#include "analysis/handlers/reasons.h"
#include "model/check.h"

#include "llvm/ADT/STLExtras.h"

namespace opex::checks {
extern const Check swallowed_exception;

namespace {

constexpr llvm::StringLiteral kHelp = R"(
## What it finds

A `catch` that makes a failure disappear: the handler is empty, only returns, returns a value that callers
take for an ordinary result, or logs and carries on as if the operation had worked. It neither recovers,
rethrows nor reports to its caller, and no comment says why that is right.

Empty handlers and silently returned defaults are reported with high confidence, handlers that log and carry
on with medium confidence.

## Why it hurts in production

The failure happened, and nobody who could act on it knows. The service answers with half the data, writes a
default over a good value, or keeps running without the thing it failed to start; the damage surfaces
hours later and somewhere else, without a trace that leads back.

## Example

```cpp
#include <string>

int readLimit(const std::string &text) {
  try {
    return std::stoi(text);
  } catch (const std::exception &) {
    return 0;
  }
}
```

## Instead

Let the exception pass, or give an answer that only failures have. Where dropping it is right, say why in a
comment in the handler.

```cpp
#include <optional>
#include <stdexcept>
#include <string>

std::optional<int> readLimit(const std::string &text) {
  try {
    return std::stoi(text);
  } catch (const std::invalid_argument &) {
    return std::nullopt;
  }
}

int readPort(const std::string &text) {
  int port = 8080;
  try {
    port = std::stoi(text);
  } catch (const std::exception &) {
    // The setting is optional, and older releases write words here: the default port is what they mean.
  }
  return port;
}
```

## Limits

A comment of substance counts as a reason in the handler, on the line of the `catch`, directly above the
`try` and directly after the handler, and where it explains also at the head of a short `try` and directly above
the call that throws; whether the reason is a good one is for the reviewer. "ignored", marks of unfinished work,
directives of other tools and commented-out code are no reasons.

A handler of what cannot happen is no finding. Functions of C that libraries declare do not throw unless they are
handed a callable that does, nor do overloads that take an `error_code`, holders of locks, and functions of the
program whose calls all keep what goes wrong; whatever else is not `noexcept` may throw anything, streams included.
What only allocates (copies of strings, growing containers) is reported with medium confidence.

Values that tell callers are no losses: a variable that starts from the default the caller gave and that only a
complete `try` overwrites, an out-parameter that says "failed" until the `try` says otherwise, an empty result that
every caller in the program asks for. A result that the function also ends with when it finds nothing is reported
with medium confidence or, where it is `false`, negative or null and the `try` runs nothing that others choose, not
at all.

Whatever the handler does besides logging counts as dealing with the failure, and so does a call that
cannot be looked into. Loggers are known from the rule packs and by customary names. At places that no
exception may leave (destructors, `noexcept` functions, `main`, entries of threads and requests, callbacks,
the endless loop of a worker and what it dispatches) a handler that logs is fine, and so is one that records
the failure of a clean-up, or whose log line says what becomes of the operation ("ignored", "retrying",
"using the default"). A function that does nothing but give one thing back may drop one narrow type.

A handler that admits to be unfinished is reported by `opex-unfinished-handler`, not here.
)";

struct Options {
  unsigned minReasonWords = 3;
  std::vector<std::string> quietTypes = {"boost::thread_interrupted", "abi::__forced_unwind"};

  void map(auto &visit) {
    visit("min-reason-words", minReasonWords,
          "How many informative words a comment needs to be a reason; words that explain (\"optional\", "
          "\"already\") "
          "count twice.");
    visit("quiet-types", quietTypes,
          "Exceptions that report no failure, such as requests to stop, by qualified name.");
  }
};

struct Verdict {
  std::string message;
  std::string advice;
  std::string doubt;   ///< Not empty: medium confidence.
  std::string silence; ///< Not empty: why there is no finding.

  static Verdict silent(std::string reason) { return {{}, {}, {}, std::move(reason)}; }
};

class Judge {
public:
  Judge(const Inputs<Handlers> &in, const LinkedFunction &function, Index<Handler> handler, const Options &options)
      : program_(in.program()), function_(function), handler_(handler), options_(options),
        study_(in.get<Handlers>().of(function, handler)),
        comments_(commentsOf(function, handler, study_.mayThrow)) {}

  Verdict verdict() const {
    if (std::string reason = excuse(); !reason.empty())
      return Verdict::silent(std::move(reason));
    Verdict verdict = study_.effects.logs ? judgeLogging() : judgeSilent();
    if (verdict.doubt.empty())
      verdict.doubt = doubtAboutTry();
    return verdict;
  }

  Finding findingOf(Verdict verdict) const {
    Finding finding = findingAt(program_, function_, handler_, study_);
    finding.message = std::move(verdict.message);
    finding.advice = std::move(verdict.advice);
    if (!verdict.doubt.empty())
      weaken(finding, Confidence::Medium, std::move(verdict.doubt));
    if (study_.sameAnswer.valid())
      finding.related.push_back(
          {program_.location(function_, study_.sameAnswer), "an ordinary result is returned here"});
    return finding;
  }

  Location place() const { return program_.location(function_, (*function_.body)[handler_].site); }
  std::string name() const { return spellCatch(program_, function_, handler_); }

private:
  /// Why the handler is in order whatever it logs or answers; empty if it is not.
  std::string excuse() const {
    if (study_.isHandled())
      return study_.whyHandled().str();
    if (study_.mayThrow.empty())
      return "nothing in the try is known to throw";
    if (comments_.words >= options_.minReasonWords)
      return "its comment gives a reason: \"" + comments_.reason + "\"";
    if (!comments_.mark.empty() || !study_.admission.empty() || comments_.claimsImpossible ||
        study_.effects.claimsImpossible)
      return "it admits to be unfinished, or claims that it never runs, which is opex-unfinished-handler's";
    return isQuietType() ? "what it catches reports no failure (quiet-types)" : "";
  }

  /// Why the failure may be small, or known to somebody, whatever the handler does.
  std::string doubtAboutTry() const {
    if (study_.onlyMemory && !catchesMemory())
      return "only memory that runs out makes the try fail";
    if (study_.preset == Preset::Input)
      return "what it leaves is a parameter, which may be the default";
    return study_.preset == Preset::Mark ? "callers may tell from a parameter that only the try sets" : "";
  }

  /// The handler is there for just that.
  bool catchesMemory() const {
    const Handler &handler = (*function_.body)[handler_];
    return handler.caught && (*function_.unit)[handler.caught].recordName == "std::bad_alloc";
  }

  bool isQuietType() const {
    const Handler &handler = (*function_.body)[handler_];
    return handler.caught &&
           llvm::is_contained(options_.quietTypes, (*function_.unit)[handler.caught].recordName.str());
  }

  std::string header(llvm::StringRef verb) const {
    // Naming one of dozens would point at the wrong one.
    constexpr size_t kNameable = 20;
    std::string what = study_.mayThrow.size() > kNameable
                           ? "any of " + std::to_string(study_.mayThrow.size()) + " calls"
                           : "`" + spellCall(program_, function_, study_.mayThrow.front()) + "`";
    return "`" + spellCatch(program_, function_, handler_) + "` " + verb.str() + " the failure of " + what;
  }

  std::string answer() const {
    const Function &body = *function_.body;
    const Value &value = body[study_.answered];
    bool isBool = body.result && (*function_.unit)[body.result].kind == TypeClass::Bool;
    if (isBool && value.constant)
      return *value.constant ? "`true`" : "`false`";
    if (value.kind == ValueKind::List && value.operands.empty())
      return "`{}`";
    return "`" + spell(program_, body, study_.answered) + "`";
  }

  Verdict judgeLogging() const {
    if (!study_.boundary.empty())
      return Verdict::silent("it logs, and stands at " + study_.boundary + ": nobody above could do more");
    if (study_.statesDecision)
      return Verdict::silent("what it logs says what becomes of the operation");
    if (study_.onlyCleansUp)
      return Verdict::silent("it logs, and the try only gives back what is no longer needed");
    if (study_.leavesLoop)
      return Verdict::silent("it logs and leaves the loop");
    if (study_.answer == Answer::Conflated)
      return Verdict::silent("it logs and returns a value of its own for failures");
    Verdict verdict{header("logs"),
                    "let the exception pass, return a status, or say in a comment why going on is right",
                    "it logs, and going on may be right",
                    {}};
    if (study_.answer == Answer::None)
      verdict.message += " and carries on as if it had worked";
    else
      verdict.message += " and returns " + answer() + ", which callers take for a result";
    return verdict;
  }

  Verdict judgeSilent() const {
    switch (study_.answer) {
    case Answer::Status: return Verdict::silent("it returns a status");
    case Answer::None: return judgeEmpty();
    case Answer::Success:
      return {header("hides") + ": it returns " + answer() + ", the same as on success",
              "return a value that tells callers about the failure, or let the exception pass",
              {},
              {}};
    case Answer::Default:
      if (study_.isAskedFor)
        return Verdict::silent("every caller asks for the value that it returns");
      return {header("hides") + ": it returns " + answer() + ", which callers take for a result",
              "let the exception pass, return an empty optional or a status, or say in a comment why "
              "the default is right",
              doubtAboutDefault(),
              {}};
    case Answer::Conflated: return judgeConflated();
    }
    llvm_unreachable("unknown answer");
  }

  std::string doubtAboutDefault() const {
    if (!study_.isBroad)
      return "it catches one kind of failure, for which the default may be right";
    return study_.isNotFound ? "it answers what the function answers when it finds nothing" : "";
  }

  Verdict judgeConflated() const {
    if (!study_.isBroad || !study_.runsAnything)
      return Verdict::silent("it answers one known kind of failure with a value that says so");
    return {header("hides") + ": " + answer() + " is also an ordinary result of the function",
            "record the cause, or give failures an answer of their own",
            "the answer may be meant for failures, too",
            {}};
  }

  Verdict judgeEmpty() const {
    if (study_.isCleanUpHelper)
      return Verdict::silent("it drops one known kind of failure to give something back");
    if (study_.leavesLoop && !study_.isBroad)
      return Verdict::silent("it leaves the loop on one known kind of failure");
    Verdict verdict{header("swallows"),
                    "let the exception pass, report it, or say in a comment why dropping it is right",
                    {},
                    {}};
    if (study_.leavesLoop)
      verdict.message += ": it only leaves the loop";
    else if (comments_.isCommented)
      verdict.message += ": its comment gives no reason";
    else if (!study_.effects.exits.empty())
      verdict.message += ": the handler only moves on and states no reason";
    else
      verdict.message += ": the handler is empty and states no reason";
    if (comments_.words || comments_.vagueWords >= options_.minReasonWords)
      verdict.doubt = "a comment is there that may be meant as the reason";
    else if (study_.mustNotThrow || study_.leavesLoop)
      verdict.doubt = "it stands where dropping a failure is customary";
    else if (study_.isFilter)
      verdict.doubt = "elements that give no result may be meant to be skipped";
    return verdict;
  }

  const Program &program_;
  const LinkedFunction &function_;
  Index<Handler> handler_;
  const Options &options_;
  const HandlerStudy &study_;
  HandlerComments comments_;
};

void forEachHandler(const Inputs<Handlers> &in, const Options &options, llvm::function_ref<void(const Judge &)> body) {
  for (const LinkedFunction &function : in.program().functions)
    for (uint32_t i = 0; i < function.body->handlers.size(); ++i)
      body(Judge(in, function, Index<Handler>(i), options));
}

void run(const Inputs<Handlers> &in, const Options &options, Sink report) {
  forEachHandler(in, options, [&](const Judge &judge) {
    if (Verdict verdict = judge.verdict(); verdict.silence.empty())
      report(judge.findingOf(std::move(verdict)));
  });
}

void silences(const Inputs<Handlers> &in, const Options &options, SilenceSink report) {
  forEachHandler(in, options, [&](const Judge &judge) {
    if (Verdict verdict = judge.verdict(); !verdict.silence.empty())
      report({judge.place(), "`" + judge.name() + "`", std::move(verdict.silence), {}});
  });
}

} // namespace

const Check swallowed_exception = makeCheck<Options, run, silences>({
    .id = "opex-swallowed-exception",
    .summary = "A handler makes a failure disappear without a stated reason.",
    .severity = Severity::Warning,
    .practices = {"EH6"},
    .cwe = {390, 391},
    .help = kHelp,
});

} // namespace opex::checks
