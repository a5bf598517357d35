#include "analysis/handlers/text.h"
#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"

#include <variant>

namespace opex::checks {
extern const Check swallowed_exception;

namespace {

constexpr llvm::StringLiteral kHelp = R"(
## What it finds

A `catch` that makes a failure disappear: the handler is empty, only returns, returns a value that callers
take for an ordinary result, or logs and carries on as if the operation had worked. It neither recovers,
rethrows nor reports to its caller, and no comment says why that is right.

Handlers of all exceptions that are empty or return a default in silence are reported with high confidence. Handlers that
log and carry on are reported with medium confidence, and so are those of one kind of exception, those of a `try` that only
makes a value or only cleans up, and those at the end of the program, where dropping a failure is often meant.

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
remarks on exceptions as such, directives of other tools and commented-out code are no reasons.

What a failed `try` leaves behind may tell by itself: a flag, status or text that is set before the `try` and to something
else at its end, directly or by a setter, and that somebody looks at; a pointer or optional that stays empty and is not
only put into another object; input that is
kept until more of it is there. So may the exception: one that is thrown only where a lookup finds nothing, where what is to
be taken out is not there, or where a wait ends in vain is an answer, and one before which something is set that the
function looks at is told. That needs the bodies of the functions that throw it. Code that only tests run is left alone.

A handler of what cannot happen is no finding. Functions of C that libraries declare do not throw unless they are
handed a callable that does, nor do overloads that take an `error_code`, holders of locks, streams of the standard
library that nobody calls `exceptions` on, and functions of the program whose calls all keep what goes wrong; whatever
else is not `noexcept` may throw anything. That memory runs out (copies of strings, growing containers) is no reason for
a finding where nothing else can fail, unless the handler is for `std::bad_alloc`; a size that is no constant is one with
medium confidence.

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
"using the default"), unless it ends a function without a result on any failure and does not log which. A function that does nothing but give one thing back may drop one narrow type.

Handlers of one `try` that do the same are one finding. A handler that puts 0 or an empty text where the `try` would have
put its result, which the function then uses without asking, is reported with medium confidence, and so is one that returns
what a lookup in the `try` is told to answer when there is nothing.

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

class Judge {
public:
  Judge(const Program &program, const HandlerStudy &study, const Options &options)
      : program_(program), function_(*study.function), handler_((*function_.body)[study.handler]), options_(options),
        study_(study), comments_(study.comments) {}

  Judgement judgement() const {
    if (std::string reason = excuse(); !reason.empty())
      return reject(std::move(reason));
    return study_.effects.logs ? judgeLogging() : judgeSilent();
  }

private:
  Rejection reject(std::string reason) const { return rejectionOf(program_, study_, std::move(reason)); }

  Finding report(std::string message, llvm::StringRef advice, llvm::StringRef doubt) const {
    Finding finding = findingAt(program_, study_);
    finding.message = std::move(message);
    finding.advice = advice.str();
    if (doubt.empty())
      doubt = doubtAboutTry();
    if (!doubt.empty())
      weaken(finding, Confidence::Medium, doubt.str());
    if (study_.isNamedAnswer)
      weaken(finding, Confidence::Low, "what it catches has the name of an answer: there is none, it took too long, stop");
    if (study_.sameAnswer.valid())
      finding.related.push_back(
          {program_.location(function_, study_.sameAnswer), "an ordinary result is returned here"});
    return finding;
  }

  /// Why the handler is in order whatever it logs or answers; empty if it is not.
  std::string excuse() const {
    if (study_.isHandled())
      return study_.whyHandled().str();
    if (study_.mayThrow.empty())
      return "nothing in the try is known to throw";
    if (study_.worst == Throws::Memory && caughtRecord() != "std::bad_alloc") // Else the handler is there for just that.
      return "only memory that runs out makes the try fail";
    if (comments_.words >= options_.minReasonWords)
      return "its comment gives a reason: \"" + comments_.reason + "\"";
    if (!comments_.mark.empty() || !study_.admission.empty() || comments_.claimsImpossible ||
        study_.effects.claimsImpossible)
      return "it admits to be unfinished, or claims that it never runs, which is opex-unfinished-handler's";
    return llvm::is_contained(options_.quietTypes, caughtRecord()) ? "what it catches reports no failure (quiet-types)" : "";
  }

  /// Why the failure may be small, or known to somebody, whatever the handler does.
  llvm::StringRef doubtAboutTry() const {
    if (study_.onlyCleansUp || study_.failsToCleanUp)
      return "what fails gives back what is no longer needed, or stops it";
    if (!study_.isBroad && caughtRecord() != "std::bad_alloc")
      return "it catches one kind of failure, which may be dropped on purpose";
    if (study_.worst == Throws::Size && caughtRecord() != "std::bad_alloc")
      return "only a size that is too large makes the try fail";
    if (study_.preset == Preset::Input)
      return "what it leaves is a parameter, which may be the default";
    return study_.preset == Preset::Mark ? "callers may tell from a parameter that only the try sets" : "";
  }

  llvm::StringRef caughtRecord() const {
    return handler_.caught ? llvm::StringRef((*function_.unit)[handler_.caught].recordName) : "";
  }

  std::string header(llvm::StringRef verb) const {
    // Naming one of dozens would point at the wrong one.
    constexpr size_t kNameable = 20;
    std::string what = study_.mayThrow.size() > kNameable
                           ? "any of " + std::to_string(study_.mayThrow.size()) + " calls"
                           : "`" + spellCall(program_, function_, study_.mayThrow.front()) + "`";
    return "`" + spellCatch(program_, function_, study_.handler) + "` " + verb.str() + " the failure of " + what;
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

  Judgement judgeLogging() const {
    if (!study_.boundary.empty())
      return reject("it logs, and stands at " + study_.boundary + ": nobody above could do more");
    if (study_.statesDecision)
      return reject("what it logs says what becomes of the operation");
    if (study_.onlyCleansUp)
      return reject("it logs, and the try only gives back what is no longer needed");
    if (study_.leavesLoop)
      return reject("it logs and leaves the loop");
    if (study_.leftDefault)
      return reportLeftDefault(header("logs"));
    if (study_.answer == Answer::Conflated)
      return reject("it logs and returns a value of its own for failures");
    Finding finding = report(header("logs") + (study_.answer == Answer::None
                                        ? " and carries on as if it had worked"
                                        : " and returns " + answer() + ", which callers take for a result"),
                  "let the exception pass, return a status, or say in a comment why going on is right",
                  "it logs, and going on may be right");
    if (study_.givesUp && !study_.ignoresBlindly)
      weaken(finding, Confidence::Low, "it logs, and gives up the rest of the work");
    return finding;
  }

  Judgement judgeSilent() const {
    switch (study_.answer) {
    case Answer::Status: return reject("it returns a status");
    case Answer::None: return judgeEmpty();
    case Answer::Success:
      return report(header("hides") + ": it returns " + answer() + ", the same as on success",
                    "return a value that tells callers about the failure, or let the exception pass", {});
    case Answer::Default:
      if (study_.isAskedFor)
        return reject("every caller asks for the value that it returns");
      return report(header("hides") + ": it returns " + answer() + ", which callers take for a result",
                    "let the exception pass, return an empty optional or a status, or say in a comment why "
                    "the default is right",
                    doubtAboutDefault());
    case Answer::Conflated:
      if (!study_.isBroad || !study_.runsAnything)
        return reject("it answers one known kind of failure with a value that says so");
      return report(header("hides") + ": " + answer() + " is also an ordinary result of the function",
                    "record the cause, or give failures an answer of their own",
                    "the answer may be meant for failures, too");
    }
    llvm_unreachable("unknown answer");
  }

  llvm::StringRef doubtAboutDefault() const {
    if (!study_.isBroad)
      return "it catches one kind of failure, for which the default may be right";
    return study_.isNotFound ? "it answers what the function answers when it finds nothing" : "";
  }

  Finding reportLeftDefault(std::string what) const {
    return report(std::move(what) + ", and what is used then is the default that it puts into `" +
                      spell(program_, *function_.body, study_.leftDefault) + "`",
                  "let the exception pass, or do without the value", "the default may be right");
  }

  Judgement judgeEmpty() const {
    if (study_.leftDefault)
      return reportLeftDefault(header("hides"));
    if (study_.isCleanUpHelper)
      return reject("it drops one known kind of failure to give something back");
    if (study_.leavesLoop && !study_.isBroad)
      return reject("it leaves the loop on one known kind of failure");
    return report(header("swallows") + ": " + emptiness().str(),
                  "let the exception pass, report it, or say in a comment why dropping it is right",
                  doubtAboutEmpty());
  }

  llvm::StringRef emptiness() const {
    if (study_.isCandidate)
      return "the next one is tried, and what is broken ends as what is not there";
    if (study_.leavesLoop)
      return "it only leaves the loop";
    if (comments_.isCommented)
      return "its comment gives no reason";
    return study_.effects.exits.empty() ? "the handler is empty and states no reason"
                                        : "the handler only moves on and states no reason";
  }

  llvm::StringRef doubtAboutEmpty() const {
    if (comments_.words || comments_.vagueWords >= options_.minReasonWords)
      return "a comment is there that may be meant as the reason";
    if (study_.mustNotThrow || study_.leavesLoop)
      return "it stands where dropping a failure is customary";
    if (study_.isCandidate)
      return "others are tried";
    if (study_.onlyConverts)
      return "the try only makes a value, and what was there before may be the default";
    return study_.isFilter ? "elements that give no result may be meant to be skipped" : "";
  }

  const Program &program_;
  const LinkedFunction &function_;
  const Handler &handler_;
  const Options &options_;
  const HandlerStudy &study_;
  const HandlerComments &comments_;
};

/// What the finding says, whatever is caught.
llvm::StringRef deedOf(const Finding &finding) {
  return llvm::StringRef(finding.message).drop_front(1).split('`').second;
}

/// Handlers of one `try` that do the same are one finding: at the surest, of those at the first.
Judgement judge(const Inputs<Handlers> &in, const HandlerStudy &study, const Options &options) {
  Judgement own = Judge(in.program(), study, options).judgement();
  Finding *finding = std::get_if<Finding>(&own);
  const Function &body = *study.function->body;
  const Try &owner = body[body[study.handler].owner];
  if (!finding || owner.handlers.size() < 2)
    return own;
  const HandlerStudy *first = &study - (llvm::find(owner.handlers, study.handler) - owner.handlers.begin());
  for (const HandlerStudy &other : llvm::ArrayRef(first, owner.handlers.size())) {
    if (&other == &study)
      continue;
    const Judgement judged = Judge(in.program(), other, options).judgement();
    const Finding *same = std::get_if<Finding>(&judged);
    if (!same || deedOf(*same) != deedOf(*finding))
      continue;
    if (same->confidence > finding->confidence ||
        (same->confidence == finding->confidence && &other < &study))
      return rejectionOf(in.program(), study,
                         "another handler of the same try does the same, and is reported");
    finding->related.push_back(
        {in.program().location(*other.function, body[other.handler].site), "this handler does the same"});
  }
  return own;
}

} // namespace

const Check swallowed_exception = makeCheck<Options, &Handlers::all, judge>({
    .id = "opex-swallowed-exception",
    .summary = "A handler makes a failure disappear without a stated reason.",
    .severity = Severity::Warning,
    .precision = Confidence::Medium,
    .practices = {"EH6"},
    .cwe = {390, 391},
    .help = kHelp,
});

} // namespace opex::checks
