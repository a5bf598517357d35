// Functions that hand a handler to a client and are called again by it when the answer is a failure: the client keeps the
// handler and runs it later, so no loop is seen.
#include "analysis/body/conditions.h"
#include "analysis/body/exits.h"
#include "analysis/conventions/outcome_words.h"
#include "analysis/retries/finder.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr const char *kUncertainAnswer = "what is asked is not known to leave the process";
constexpr const char *kUncertainOutcome = "that the answer is a failure is told by a name or by what is logged";

/// A parameter, or a part of one, that is named like an error.
bool isToldError(const LinkedFunction &function, const Program &program, const Value &value) {
  const Function &body = *function.body;
  auto namesError = [](llvm::StringRef name) { return isNamedLikeFailure(name) || name == "err" || name == "ec"; };
  if (value.kind == ValueKind::Field) {
    const Declaration *declaration = program.declaration(value.entity);
    return declaration && namesError(unqualified(declaration->name)) && !value.operands.empty() &&
           parameterOf(body, value.operands.front());
  }
  return value.kind == ValueKind::Local && value.index < body.parameterCount &&
         (namesError(body.locals[value.index].name) ||
          (value.type && isErrorClass((*function.unit)[value.type])));
}

/// Which way the condition goes when the answer is a failure; none if it does not ask for that.
std::optional<bool> failsIf(const LinkedFunction &function, const Program &program, Index<Value> condition) {
  const Function &body = *function.body;
  std::optional<bool> result;
  for (bool way : {true, false})
    visitImplied(body, condition, way, [&](Index<Value> part, bool isTrue) {
      part = withoutCasts(body, part);
      const Value &value = body[part];
      auto mentionsError = [&](Index<Value> asked) {
        return mentions(body, asked, [&](const Value &inner) { return isToldError(function, program, inner); });
      };
      if (!mentionsError(part))
        return;
      bool saysFailure = isTrue;
      if (std::optional<Comparison> comparison = comparisonOf(body, part, isTrue))
        saysFailure = comparison->op != Compare::Equal;
      else if (value.kind == ValueKind::Call && unqualified(body.calls[value.index].name) == "empty")
        saysFailure = !isTrue;
      if (saysFailure)
        result = way;
    });
  return result;
}

/// One function, and what its handlers do.
class Asker {
public:
  Asker(RetryFinder &finder, const LinkedFunction &function, llvm::ArrayRef<const LinkedFunction *> handlers)
      : finder_(finder), program_(finder.program), function_(function), handlers_(handlers) {}

  void read() {
    for (const LinkedFunction *handler : handlers_)
      readHandler(*handler);
  }

private:
  void readHandler(const LinkedFunction &handler) {
    const std::optional<Index<Call>> asks = askedBy(handler);
    if (!asks)
      return;
    readCalls(handler, handler, *asks);
    for (const CallEdge &edge : handler.callees)
      if (edge.isCertain() && edge.callee != function_.position && edge.callee != handler.position)
        readHelper(handler, program_.functions[edge.callee], *asks);
  }

  /// What the handler calls, with its local lambdas: `auto failed = [this] { log(…); ask(); };`.
  void readHelper(const LinkedFunction &handler, const LinkedFunction &helper, Index<Call> asks) {
    readCalls(handler, helper, asks);
    for (const CallEdge &edge : helper.callees)
      if (const LinkedFunction &local = program_.functions[edge.callee];
          edge.isCertain() && local.body->kind == FunctionKind::Lambda && program_.enclosing(local) == &helper)
        readCalls(handler, local, asks);
  }

  /// The call of the function that is given the handler.
  std::optional<Index<Call>> askedBy(const LinkedFunction &handler) const {
    const Function &body = *function_.body;
    std::optional<Index<Call>> found;
    for (uint32_t i = 0; i < body.calls.size(); ++i)
      if (llvm::any_of(body.calls[i].arguments, [&](Index<Value> argument) {
            return argument && mentions(body, argument, [&](const Value &part) {
                     return part.kind == ValueKind::Lambda && part.entity == handler.body->id;
                   });
          }))
        found = Index<Call>(i); // The last one is the outermost.
    return found;
  }

  /// `from` is the handler, or what it calls.
  void readCalls(const LinkedFunction &handler, const LinkedFunction &from, Index<Call> asks) {
    for (const CallEdge &edge : from.callees)
      if (edge.callee == function_.position && edge.isCertain() && isOwnObject(from, edge.call))
        if (Index<Block> arm = failureArm(from, edge.call))
          add(handler, from, edge.call, asks, arm);
  }

  bool isOwnObject(const LinkedFunction &from, Index<Call> call) const {
    const Index<Value> object = (*from.body)[call].object;
    return !object || placeOf(*from.body, object).withoutIndirection().isThis();
  }

  /// The arm around the call that is run when the answer is a failure: it says so, or is reported as one.
  Index<Block> failureArm(const LinkedFunction &from, Index<Call> call) const {
    const Function &body = *from.body;
    for (const Branch &branch : body.branches)
      for (bool isTrue : {true, false}) {
        const Index<Block> arm = isTrue ? branch.then : branch.otherwise;
        if (arm && isIn(body, body[call].block, arm) &&
            (failsIf(from, program_, branch.condition) == isTrue || reportsBefore(from, arm, call)))
          return arm;
      }
    const Index<Block> whole(size_t(0));
    const bool isLocal = from.body->kind == FunctionKind::Lambda && program_.enclosing(from) != &function_;
    return isLocal && body[call].block == whole && reportsBefore(from, whole, call) ? whole : Index<Block>();
  }

  bool reportsBefore(const LinkedFunction &from, Index<Block> arm, Index<Call> call) const {
    const Function &body = *from.body;
    for (uint32_t i = 0; i < body.calls.size(); ++i)
      if (const LogStatement *log = finder_.in.get<Statements>().logs.at({from.position, Index<Call>(i)});
          log && log->level >= LogLevel::Warning && isIn(body, body.calls[i].block, arm) &&
          body.calls[i].site.offset < body[call].site.offset)
        return true;
    return false;
  }

  /// A number or moment is compared on the way back: it may well end it.
  bool isMeasured(const LinkedFunction &function, Index<Call> call) const {
    const Function &body = *function.body;
    return llvm::any_of(body.branches, [&](const Branch &branch) {
      const bool decides = !call || isIn(body, body[call].block, branch.then) || isIn(body, body[call].block, branch.otherwise) ||
                           (branch.site.offset < body[call].site.offset && (exitsOf(body, branch.then, {}).jumps));
      return decides && mentions(body, branch.condition, [](const Value &value) {
               std::optional<Compare> op = value.kind == ValueKind::Binary ? compareOf(value.text) : std::nullopt;
               return op && *op != Compare::Equal && *op != Compare::NotEqual;
             });
    });
  }

  bool pausesBefore(const LinkedFunction &from, Index<Block> arm, Index<Call> call) const {
    const Function &body = *from.body;
    for (uint32_t i = 0; i < body.calls.size(); ++i)
      if (isIn(body, body.calls[i].block, arm) && body.calls[i].site.offset < body[call].site.offset &&
          finder_.work.isPause({from.position, Index<Call>(i)}))
        return true;
    return false;
  }

  void add(const LinkedFunction &handler, const LinkedFunction &from, Index<Call> again, Index<Call> asks, Index<Block> arm) {
    if (!passesSame(from, again) || isMeasured(from, again) || isMeasured(function_, {}))
      return;
    const Site site = (*from.body)[again].site;
    if (llvm::any_of(finder_.found, [&](const RetryUse &known) {
          return known.function == from.position &&
                 (known.site == site || (known.form == RetryForm::Resubmission && known.work.front() == CallRef{function_.position, asks}));
        }))
      return; // One finding for all failures of an answer that are seen in one place.
    const bool leaves = finder_.work.reach({function_.position, asks}).reaches();
    if (!leaves && !asksForOutcome())
      return;
    const Call &call = (*function_.body)[asks];
    RetryUse use;
    use.form = RetryForm::Resubmission;
    use.function = from.position;
    use.site = site;
    use.work = {{function_.position, asks}};
    use.attempts.kind = Attempts::Unbounded;
    use.pauses = pausesBefore(from, arm, again);
    use.isGuarded = isGuardedIn(finder_, from, [](Index<Block>) { return true; }) ||
                    isGuardedIn(finder_, function_, [](Index<Block>) { return true; });
    use.confidence = Confidence::Medium;
    use.doubt = leaves ? kUncertainOutcome : kUncertainAnswer;
    use.evidence.push_back({program_.location(function_, call.site), "`" + unqualified(call.name).str() + "` is given what is done with the answer"});
    if (&from != &handler)
      use.evidence.push_back({program_.location(handler, handler.body->site), "here it comes in"});
    use.evidence.push_back({program_.location(from, use.site), "when it is a failure, the function calls itself again"});
    finder_.found.push_back(std::move(use));
  }

  /// It comes back to the same: another argument is another question, or counts.
  bool passesSame(const LinkedFunction &from, Index<Call> again) const {
    const Function &body = *from.body;
    return llvm::all_of(body[again].arguments, [&](Index<Value> argument) {
      return !argument || !mentions(body, argument, [](const Value &value) {
        return value.kind == ValueKind::Binary || (value.kind == ValueKind::Unary && (value.text == "++" || value.text == "--"));
      });
    });
  }

  /// Some handler of the function, or what it calls, is told an error: what is asked may fail.
  bool asksForOutcome() const {
    auto isTold = [&](const LinkedFunction &told) {
      return llvm::any_of(told.body->branches,
                          [&](const Branch &branch) { return failsIf(told, program_, branch.condition).has_value(); });
    };
    return llvm::any_of(handlers_, [&](const LinkedFunction *handler) {
      return isTold(*handler) || llvm::any_of(handler->callees, [&](const CallEdge &edge) {
               return edge.isCertain() && isTold(program_.functions[edge.callee]);
             });
    });
  }

  RetryFinder &finder_;
  const Program &program_;
  const LinkedFunction &function_;
  const llvm::ArrayRef<const LinkedFunction *> handlers_;
};

} // namespace

void findAnswers(RetryFinder &finder) {
  std::map<uint32_t, std::vector<const LinkedFunction *>> handlers; // By the function around.
  for (const LinkedFunction &handler : finder.program.functions)
    if (handler.body->kind == FunctionKind::Lambda)
      if (const LinkedFunction *function = finder.program.enclosing(handler))
        handlers[function->position].push_back(&handler);
  for (const auto &[function, own] : handlers)
    Asker(finder, finder.program.functions[function], own).read();
}

} // namespace opex
