// An order of functions in which each comes after all that it calls, and the engine that computes what is known of a
// function from what is known of its callees: bottom-up over the strongly connected components of the call graph, to a
// fixed point inside one. So the answer for a function depends neither on how deep its calls go nor on who asked first.
// Turned round, callers first, it computes what is known of a function from its callers.
#pragma once

#include "model/program.h"

#include "llvm/ADT/SmallVector.h"

#include <deque>
#include <type_traits>

namespace opex {

/// Functions (by position in Program::functions) in strongly connected components: those of one component can all reach
/// one another. Components stand after all that they lead to.
class CallComponents {
public:
  /// Adds to the list what the function leads to; any order, repetitions do no harm.
  using Successors = llvm::function_ref<void(uint32_t function, llvm::SmallVectorImpl<uint32_t> &into)>;

  CallComponents(size_t functions, Successors successors);

  /// Along all edges: what a function may call comes first.
  static CallComponents calleesFirst(const Program &program);
  /// What may call a function comes first.
  static CallComponents callersFirst(const Program &program);

  size_t functions() const { return componentOf_.size(); }
  size_t size() const { return starts_.size() - 1; }
  llvm::ArrayRef<uint32_t> members(size_t component) const {
    return llvm::ArrayRef(order_).slice(starts_[component], starts_[component + 1] - starts_[component]);
  }
  uint32_t componentOf(uint32_t function) const { return componentOf_[function]; }
  llvm::ArrayRef<uint32_t> successors(uint32_t function) const {
    return llvm::ArrayRef(next_).slice(nextStarts_[function], nextStarts_[function + 1] - nextStarts_[function]);
  }

  /// A function of the component leads back to itself.
  bool isRecursive(size_t component) const;

  /// For each member, in their order, the positions among the members that lead to it.
  std::vector<std::vector<uint32_t>> predecessorsInside(size_t component) const;

private:
  void connect();

  std::vector<uint32_t> nextStarts_, next_; ///< Of each function: where its successors begin; all of them in turn.
  std::vector<uint32_t> starts_, order_;    ///< Of each component: where its members begin; all of them in turn.
  std::vector<uint32_t> componentOf_;
};

/// The least fixed point of `step(function, known)`, which computes the fact of a function from the facts of its
/// successors (`known`, by position). All facts start as `start`. The step must be monotone: facts that have grown never
/// make its result smaller, and no fact can grow for ever.
template <class Fact, class Step>
std::vector<Fact> settle(const CallComponents &components, const Fact &start, Step step) {
  static_assert(!std::is_same_v<Fact, bool>, "std::vector<bool> has no elements to refer to");
  std::vector<Fact> known(components.functions(), start);
  for (size_t component = 0; component < components.size(); ++component) {
    llvm::ArrayRef<uint32_t> members = components.members(component);
    if (!components.isRecursive(component)) {
      known[members.front()] = step(members.front(), std::as_const(known));
      continue;
    }
    const std::vector<std::vector<uint32_t>> predecessors = components.predecessorsInside(component);
    std::vector<uint8_t> isWaiting(members.size(), 1);
    std::deque<uint32_t> waiting;
    for (uint32_t i = 0; i < members.size(); ++i)
      waiting.push_back(i);
    while (!waiting.empty()) {
      uint32_t i = waiting.front();
      waiting.pop_front();
      isWaiting[i] = 0;
      Fact fact = step(members[i], std::as_const(known));
      if (fact == known[members[i]])
        continue;
      known[members[i]] = std::move(fact);
      for (uint32_t before : predecessors[i])
        if (!std::exchange(isWaiting[before], 1))
          waiting.push_back(before);
    }
  }
  return known;
}

} // namespace opex
