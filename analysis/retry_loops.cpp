#include "analysis/loops.h"
#include "analysis/retry_finder.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

/// More candidates than that in one loop: it is a main loop, no retry.
constexpr size_t kMostCandidates = 24;

bool isNamedLikeAttempt(llvm::StringRef name) {
  return name.contains_insensitive("attempt") || name.contains_insensitive("retr") || name.contains_insensitive("tries") ||
         name.equals_insensitive("try") || name.starts_with("try_") || name.ends_with("_try");
}

/// Yields another element each time it is called.
bool isNamedLikeNext(llvm::StringRef name) {
  for (llvm::StringRef word : {"next", "pop", "front", "dequeue", "take"})
    if (name.contains_insensitive(word))
      return true;
  return false;
}

/// One loop of a function, and what it does.
class LoopReader {
public:
  LoopReader(RetryFinder &finder, const LinkedFunction &function, Index<Loop> index)
      : finder_(finder), function_(function), body_(*function.body), index_(index), loop_(body_.loops[index.value]) {}

  void read() {
    if (isOnce(body_, loop_) || loop_.kind == LoopKind::RangeFor)
      if (Rounds rounds = roundsOf(finder_.program, function_, index_); rounds.kind != Rounds::Constant)
        return;
    std::vector<Index<Call>> candidates = collect();
    if (candidates.empty())
      return;
    if (roundsOf(finder_.program, function_, index_).kind == Rounds::Data && !isTest(candidates))
      return;
    findAdvancing();
    if (changesMode())
      return;
    RetryUse use;
    use.function = function_.position;
    use.site = loop_.site;
    use.loop = index_;
    use.confidence = Confidence::Medium;
    for (Index<Call> call : candidates) {
      if (worksOnAnother(body_[call]) || fallsBack(call))
        continue;
      RetryProof proof = prove(call);
      if (!proof.isRetry)
        continue;
      bool isParameter = finder_.work.isParameterCall(function_, call);
      if (isParameter)
        return addHelper(call, proof);
      WorkReach reach = finder_.work.reach({function_.position, call});
      if (!reach.reaches() && !(proof.pauses))
        continue;
      use.work.push_back({function_.position, call});
      use.pauses |= proof.pauses;
      if (reach.isCertain)
        use.confidence = Confidence::High;
    }
    if (use.work.empty())
      return;
    AttemptsRead read = attemptsOf(finder_, function_, index_);
    use.attempts = read.attempts;
    use.isGuarded = isGuardedIn(finder_, function_, [&](Index<Block> block) { return isInside(block); });
    keepMainWork(use);
    addEvidence(use, read);
    finder_.found.push_back(std::move(use));
  }

private:
  bool isInside(Index<Block> block) const {
    for (Index<Block> around : enclosingBlocks(body_, block))
      if (around == loop_.body || around == loop_.test || around == loop_.increment)
        return true;
    return false;
  }

  /// The work is what the loop's condition asks.
  bool isTest(llvm::ArrayRef<Index<Call>> calls) const {
    return llvm::any_of(calls, [&](Index<Call> call) {
      return loop_.test && llvm::is_contained(enclosingBlocks(body_, body_[call].block), loop_.test);
    });
  }

  bool isInTry(Index<Block> block) const {
    for (Index<Block> around : enclosingBlocks(body_, block)) {
      if (around == loop_.body)
        return false;
      if (body_[around].role == BlockRole::TryBody)
        return true;
    }
    return false;
  }

  bool isInHandler(Index<Block> block) const {
    for (Index<Block> around : enclosingBlocks(body_, block)) {
      if (around == loop_.body)
        return false;
      if (body_[around].role == BlockRole::HandlerBody)
        return true;
    }
    return false;
  }

  /// Calls that reach a dependency or call the helper's parameter; where there are none and time passes in
  /// the loop, calls out of sight.
  std::vector<Index<Call>> collect() const {
    std::vector<Index<Call>> known, others;
    bool hasPause = false;
    for (uint32_t i = 0; i < body_.calls.size(); ++i) {
      Index<Call> call(i);
      if (!isInside(body_.calls[i].block))
        continue;
      CallRef ref{function_.position, call};
      if (finder_.work.reach(ref).reaches() || finder_.work.isParameterCall(function_, call))
        known.push_back(call);
      else if (finder_.work.isPause(ref))
        hasPause = true;
      else if (mayBeWork(ref, body_.calls[i]))
        others.push_back(call);
    }
    if (known.empty() && hasPause && others.size() <= kMostCandidates)
      return others;
    return known.size() <= kMostCandidates ? known : std::vector<Index<Call>>();
  }

  /// Of a call that reaches no dependency we know: it may throw in a try, or says how it went.
  bool mayBeWork(CallRef ref, const Call &call) const {
    const Annotations &notes = finder_.program.annotations;
    if (notes.log(ref) || notes.spawn(ref) || notes.dependency(ref) || isInHandler(call.block) || call.kind == CallKind::Destructor ||
        call.kind == CallKind::Operator || call.isNoReturn || isNamedLikeQuestion(unqualified(call.name)) || isNamedLikeNext(unqualified(call.name)))
      return false;
    if (call.name.starts_with("std::"))
      return false;
    return isInTry(call.block);
  }

  RetryProof prove(Index<Call> call) const {
    Round round;
    round.loop = index_;
    return proveRetry(finder_, function_, round, call, [&](Index<Call> other) {
      return finder_.work.reach({function_.position, other}).reaches() || finder_.work.isParameterCall(function_, other);
    });
  }

  /// Variables that mean another element in each round.
  void findAdvancing() {
    auto add = [&](Index<Value> target) {
      while (target && body_[target].kind == ValueKind::Cast && !body_[target].operands.empty())
        target = body_[target].operands.front();
      if (target && body_[target].kind == ValueKind::Local && !isNamedLikeAttempt(body_.locals[body_[target].index].name))
        advancing_.insert(body_[target].index);
    };
    if (loop_.variable)
      advancing_.insert(loop_.variable.value);
    auto isFresh = [&](Index<Value> value) {
      return value && body_[value].kind == ValueKind::Call && isNamedLikeNext(unqualified(body_.calls[body_[value].index].name));
    };
    for (const Assign &assign : body_.assigns) {
      if (!isInside(assign.block))
        continue;
      Slot slot = slotOf(body_, assign.target);
      bool refersToItself = assign.op == "=" && assign.value && slot.kind == Slot::Local &&
                            mentions(body_, assign.value, [&](const Value &part) { return part.kind == ValueKind::Local && part.index == slot.index; });
      bool isCall = assign.value && body_[assign.value].kind == ValueKind::Call;
      if (assign.op == "++" || assign.op == "--" || assign.op == "+=" || assign.op == "-=" || (refersToItself && !isCall) || isFresh(assign.value))
        add(assign.target);
    }
    for (const Call &call : body_.calls)
      if (llvm::StringRef name = unqualified(call.name);
          isInside(call.block) && (name == "operator++" || name == "operator--" || name == "operator+=" || name == "operator-="))
        add(targetOf(call));
    for (size_t before = size_t(-1); before != advancing_.size();) {
      before = advancing_.size();
      for (uint32_t i = 0; i < body_.locals.size(); ++i)
        if (const Local &local = body_.locals[i]; local.block && isInside(local.block) && local.init && (isAdvancing(local.init) || isFresh(local.init)))
          advancing_.insert(i);
      for (const Assign &assign : body_.assigns)
        if (isInside(assign.block) && assign.op == "=" && isAdvancing(assign.value))
          add(assign.target);
    }
  }

  bool isAdvancing(Index<Value> value) const {
    return value && mentions(body_, value, [&](const Value &part) { return part.kind == ValueKind::Local && advancing_.contains(part.index); });
  }

  /// The round decides how the work is done: `useStale_ = round == 1`.
  bool changesMode() const {
    return llvm::any_of(body_.assigns, [&](const Assign &assign) {
      bool isOwn = body_[assign.target].kind == ValueKind::Local && !body_.locals[body_[assign.target].index].byReference;
      return isInside(assign.block) && assign.value && !isOwn && isAdvancing(assign.value);
    });
  }

  /// The failure decides how the work is done the next time: by what is set behind it to another constant.
  bool fallsBack(Index<Call> call) const {
    std::set<uint32_t> inputs;
    auto add = [&](Index<Value> value) {
      bool isNew = false;
      if (value)
        mentions(body_, value, [&](const Value &part) {
          isNew |= part.kind == ValueKind::Local && inputs.insert(part.index).second;
          return false;
        });
      return isNew;
    };
    for (Index<Value> argument : body_[call].arguments)
      add(argument);
    for (bool isNew = true; isNew;) {
      isNew = false;
      for (uint32_t i = 0; i < body_.locals.size(); ++i)
        if (const Local &local = body_.locals[i]; inputs.contains(i) && local.block && isInside(local.block))
          isNew |= add(local.init);
      for (const Assign &assign : body_.assigns)
        if (Slot slot = slotOf(body_, assign.target); slot.kind == Slot::Local && inputs.contains(slot.index) && isInside(assign.block) && assign.site.offset < body_[call].site.offset) {
          isNew |= add(assign.value);
          for (Index<Block> around : enclosingBlocks(body_, assign.block))
            if (body_[around].owner.kind == StepKind::Branch && around != loop_.body && isInside(around))
              isNew |= add(body_.branches[body_[around].owner.index].condition);
        }
    }
    return llvm::any_of(body_.assigns, [&](const Assign &assign) {
      return isInside(assign.block) && body_[assign.target].kind == ValueKind::Local && inputs.contains(body_[assign.target].index) && assign.op == "=" &&
             assign.site.offset > body_[call].site.offset && assign.value && (body_[assign.value].constant || body_[assign.value].kind == ValueKind::Enumerator);
    });
  }

  bool worksOnAnother(const Call &call) const {
    return isAdvancing(call.object) || llvm::any_of(call.arguments, [&](Index<Value> argument) { return isAdvancing(argument); });
  }

  void addHelper(Index<Call> call, const RetryProof &proof) {
    AttemptsRead read = attemptsOf(finder_, function_, index_);
    Index<Value> root = rootOf(body_, parameterCalled(body_[call]));
    bool isGuarded = isGuardedIn(finder_, function_, [&](Index<Block> block) { return isInside(block); });
    finder_.helpers.push_back({function_.position, body_[root].index, read.attempts, read.limit, read.offset, proof.pauses, isGuarded});
  }

  /// Of calls that reach no known dependency one stands for all; of others those that are arguments of
  /// others do not count.
  void keepMainWork(RetryUse &use) const {
    bool reaches = llvm::any_of(use.work, [&](CallRef ref) { return finder_.work.reach(ref).reaches(); });
    if (reaches)
      return;
    auto most = std::max_element(use.work.begin(), use.work.end(), [&](CallRef a, CallRef b) {
      return body_[a.call].arguments.size() < body_[b.call].arguments.size();
    });
    use.work = {*most};
    use.confidence = Confidence::Medium;
  }

  void addEvidence(RetryUse &use, const AttemptsRead &read) const {
    const Call &call = body_[use.work.front().call];
    use.evidence.push_back({finder_.program.location(function_, call.site),
                            "when `" + unqualified(call.name).str() + "` fails, the loop goes round again"});
    if (read.site.valid() && read.site != loop_.site && use.attempts.kind != Attempts::Unbounded)
      use.evidence.push_back({finder_.program.location(function_, read.site), "this ends it"});
  }

  RetryFinder &finder_;
  const LinkedFunction &function_;
  const Function &body_;
  Index<Loop> index_;
  const Loop &loop_;
  std::set<uint32_t> advancing_;
};

} // namespace

RetryProof proveRetry(const RetryFinder &finder, const LinkedFunction &function, const Round &round, Index<Call> work,
                      llvm::function_ref<bool(Index<Call>)> isWork) {
  auto walk = [&](Assumed assumed) { return walkRound(finder.program, function, finder.work, isWork, round, work, assumed); };
  RoundAnswer failed = walk(Assumed::Fails), thrown = walk(Assumed::Throws);
  if ((!failed.goesRound && !thrown.goesRound) || failed.isGivenUp || thrown.isGivenUp)
    return {};
  RoundAnswer succeeded = walk(Assumed::Succeeds);
  if (succeeded.goesRound || !succeeded.leaves || succeeded.isGivenUp)
    return {};
  return {true, failed.pauses || thrown.pauses, thrown.goesRound || failed.throughHandler};
}

void findLoops(RetryFinder &finder) {
  for (const LinkedFunction &function : finder.program.functions)
    for (uint32_t i = 0; i < function.body->loops.size(); ++i)
      LoopReader(finder, function, Index<Loop>(i)).read();
}

} // namespace opex
