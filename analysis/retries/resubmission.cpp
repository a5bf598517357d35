#include "analysis/body/region.h"
#include "analysis/retries/finder.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr const char *kUncertainReturn = "that the task comes back because it failed cannot be proven";

/// A task that waits for something it needs is set up again as well; only the work itself says that it
/// failed.
constexpr uint32_t kDeepestWork = 2;

/// Names of calls that give work to a queue, a pool or a timer.
bool isNamedLikeSubmission(llvm::StringRef name) {
  for (llvm::StringRef word : {"push", "submit", "schedule", "enqueue", "post", "requeue", "retry", "emplace",
                               "dispatch", "offer", "put", "add"})
    if (name.contains_insensitive(word))
      return true;
  return false;
}

bool isNamedLikeTaking(llvm::StringRef name) {
  for (llvm::StringRef word : {"pop", "take", "front", "dequeue", "next", "get", "poll", "receive"})
    if (name.contains_insensitive(word))
      return true;
  return false;
}

/// Calls of `function` that run `target` later: they hand over a callable that does, or `target` itself.
std::vector<Index<Call>> callsThatHandOver(const RetryFinder &finder, const LinkedFunction &function,
                                           uint32_t target) {
  std::vector<Index<Call>> calls;
  for (const CallEdge &edge : function.callees) {
    if (edge.kind != EdgeKind::Passed && edge.kind != EdgeKind::Callable)
      continue;
    const LinkedFunction &handed = finder.program.functions[edge.callee];
    bool runsIt = handed.position == target || llvm::any_of(handed.callees, [&](const CallEdge &inner) {
                    return inner.callee == target && inner.isCertain();
                  });
    if (runsIt && !llvm::is_contained(calls, edge.call))
      calls.push_back(edge.call);
  }
  return calls;
}

/// The call that in the end gets what `call` makes: the submission, not the std::function for it.
Index<Call> submissionOf(const Function &body, Index<Call> call) {
  for (uint32_t i = call.value + 1; i < body.calls.size(); ++i)
    if (llvm::any_of(body.calls[i].arguments, [&](Index<Value> argument) {
          return argument && body[argument].kind == ValueKind::Call && body[argument].index == call.value;
        }))
      return submissionOf(body, Index<Call>(i));
  return call;
}

Site siteOf(const Function &body, Index<Call> call) { return body[submissionOf(body, call)].site; }

/// Time passes before what is handed over runs: it goes to a timer.
bool isHandedToPause(const RetryFinder &finder, const LinkedFunction &function, Index<Call> call) {
  return finder.work.isPause({function.position, call}) ||
         finder.work.isPause({function.position, submissionOf(*function.body, call)});
}

void add(RetryFinder &finder, const LinkedFunction &function, RetryUse use, const Call &work) {
  auto isInside = [](Index<Block>) { return true; };
  RoundPlaces places{.work = work.site.offset, .again = use.call};
  AttemptsRead read = attemptsBetween(finder, function, isInside, {}, places);
  use.call = {};
  use.attempts = read.attempts;
  use.isGuarded = isGuardedIn(finder, function, isInside);
  use.evidence.push_back(
      {finder.program.location(finder.program.functions[use.work.front().function], work.site),
       "when `" + unqualified(work.name).str() + "` fails, the task is set up again"});
  finder.found.push_back(std::move(use));
}

/// `this`, `shared_from_this()`, or a smart pointer made from one.
bool isOwnObject(const Function &body, Index<Value> value) {
  if (!value)
    return false;
  const Value &at = body[value];
  if (at.kind == ValueKind::This)
    return true;
  if ((at.kind == ValueKind::Cast || at.kind == ValueKind::Deref) && !at.operands.empty())
    return isOwnObject(body, at.operands.front());
  if (at.kind != ValueKind::Call)
    return false;
  const Call &call = body.calls[at.index];
  return unqualified(call.name) == "shared_from_this" ||
         (call.arguments.size() == 1 &&
          (call.kind == CallKind::Constructor || unqualified(call.name) == "move") &&
          isOwnObject(body, call.arguments.front()));
}

/// `void Task::run() { if (!send()) pool.submit([this] { run(); }); }`
void findSelfSubmission(RetryFinder &finder, const LinkedFunction &function) {
  Round round;
  round.again = callsThatHandOver(finder, function, function.position);
  // Or it hands over its own object: `queue.push(this)`.
  for (uint32_t i = 0; i < function.body->calls.size(); ++i) {
    const Call &call = function.body->calls[i];
    bool handsItselfOver = isNamedLikeSubmission(unqualified(call.name)) &&
                           llvm::any_of(call.arguments, [&](Index<Value> argument) {
                             return isOwnObject(*function.body, argument);
                           });
    if (handsItselfOver && !llvm::is_contained(round.again, Index<Call>(i)))
      round.again.push_back(Index<Call>(i));
  }
  if (round.again.empty())
    return;
  RetryUse use;
  use.form = RetryForm::Resubmission;
  use.function = function.position;
  use.site = siteOf(*function.body, round.again.front());
  auto isNear = [&](const Call &call) {
    return finder.work.reach({function.position, Index<Call>(&call - function.body->calls.data())}).depth <=
           kDeepestWork;
  };
  if (!collectWork(finder, function, round, isNear, use))
    return;
  for (Index<Call> call : round.again)
    use.pauses |= isHandedToPause(finder, function, call);
  use.confidence = Confidence::Medium;
  use.doubt = kUncertainReturn;
  const Call &work = (*function.body)[use.work.front().call];
  add(finder, function, std::move(use), work);
}

using NameTest = llvm::function_ref<bool(llvm::StringRef)>;

/// The queue that a call puts into or takes from: what it is called on, or a member that the own method called does so
/// with.
Place queueOf(const RetryFinder &finder, const LinkedFunction &function, Index<Call> index, NameTest isNamed) {
  const Function &body = *function.body;
  const Call &call = body[index];
  const Place object = call.object ? placeOf(body, call.object).withoutIndirection() : Place();
  if (object && !object.isThis())
    return isNamed(unqualified(call.name)) ? object : Place();
  const LinkedFunction *callee = object ? finder.program.directCallee(function, index) : nullptr;
  if (!callee)
    return {};
  for (const Call &inner : callee->body->calls)
    if (inner.object && isNamed(unqualified(inner.name)))
      if (Place member = placeOf(*callee->body, inner.object).withoutIndirection(); member.isIn(Place::This) && !member.isThis())
        return member;
  return {};
}

/// What is pushed: without std::move and copies.
Index<Value> itemOf(const Function &body, Index<Value> item) {
  while (item && body[item].kind == ValueKind::Call && body.calls[body[item].index].arguments.size() == 1)
    item = body.calls[body[item].index].arguments.front();
  return item;
}

/// `local` begins as what is taken from the queue.
bool isTakenFrom(const RetryFinder &finder, const LinkedFunction &function, uint32_t local, const Place &queue) {
  const Function &body = *function.body;
  Index<Value> init = body.locals[local].kind != LocalKind::Capture ? body.locals[local].init : Index<Value>();
  return init && mentions(body, init, [&](const Value &part) {
           return part.kind == ValueKind::Call && queueOf(finder, function, Index<Call>(part.index), isNamedLikeTaking) == queue;
         });
}

/// `Job job = jobs.pop(); if (!send(job)) jobs.push(job);`
void findRequeueing(RetryFinder &finder, const LinkedFunction &function) {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.calls.size(); ++i) {
    const Call &push = body.calls[i];
    if (!push.object || push.arguments.empty() || !push.arguments.front())
      continue;
    const Place taken = placeOf(body, itemOf(body, push.arguments.front())).withoutIndirection();
    if (!taken.local() || !taken.isWhole())
      continue;
    const uint32_t local = *taken.local();
    const Place queue = queueOf(finder, function, Index<Call>(i), isNamedLikeSubmission);
    if (!queue || !isTakenFrom(finder, function, local, queue))
      continue;
    Round round;
    round.again = {Index<Call>(i)};
    round.item = Index<Local>(local);
    RetryUse use;
    use.form = RetryForm::Resubmission;
    use.function = function.position;
    use.site = push.site;
    use.call = round.again.front();
    auto worksOnItem = [&](const Call &call) {
      auto isItem = [&](Index<Value> value) {
        return value && mentions(body, value, [&](const Value &part) {
                 return part.kind == ValueKind::Local && part.index == local;
               });
      };
      return isItem(call.object) || llvm::any_of(call.arguments, isItem);
    };
    if (!collectWork(finder, function, round, worksOnItem, use))
      continue;
    use.confidence = Confidence::Medium;
    use.doubt = kUncertainReturn;
    const Call &work = body[use.work.front().call];
    add(finder, function, std::move(use), work);
  }
}

/// The parameter by which a completion handler is told of failure.
Index<Local> outcomeParameter(const LinkedFunction &function) {
  const Function &body = *function.body;
  for (uint32_t i = 0; i < body.parameterCount; ++i) {
    const Local &parameter = body.locals[i];
    if (parameter.type && (*function.unit)[parameter.type].recordName.contains_insensitive("error_code"))
      return Index<Local>(i);
  }
  return {};
}

/// `async_connect(…, [this](error_code error) { if (error) timer.async_wait([this](…) { connect(); }); })`
void findRearming(RetryFinder &finder, const LinkedFunction &handler) {
  if (handler.body->kind != FunctionKind::Lambda)
    return;
  Round round;
  round.told = outcomeParameter(handler);
  const LinkedFunction *starter = round.told ? finder.program.enclosing(handler) : nullptr;
  if (!starter)
    return;
  round.again = callsThatHandOver(finder, handler, starter->position);
  for (const CallEdge &edge : handler.callees)
    if (edge.callee == starter->position && edge.isCertain())
      round.again.push_back(edge.call);
  if (round.again.empty())
    return;
  RetryUse use;
  use.form = RetryForm::Resubmission;
  use.function = handler.position;
  use.confidence = Confidence::Medium;
  use.doubt = kUncertainReturn;
  for (const CallEdge &edge : handler.callers)
    if (edge.caller == starter->position &&
        (finder.work.reach({edge.caller, edge.call}).reaches() ||
         unqualified((*starter->body)[edge.call].name).starts_with("async_")))
      use.work.push_back({edge.caller, edge.call});
  auto isWork = [](Index<Call>) { return false; };
  auto walk = [&](Assumed assumed) {
    return walkRound(finder.endings, handler, isWork, round, {}, assumed);
  };
  if (use.work.empty() || !walk(Assumed::Fails).goesRound || walk(Assumed::Succeeds).goesRound)
    return;
  use.site = siteOf(*handler.body, round.again.front());
  for (Index<Call> call : round.again)
    use.pauses |= isHandedToPause(finder, handler, call);
  const Call &work = (*starter->body)[use.work.front().call];
  add(finder, handler, std::move(use), work);
}

} // namespace

void findResubmissions(RetryFinder &finder) {
  for (const LinkedFunction &function : finder.program.functions) {
    findSelfSubmission(finder, function);
    findRequeueing(finder, function);
    findRearming(finder, function);
  }
}

} // namespace opex
