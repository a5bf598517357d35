#include "analysis/retries/nesting.h"

#include "analysis/body/identity.h"
#include "analysis/body/region.h"
#include "analysis/execution/call_components.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

/// Retries that are told of one nest; it is found whatever it holds.
constexpr size_t kMostLevels = 16;

/// Calls of one function or loop whose failure is followed; that of further ones may come out anyhow.
constexpr size_t kMostSiblings = 24;

/// The nest that begins with `retry`, as it is seen from a function or from another retry; kNone: there is none.
struct Nest {
  uint32_t retry = kNone;
  uint32_t levels = 0, length = 0; ///< Retries in it; calls on all ways in it.
  int64_t product = 1;
  bool isCertain = true;
  bool throws = false; ///< Its failure may come as an exception.
  CallRef call; ///< Leads to it, unless the retry stands where it is seen from.
  uint32_t callee = kNone; ///< What the call runs, unless the retry is at the call.

  bool operator==(const Nest &) const = default;
  bool isThere() const { return retry != kNone; }
};

/// Who never gives up never fails, and a breaker ends the multiplication.
bool multiplies(const RetryUse &use) { return use.attempts.kind != Attempts::Unbounded && !use.isGuarded; }

/// Bottom-up over the functions. In a circle of functions what leads back into it is no nest: nobody knows how often
/// it goes round.
class Nesting {
public:
  Nesting(const RetryFinder &finder, bool isCertainOnly)
      : finder_(finder), program_(finder.program), retries_(finder.found), isCertainOnly_(isCertainOnly), inner_(finder.found.size()),
        byFunction_(retriesByFunction()), components_(program_.functions.size(), [&](uint32_t function, auto &into) {
          addSuccessors(function, into);
        }) {
    below_ = settle(components_, Nest(), [&](uint32_t function, const std::vector<Nest> &known) { return read(function, known); });
  }

  /// What is inside the retry.
  const Nest &inner(uint32_t retry) const { return inner_[retry]; }

  RetryNest tell(uint32_t retry) const {
    RetryNest nest{{{retry, {}}}, {}, inner_[retry].isCertain};
    for (const Nest *next = &inner_[retry]; next->isThere() && nest.levels.size() < kMostLevels; next = &inner_[next->retry])
      nest.levels.push_back({next->retry, wayTo(*next)});
    if (const RetryUse &last = retries_[nest.levels.back().retry]; !last.work.empty())
      nest.work = finder_.work.wayToDependency(last.work.front());
    return nest;
  }

private:
  std::vector<std::vector<uint32_t>> retriesByFunction() const {
    std::vector<std::vector<uint32_t>> result(program_.functions.size());
    for (uint32_t i = 0; i < retries_.size(); ++i)
      result[retries_[i].function].push_back(i);
    return result;
  }

  void addSuccessors(uint32_t function, llvm::SmallVectorImpl<uint32_t> &into) const {
    auto add = [&](CallRef call) {
      for (const CallEdge &edge : program_.calleesAt(program_.functions[call.function], call.call))
        if (!isCertainOnly_ || edge.isCertain())
          into.push_back(edge.callee);
    };
    for (uint32_t i : byFunction_[function])
      for (CallRef work : retries_[i].work) {
        if (work.function != function)
          into.push_back(work.function);
        add(work);
      }
    for (const CallEdge &edge : program_.functions[function].callees)
      if (CallRef call{function, edge.call}; finder_.work.reach(call).reaches())
        add(call);
  }

  /// Works out what is inside the function's retries, inner loops first; the best of what a caller meets in it.
  Nest read(uint32_t function, const std::vector<Nest> &known) {
    Nest best;
    std::vector<uint32_t> own(byFunction_[function].rbegin(), byFunction_[function].rend());
    llvm::stable_sort(own, [&](uint32_t a, uint32_t b) { return retries_[a].call && !retries_[b].call; });
    for (uint32_t i : own) {
      inner_[i] = innerOf(i, known);
      if (!retries_[i].call)
        take(best, nestOf(i));
    }
    if (finder_.work.holdsBack(function))
      return {};
    size_t tested = 0;
    const bool throws = throwsItself(*program_.functions[function].body);
    for (const CallEdge &edge : program_.functions[function].callees) {
      CallRef call{function, edge.call};
      Nest below;
      if (finder_.work.reach(call).reaches())
        follow(below, call, known, kNone);
      below.throws |= throws;
      if (below.isThere() && (++tested > kMostSiblings || finder_.endings.passesOn(call, below.throws)))
        take(best, below);
    }
    return best;
  }

  /// The object that the method is called on may be of the callee's class, as far as it is seen where it is made.
  bool mayRun(const CallEdge &edge) const {
    const LinkedFunction &caller = program_.functions[edge.caller];
    Index<Value> object = (*caller.body)[edge.call].object;
    if (edge.kind != EdgeKind::Virtual || !object)
      return true;
    return llvm::any_of(finder_.subjects.provenance().resolve(edge.caller, object), [&](const Arrival &arrival) {
      EntityId made = madeClass(arrival.origin);
      return !made || llvm::any_of(program_.withBases(made), [&](const Record *record) {
        return record->id == program_.functions[edge.callee].body->record;
      });
    });
  }

  /// None if it is not known.
  EntityId madeClass(const Origin &origin) const {
    const LinkedFunction &function = program_.functions[origin.function];
    const Function &body = *function.body;
    Index<Type> type;
    if (origin.kind == Origin::Variable && body.locals[origin.index].kind == LocalKind::Automatic)
      type = body.locals[origin.index].type;
    else if (origin.kind == Origin::Creation && body.calls[origin.index].kind == CallKind::Constructor)
      type = body.calls[origin.index].type;
    return type && (*function.unit)[type].kind == TypeClass::Record ? (*function.unit)[type].record : EntityId();
  }

  Nest innerOf(uint32_t outer, const std::vector<Nest> &known) const {
    const RetryUse &use = retries_[outer];
    Nest best;
    const Function &body = *program_.functions[use.function].body;
    for (uint32_t i : byFunction_[use.function]) // Loops inside the loop.
      if (use.loop && i != outer && retries_[i].loop &&
          isIn(body, body.loops[retries_[i].loop.value].block, body.loops[use.loop.value].body))
        take(best, nestOf(i));
    for (CallRef call : use.work)
      follow(best, call, known, outer);
    if (use.loop)
      followSiblings(best, use, known, outer);
    return best;
  }

  /// Other calls of the same round, such as those that compute what the work is given: they are made again too, if the
  /// loop goes round when they have failed.
  void followSiblings(Nest &best, const RetryUse &use, const std::vector<Nest> &known, uint32_t outer) const {
    const LinkedFunction &function = program_.functions[use.function];
    const Function &body = *function.body;
    auto isWork = [&](Index<Call> call) { return finder_.work.reach({use.function, call}).reaches(); };
    Round round;
    round.loop = use.loop;
    round.othersFail = true;
    for (uint32_t i = 0, tested = 0; i < body.calls.size() && tested < kMostSiblings; ++i) {
      CallRef call{use.function, Index<Call>(i)};
      if (!isInLoop(body, body.loops[use.loop.value], body.calls[i].block) || llvm::is_contained(use.work, call) || !isWork(call.call))
        continue;
      Nest sibling;
      follow(sibling, call, known, outer);
      if (!sibling.isThere())
        continue;
      ++tested;
      if (walkRound(finder_.endings, function, isWork, round, call.call, Assumed::Fails).goesRound)
        take(best, sibling);
    }
  }

  /// What the call leads to. From a retry, `outer`, only to what is outside of the circle that it stands in.
  void follow(Nest &best, CallRef call, const std::vector<Nest> &known, uint32_t outer) const {
    auto leads = [&](Nest nest, uint32_t callee, bool isCertain) {
      nest.call = call;
      nest.callee = callee;
      nest.isCertain &= isCertain;
      ++nest.length;
      take(best, nest);
    };
    uint32_t circle = outer == kNone ? kNone : components_.componentOf(retries_[outer].function);
    if (circle == kNone || call.function == retries_[outer].function || components_.componentOf(call.function) != circle)
      for (uint32_t i : byFunction_[call.function])
        if (i != outer && retries_[i].call == call.call)
          leads(nestOf(i), kNone, true);
    if (!finder_.work.isFollowed(call))
      return;
    for (const CallEdge &edge : program_.calleesAt(program_.functions[call.function], call.call))
      if (known[edge.callee].isThere() && (!isCertainOnly_ || edge.isCertain()) && components_.componentOf(edge.callee) != circle &&
          mayRun(edge))
        leads(known[edge.callee], edge.callee, edge.isCertain());
  }

  /// That begins with the retry.
  Nest nestOf(uint32_t retry) const {
    const RetryUse &use = retries_[retry];
    if (!multiplies(use))
      return {};
    Nest nest = inner_[retry];
    int64_t factor = use.attempts.kind == Attempts::Known ? std::clamp<int64_t>(use.attempts.count, 1, 1000) : 2;
    nest.product = std::min<int64_t>(nest.product * factor, 1'000'000'000);
    nest.retry = retry;
    nest.throws = throwsItself(*program_.functions[use.function].body) ||
                  llvm::any_of(use.work, [&](CallRef call) { return finder_.endings.mayThrowBelow(call); });
    ++nest.levels;
    nest.call = {};
    nest.callee = kNone;
    return nest;
  }

  /// Deeper first, then the product, then the surer and the shorter way; of equals the same in any order of functions.
  void take(Nest &best, const Nest &other) const {
    auto weight = [](const Nest &nest) { return std::tuple(nest.levels, nest.product, nest.isCertain, -int64_t(nest.length)); };
    if (!other.isThere() || (best.isThere() && weight(other) < weight(best)))
      return;
    if (!best.isThere() || weight(best) < weight(other) || isBefore(other, best))
      best = other;
  }

  bool isBefore(const Nest &one, const Nest &other) const {
    auto rank = [&](const Nest &nest) { return std::tuple(retries_[nest.retry].function, nest.retry, nest.callee, nest.call.call); };
    return rank(one) < rank(other);
  }

  std::vector<CallRef> wayTo(const Nest &nest) const {
    std::vector<CallRef> way;
    for (const Nest *at = &nest; at->call.call;) {
      way.push_back(at->call);
      if (at->callee == kNone)
        break;
      at = &below_[at->callee];
    }
    return way;
  }

  const RetryFinder &finder_;
  const Program &program_;
  llvm::ArrayRef<RetryUse> retries_;
  const bool isCertainOnly_;
  std::vector<Nest> inner_;                       ///< Of each retry.
  std::vector<std::vector<uint32_t>> byFunction_; ///< Retries.
  CallComponents components_;
  std::vector<Nest> below_; ///< What is met first from each function.
};

} // namespace

std::vector<RetryNest> nestRetries(const RetryFinder &finder) {
  llvm::ArrayRef<RetryUse> retries = finder.found;
  std::vector<RetryNest> nests;
  if (retries.empty())
    return nests;
  const Nesting certain(finder, true), all(finder, false);
  for (uint32_t i = 0; i < retries.size(); ++i) {
    const bool isCertain = certain.inner(i).levels >= all.inner(i).levels;
    if (const Nesting &best = isCertain ? certain : all; best.inner(i).isThere() && multiplies(retries[i]))
      nests.push_back(best.tell(i));
  }
  return nests;
}

} // namespace opex
