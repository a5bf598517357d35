#include "analysis/execution/call_components.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {

CallComponents::CallComponents(size_t functions, Successors successors) : componentOf_(functions) {
  llvm::SmallVector<uint32_t, 32> next;
  nextStarts_.reserve(functions + 1);
  for (uint32_t function = 0; function < functions; ++function) {
    next.clear();
    successors(function, next);
    llvm::sort(next);
    next.erase(std::unique(next.begin(), next.end()), next.end());
    nextStarts_.push_back(next_.size());
    next_.insert(next_.end(), next.begin(), next.end());
  }
  nextStarts_.push_back(next_.size());
  connect();
}

CallComponents CallComponents::calleesFirst(const Program &program) {
  return CallComponents(program.functions.size(), [&](uint32_t function, llvm::SmallVectorImpl<uint32_t> &into) {
    for (const CallEdge &edge : program.functions[function].callees)
      into.push_back(edge.callee);
  });
}

CallComponents CallComponents::callersFirst(const Program &program) {
  return CallComponents(program.functions.size(), [&](uint32_t function, llvm::SmallVectorImpl<uint32_t> &into) {
    for (const CallEdge &edge : program.functions[function].callers)
      into.push_back(edge.caller);
  });
}

/// Tarjan's algorithm, with a stack of its own: call chains may be longer than the thread's stack is deep.
void CallComponents::connect() {
  constexpr uint32_t kUnseen = UINT32_MAX;
  struct Visit {
    uint32_t function, next; ///< The successor to look at, in next_.
  };
  std::vector<uint32_t> number(functions(), kUnseen), lowest(functions());
  std::vector<uint8_t> isOpen(functions());
  std::vector<uint32_t> open;
  std::vector<Visit> visits;
  uint32_t count = 0;
  auto enter = [&](uint32_t function) {
    number[function] = lowest[function] = count++;
    open.push_back(function);
    isOpen[function] = 1;
    visits.push_back({function, nextStarts_[function]});
  };
  auto close = [&](uint32_t root) {
    starts_.push_back(order_.size());
    uint32_t member;
    do {
      member = open.back();
      open.pop_back();
      isOpen[member] = 0;
      componentOf_[member] = starts_.size() - 1;
      order_.push_back(member);
    } while (member != root);
  };
  for (uint32_t start = 0; start < functions(); ++start) {
    if (number[start] != kUnseen)
      continue;
    enter(start);
    while (!visits.empty()) {
      uint32_t function = visits.back().function;
      if (visits.back().next < nextStarts_[function + 1]) {
        uint32_t successor = next_[visits.back().next++];
        if (number[successor] == kUnseen)
          enter(successor);
        else if (isOpen[successor])
          lowest[function] = std::min(lowest[function], number[successor]);
        continue;
      }
      visits.pop_back();
      if (!visits.empty())
        lowest[visits.back().function] = std::min(lowest[visits.back().function], lowest[function]);
      if (lowest[function] == number[function])
        close(function);
    }
  }
  starts_.push_back(order_.size());
}

bool CallComponents::isRecursive(size_t component) const {
  llvm::ArrayRef<uint32_t> all = members(component);
  return all.size() > 1 || llvm::is_contained(successors(all.front()), all.front());
}

std::vector<std::vector<uint32_t>> CallComponents::predecessorsInside(size_t component) const {
  llvm::ArrayRef<uint32_t> all = members(component);
  std::vector<std::pair<uint32_t, uint32_t>> places; // Function and its place among the members, sorted.
  for (uint32_t i = 0; i < all.size(); ++i)
    places.push_back({all[i], i});
  llvm::sort(places);
  std::vector<std::vector<uint32_t>> result(all.size());
  for (uint32_t i = 0; i < all.size(); ++i)
    for (uint32_t successor : successors(all[i]))
      if (componentOf_[successor] == component)
        result[llvm::lower_bound(places, std::pair(successor, 0u))->second].push_back(i);
  return result;
}

} // namespace opex
