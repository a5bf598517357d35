#include "analysis/body/places.h"
#include "analysis/body/region.h"
#include "analysis/rounds/variation.h"
#include "analysis/conventions/outcome_words.h"
#include "analysis/retries/finder.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace opex {
namespace {

/// More candidates than that in one loop: it is a main loop, no retry.
constexpr size_t kMostCandidates = 24;

/// Yields another element each time it is called; as work it is no attempt.
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
      : finder_(finder), function_(function), body_(*function.body), index_(index),
        loop_(body_.loops[index.value]) {}

  void read() {
    if (llvm::StringRef why = readRetry(); !why.empty())
      finder_.rejections.push_back({function_.position, {}, index_, why});
  }

private:
  /// Adds the retry that the loop is; else says why it is none.
  llvm::StringRef readRetry() {
    auto neverReturns = [&](Index<Call> call) { return finder_.work.neverReturns(function_, call); };
    const Rounds rounds = roundsOf(finder_.program, function_, index_, {}, neverReturns);
    if ((isOnce(body_, loop_) || loop_.kind == LoopKind::RangeFor) && rounds.kind != Rounds::Constant)
      return isOnce(body_, loop_) ? "it goes round once" : "each round does another element";
    std::vector<Index<Call>> candidates = collect();
    if (candidates.empty())
      return "nothing in it is known to leave the process, or too much is";
    if (rounds.kind == Rounds::Data && !isTest(candidates))
      return "its rounds follow the data";
    auto isRepeated = [&](Index<Block> block) { return isInside(block); };
    Variation variation(finder_.program, function_, isRepeated, loop_.variable);
    if (variation.changesMode())
      return "the number of the round decides how the work is done";
    RetryUse use;
    use.function = function_.position;
    use.site = loop_.site;
    use.loop = index_;
    use.confidence = Confidence::Medium;
    use.doubt = kUncertainReach;
    llvm::StringRef why = addWork(use, candidates, variation, rounds.kind == Rounds::Data || takesNextInTest());
    if (use.work.empty())
      return why;
    keepMainWork(use);
    std::erase_if(use.hasty, [&](CallRef ref) { return !llvm::is_contained(use.work, ref); });
    use.pauses = use.hasty.empty();
    AttemptsRead read = readAttempts(use);
    if (use.attempts.kind != Attempts::Unbounded &&
        llvm::all_of(use.work, [&](CallRef ref) { return variation.fallsBack(ref.call); }))
      return "each round does it in another way, as long as there is one";
    use.isGuarded = isGuardedIn(finder_, function_, [&](Index<Block> block) { return isInside(block); });
    addEvidence(use, read);
    finder_.found.push_back(std::move(use));
    return {};
  }

  /// Adds to the retry what it does again; says why it does nothing again, if so.
  llvm::StringRef addWork(RetryUse &use, llvm::ArrayRef<Index<Call>> candidates, const Variation &variation, bool followsData) {
    llvm::StringRef why;
    for (Index<Call> call : candidates) {
      if (variation.isOtherWork(call) && movesOn(call, variation)) {
        why = "each round works on something else, or in another way";
        continue;
      }
      RetryProof proof = prove(call);
      if (!proof.isRetry) {
        why = proof.why;
        continue;
      }
      if (proof.isOnlySome && followsData && !isTest(call)) {
        why = "its rounds follow the data";
        continue;
      }
      if (parameterRunBy(body_, body_[call])) {
        addHelper(call, proof);
        use.work.clear();
        return "it does what its function is given: the calls of the function are the retries";
      }
      WorkReach reach = finder_.work.reach({function_.position, call});
      if (!reach.reaches() && !proof.pauses) {
        why = "nothing that it does again is known to leave the process, and no time passes in between";
        continue;
      }
      use.work.push_back({function_.position, call});
      if (!proof.pauses)
        use.hasty.push_back(use.work.back());
      if (reach.isCertain && !proof.isOnlySome)
        use.confidence = Confidence::High;
    }
    return why;
  }

  /// What the work is about moves on before each further attempt.
  bool movesOn(Index<Call> call, const Variation &variation) const {
    Round moved = round();
    moved.counts = variation.moves();
    auto comesBackToTheSame = [&](Assumed assumed) {
      const RoundAnswer answer =
          walkRound(finder_.endings, function_, [&](Index<Call> other) { return isWork(other); }, moved, call, assumed);
      return answer.isUncounted && !answer.isGivenUp;
    };
    return moved.counts.empty() || !(comesBackToTheSame(Assumed::Fails) || comesBackToTheSame(Assumed::Throws));
  }

  bool isInside(Index<Block> block) const { return isInLoop(body_, loop_, block); }

  /// `while ((line = nextLine()))`: each round is about what the condition has taken.
  bool takesNextInTest() const {
    return loop_.test && llvm::any_of(body_.assigns, [&](const Assign &assign) {
             return assign.block == loop_.test && assign.op == "=" && assign.value &&
                    body_[withoutCasts(body_, assign.value)].kind == ValueKind::Call &&
                    mentionsPlace(body_, loop_.condition, placeOf(body_, assign.target));
           });
  }

  /// The work is what the loop's condition asks.
  bool isTest(llvm::ArrayRef<Index<Call>> calls) const {
    return llvm::any_of(calls, [&](Index<Call> call) { return opex::isIn(body_, body_[call].block, loop_.test); });
  }

  /// In a block of the role that the loop goes round.
  bool isIn(BlockRole role, Index<Block> block) const {
    for (Index<Block> around : enclosingBlocks(body_, block)) {
      if (around == loop_.body)
        return false;
      if (body_[around].role == role)
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
      if (finder_.work.reach(ref).reaches() || parameterRunBy(body_, body_[call]))
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
    if (finder_.in.get<Statements>().logs.at(ref) || finder_.in.get<Entries>().spawns.at(ref) ||
        finder_.in.get<Dependencies>().at(ref) || isIn(BlockRole::HandlerBody, call.block) ||
        call.kind == CallKind::Destructor || call.kind == CallKind::Operator || call.isNoReturn ||
        isNamedLikeQuestion(unqualified(call.name)) || isNamedLikeNext(unqualified(call.name)))
      return false;
    if (call.name.starts_with("std::"))
      return false;
    return isIn(BlockRole::TryBody, call.block);
  }

  Round round() const {
    Round round;
    round.loop = index_;
    return round;
  }

  bool isWork(Index<Call> call) const {
    return finder_.work.reach({function_.position, call}).reaches() ||
           parameterRunBy(body_, body_[call]);
  }

  RetryProof prove(Index<Call> call) const {
    return proveRetry(finder_, function_, round(), call, [&](Index<Call> other) { return isWork(other); });
  }

  /// How often the call is tried: what is not counted when it fails ends nothing.
  AttemptsRead attemptsAt(Index<Call> call) const {
    return attemptsOf(finder_, function_, index_, [&](Step change) {
      return countsFailures(
          finder_, function_, round(), call, [&](Index<Call> other) { return isWork(other); }, change);
    });
  }

  /// What is tried for ever is the worst of the work, and all that is told of.
  AttemptsRead readAttempts(RetryUse &use) const {
    std::optional<AttemptsRead> read;
    std::vector<CallRef> endless;
    for (CallRef ref : use.work) {
      AttemptsRead own = attemptsAt(ref.call);
      if (own.attempts.kind == Attempts::Unbounded)
        own = attemptsInMethods(finder_, function_, ref.call);
      if (own.attempts.kind == Attempts::Unbounded)
        if (std::optional<int64_t> count =
                attemptsByFlags(finder_, function_, round(), ref.call, [&](Index<Call> other) { return isWork(other); }))
          own.attempts = {Attempts::Known, *count, {}};
      if (own.attempts.kind == Attempts::Unbounded)
        endless.push_back(ref);
      if (!read || own.attempts.kind == Attempts::Unbounded)
        read = own;
    }
    if (!endless.empty())
      use.work = std::move(endless);
    use.attempts = read->attempts;
    return *read;
  }

  void addHelper(Index<Call> call, const RetryProof &proof) {
    AttemptsRead read = attemptsAt(call);
    const uint32_t parameter = *parameterRunBy(body_, body_[call]);
    bool isGuarded = isGuardedIn(finder_, function_, [&](Index<Block> block) { return isInside(block); });
    finder_.helpers.push_back({function_.position, parameter, read.attempts, read.limit, read.offset,
                               proof.pauses, isGuarded});
  }

  /// Of calls that reach no known dependency one stands for all; of others those that are arguments of
  /// others do not count.
  void keepMainWork(RetryUse &use) const {
    bool reaches = llvm::any_of(use.work, [&](CallRef ref) { return finder_.work.reach(ref).reaches(); });
    if (reaches) { // What is closest to the dependency gives the retry its name.
      auto closeness = [&](CallRef ref) { return std::pair(finder_.work.reach(ref).depth, ref); };
      llvm::sort(use.work, [&](CallRef a, CallRef b) { return closeness(a) < closeness(b); });
      return;
    }
    auto weight = [&](CallRef ref) {
      return std::pair(body_[ref.call].kind != CallKind::Constructor, body_[ref.call].arguments.size());
    };
    auto most = std::max_element(use.work.begin(), use.work.end(),
                                 [&](CallRef a, CallRef b) { return weight(a) < weight(b); });
    use.work = {*most};
    use.confidence = use.hasty.empty() && recordsSuccess(most->call) ? Confidence::High : Confidence::Medium;
    use.doubt = "what is done again is not known to leave the process";
  }

  /// `try { make(); done = true; } catch (…) { … }` in `while (!done)`: what throws is what is waited for.
  bool recordsSuccess(Index<Call> call) const {
    return loop_.condition && llvm::any_of(body_.assigns, [&](const Assign &assign) {
             return assign.op == "=" && assign.value && body_[assign.value].constant &&
                    assign.site.offset > body_[call].site.offset && isIn(BlockRole::TryBody, assign.block) &&
                    !isIn(BlockRole::HandlerBody, assign.block) &&
                    mentionsPlace(body_, loop_.condition, placeOf(body_, assign.target));
           });
  }

  void addEvidence(RetryUse &use, const AttemptsRead &read) const {
    const Call &call = body_[use.work.front().call];
    use.evidence.push_back({finder_.program.location(function_, call.site),
                            "when `" + unqualified(call.name).str() + "` fails, the loop goes round again"});
    if (read.site.valid() && read.site != loop_.site && use.attempts.kind != Attempts::Unbounded)
      use.decidedAt.push_back({finder_.program.location(function_, read.site), "this ends it"});
  }

  RetryFinder &finder_;
  const LinkedFunction &function_;
  const Function &body_;
  Index<Loop> index_;
  const Loop &loop_;
};

} // namespace

RetryProof proveRetry(const RetryFinder &finder, const LinkedFunction &function, const Round &round,
                      Index<Call> work, llvm::function_ref<bool(Index<Call>)> isWork) {
  auto walk = [&](Assumed assumed) {
    return walkRound(finder.endings, function, isWork, round, work, assumed);
  };
  constexpr llvm::StringLiteral kTooMany = "it has too many paths to tell";
  RoundAnswer succeeded = walk(Assumed::Succeeds);
  if (succeeded.isGivenUp)
    return {.why = kTooMany};
  if (!succeeded.leaves && !(succeeded.leavesInTheEnd && !succeeded.goesRound))
    return {.why = succeeded.goesRound ? "success leads back as well as failure" : "no way out after a success was found"};
  RoundAnswer failed = walk(Assumed::Fails), thrown = walk(Assumed::Throws);
  if (failed.isGivenUp || thrown.isGivenUp)
    return {.why = kTooMany};
  // What success brings may not be enough yet. Still, a failure that never leads out is tried again.
  const bool isOnlySome = succeeded.goesRound;
  if (isOnlySome && (!failed.goesRound || failed.leaves || thrown.leaves))
    return {.why = "success leads back as well as failure"};
  if (!failed.goesRound && !thrown.goesRound)
    return {.why = "failure does not lead back to what failed"};
  return {.isRetry = true,
          .isOnlySome = isOnlySome,
          .pauses = (!failed.goesRound || failed.pauses) && (!thrown.goesRound || thrown.pauses),
          .throughHandler = thrown.goesRound || failed.throughHandler};
}

bool countsFailures(const RetryFinder &finder, const LinkedFunction &function, Round round, Index<Call> work,
                    llvm::function_ref<bool(Index<Call>)> isWork, Step change) {
  round.counts = {change};
  // That it throws as well as saying no is not likely; a handler around may be for something else.
  for (Assumed assumed : {Assumed::Fails, Assumed::Throws})
    if (RoundAnswer answer = walkRound(finder.endings, function, isWork, round, work, assumed);
        answer.goesRound)
      return !answer.isUncounted || answer.isGivenUp;
  return true;
}

std::optional<int64_t> attemptsByFlags(const RetryFinder &finder, const LinkedFunction &function, Round round, Index<Call> work,
                                       llvm::function_ref<bool(Index<Call>)> isWork) {
  constexpr uint8_t kMostByFlags = 3;
  for (round.times = 2; round.times <= kMostByFlags; ++round.times) {
    auto endsHere = [&](Assumed assumed) {
      const RoundAnswer answer = walkRound(finder.endings, function, isWork, round, work, assumed);
      return !answer.goesRound && !answer.isGivenUp;
    };
    if (endsHere(Assumed::Fails) && endsHere(Assumed::Throws))
      return round.times;
  }
  return std::nullopt;
}

void findLoops(RetryFinder &finder) {
  for (const LinkedFunction &function : finder.program.functions)
    for (uint32_t i = 0; i < function.body->loops.size(); ++i)
      LoopReader(finder, function, Index<Loop>(i)).read();
}

} // namespace opex
