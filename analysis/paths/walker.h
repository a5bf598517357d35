// The engine behind walk.h: goes along the paths of one body, and knows on each how the work went.
#pragma once

#include "analysis/paths/walk.h"

#include <set>
#include <unordered_set>

namespace opex {

class Walker {
public:
  Walker(Endings &endings, const LinkedFunction &function, llvm::function_ref<bool(Index<Call>)> isWork, const Round &round,
         Index<Call> work, uint32_t depth);

  RoundAnswer walkRound(Assumed assumed);
  /// The ways out, without the answer about rounds. None if there are too many paths.
  std::optional<std::vector<Ending>> walkEndings(const Env &known);

private:
  struct State {
    Index<Block> block;
    uint32_t position = 0;
    bool hasWorked = false, hasFailed = false, hasPaused = false, isHandled = false, hasCounted = false;
    uint8_t round = 0;
    uint8_t times = 0; ///< So often the work was done.
    Index<Call> last;              ///< The work done last, the failed one if there is one.
    std::vector<EntityId> failing; ///< What has failed fails again.
    EntityId caught;               ///< What the handler was entered with, if known.
    Env env;

    bool operator==(const State &) const = default;
  };
  struct Hash {
    size_t operator()(const State &state) const;
  };

  bool collectsEndings() const { return !assumed_; }
  bool walk();
  void forgetUnasked(State &state) const;
  void run(State state);
  const Loop &loop(Index<Loop> index) const { return body_.loops[index.value]; }
  bool isOwn(Index<Loop> index) const { return round_.loop && index == round_.loop; }
  uint32_t positionOf(Index<Block> block, Step step) const;

  // Where paths go.
  State beginning(Env env) const;
  void go(State state, Index<Block> block, uint32_t position = 0);
  void goBehind(State state, Index<Block> block);
  void goBehindLoop(State state, Index<Loop> index);
  void goesRound(const State &state);
  void enterLoop(State state, const Loop &of, Index<Loop> index);
  void decide(State state, const Loop &of, Index<Loop> index);
  bool beginRound(State &state);
  void endOfRound(State state, const Loop &of, Index<Loop> index);
  void endOfBody(State state, Index<Loop> index);
  void leaveBlock(State state);
  void runBranch(State state, const Branch &branch);
  void runSwitch(State state, const Switch &of);
  void runExit(State state, const Exit &exit);
  void runGoto(State state, const Exit &exit);
  void throwFrom(State state, EntityId thrown);

  // What a value is: one way for each arm of `c ? a : b` that is not decided.
  void runAssign(State state, const Assign &assign);
  void runDeclare(State state, Index<Local> local);
  void forEachAlternative(State state, Index<Value> value, llvm::function_ref<void(State, Index<Value>)> go);

  // Ways out.
  void leaves(const State &state, Index<Value> result = {});
  void leavesThrowing(const State &state, EntityId thrown);
  Known resultOf(const Env &env, Index<Value> value) const;
  Env envOutside(const Env &env) const;

  // Calls.
  void runCall(State state, Index<Call> index);
  void beginAnew(const State &state, Index<Call> index);
  void runWork(State state, Index<Call> index);
  void runOther(State state, Index<Call> index);
  void come(const State &state, Index<Call> index, Assumed how);
  void comeByConvention(State state, Index<Call> index, Assumed how);
  void comeBack(State state, const CallEdge &edge, const Ending &ending, Known result, bool isWhole);
  void setResult(State &state, Index<Call> index, Known result) const;

  // Time that passes.
  bool hasPause(Index<Block> block) const { return block && pausing_[block.value]; }
  bool skipsPause(Index<Block> arm) const;

  Endings &endings_;
  const LinkedFunction &function_;
  const Function &body_;
  const RetryWork &retryWork_;
  llvm::function_ref<bool(Index<Call>)> isWork_;
  const Round &round_;
  Index<Call> work_;
  std::optional<Assumed> assumed_; ///< Of `work_`; none where ways out are asked for.
  const uint32_t depth_;
  Outcomes outcomes_;
  const std::vector<bool> &pausing_; ///< Blocks.
  const Lifetimes &lifetimes_;
  std::vector<State> open_;
  std::unordered_set<State, Hash> seen_;
  std::set<Ending> ways_;
  RoundAnswer answer_;
};

} // namespace opex
