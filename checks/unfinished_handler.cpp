#include "analysis/handlers/text.h"
#include "model/make_check.h"

#include "llvm/ADT/STLExtras.h"

namespace opex::checks {
extern const Check unfinished_handler;

namespace {

constexpr llvm::StringLiteral kHelp = R"(
## What it finds

A `catch` whose author knew that it is not done: a comment in it says TODO, FIXME, XXX, HACK or "not
implemented", its log line or new exception says nothing else, or it asserts that the failure cannot happen.

## Why it hurts in production

Error handlers run rarely, and for the first time in production. Most of the catastrophic failures that have
been studied went through a handler that was empty, unfinished, or sure that it would never run; the assertion
turns one bad request into a crash of every host that sees it.

## Example

```cpp
#include <string>

int parsePort(const std::string &text) {
  int port = 8080;
  try {
    port = std::stoi(text);
  } catch (const std::exception &) {
    // TODO: tell the operator
  }
  return port;
}
```

## Instead

```cpp
#include <stdexcept>
#include <string>

int parsePort(const std::string &text) {
  try {
    return std::stoi(text);
  } catch (const std::exception &cause) {
    throw std::invalid_argument("the port '" + text + "' is no number: " + cause.what());
  }
}
```

## Limits

Marks of unfinished work count in capitals, as they are used for searching. A handler that deals with the
failure and carries such a mark is reported with medium confidence, one that passes it on with low, and so is one that
logs the cause where the mark asks for another wording only ("FIXME: add a trace"). An XXX or HACK before an explanation
is reported with medium confidence. Assertions
that the build compiles to nothing are not seen.
)";

Judgement judge(const Inputs<Handlers> &in, const HandlerStudy &study) {
  const Program &program = in.program();
  const HandlerComments &comments = study.comments;
  auto addClaim = [&](Finding &finding, const Site &site, llvm::StringRef text) {
    finding.chain.push_back({program.location(*study.function, site), text.str()});
  };
  Finding finding = findingAt(program, study);
  std::string name = "`" + spellCatch(program, *study.function, study.handler) + "`";
  finding.advice = "decide what the service does when this fails, and do it here";
  if (study.effects.claimsImpossible) {
    finding.message = name + " asserts that the failure it catches cannot happen";
    addClaim(finding, study.effects.claim, "claimed to be impossible here");
  } else if (!comments.mark.empty()) {
    finding.message = name + " is unfinished: its comment says " + comments.mark;
    addClaim(finding, comments.markSite, "marked as unfinished here");
    bool leaves = study.rethrows || study.endsAfterwards || study.effects.throws;
    bool isTold = study.effects.logsCause || study.effects.handsOnCause;
    if (comments.wantsWording && isTold)
      weaken(finding, Confidence::Low, "the failure is told, and what is marked is how");
    if (comments.remarks)
      weaken(finding, Confidence::Medium, "the comment explains what it marks");
    if (leaves)
      weaken(finding, Confidence::Low, "the handler passes the failure on");
    else if (study.isHandled())
      weaken(finding, Confidence::Medium, "the handler deals with the failure: " + study.whyHandled().str());
  } else if (!study.admission.empty()) {
    finding.message = name + " is unfinished: it only says \"" + study.admission + "\"";
    weaken(finding, Confidence::Medium, "only what it logs or throws says so, no comment");
  } else if (comments.claimsImpossible && comments.words < 3 && study.effects.doesNothing()) {
    // With a reason beside it, "cannot happen" is an argument; alone it is a hope.
    finding.message = name + " does nothing because its comment claims that this cannot happen";
  } else {
    return rejectionOf(program, study, "nothing in it says that it is unfinished, or that it never runs");
  }
  return finding;
}

} // namespace

const Check unfinished_handler = makeCheck<NoOptions, &Handlers::all, judge>({
    .id = "opex-unfinished-handler",
    .summary = "A handler admits to be unfinished, or asserts that it never runs.",
    .severity = Severity::Warning,
    .practices = {"EH6"},
    .cwe = {390, 546},
    .help = kHelp,
});

} // namespace opex::checks
