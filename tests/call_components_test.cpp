// The order in which summaries are computed, and their fixed points, on graphs given by hand.
#include "analysis/execution/call_components.h"

#include "gmock/gmock.h"

#include <random>

namespace opex {
namespace {

using Graph = std::vector<std::vector<uint32_t>>; // Function → what it leads to.

CallComponents componentsOf(const Graph &graph) {
  return CallComponents(graph.size(), [&](uint32_t function, llvm::SmallVectorImpl<uint32_t> &into) {
    into.append(graph[function].begin(), graph[function].end());
  });
}

/// Which functions come to one that is in `marked`, themselves included.
std::vector<uint8_t> reaching(const Graph &graph, const std::set<uint32_t> &marked) {
  return settle(componentsOf(graph), uint8_t(0), [&](uint32_t function, const std::vector<uint8_t> &known) {
    return uint8_t(marked.contains(function) ||
                   llvm::any_of(graph[function], [&](uint32_t next) { return known[next]; }));
  });
}

TEST(CallComponents, CalleesStandFirst) {
  CallComponents components = componentsOf({{1, 2}, {3}, {3}, {}});
  ASSERT_EQ(components.size(), 4u);
  for (uint32_t function = 0; function < 4; ++function)
    for (uint32_t next : components.successors(function))
      EXPECT_LT(components.componentOf(next), components.componentOf(function));
}

TEST(CallComponents, WhatCallsOneAnotherIsOne) {
  CallComponents components = componentsOf({{1}, {2}, {0, 3}, {}, {4}});
  EXPECT_EQ(components.size(), 3u);
  EXPECT_THAT(components.members(components.componentOf(0)), testing::UnorderedElementsAre(0u, 1u, 2u));
  EXPECT_TRUE(components.isRecursive(components.componentOf(0)));
  EXPECT_FALSE(components.isRecursive(components.componentOf(3)));
  EXPECT_TRUE(components.isRecursive(components.componentOf(4))); // It calls itself.
}

TEST(CallComponents, NoFunctionsNoComponents) { EXPECT_EQ(componentsOf({}).size(), 0u); }

TEST(CallComponents, LongChainsNeedNoStack) {
  constexpr uint32_t kLength = 100'000;
  Graph chain(kLength), circle(kLength);
  for (uint32_t i = 0; i < kLength; ++i) {
    if (i + 1 < kLength)
      chain[i] = {i + 1};
    circle[i] = {(i + 1) % kLength};
  }
  EXPECT_EQ(componentsOf(chain).size(), kLength);
  EXPECT_EQ(componentsOf(circle).size(), 1u);
  EXPECT_THAT(reaching(chain, {kLength - 1}), testing::Each(1));
  EXPECT_THAT(reaching(circle, {7}), testing::Each(1));
}

TEST(Settle, ComputesFromCalleesThroughRecursion) {
  // 0 → 1 ⇄ 2 → 3, and 4 → 5 ⇄ 6 apart.
  const Graph graph = {{1}, {2}, {1, 3}, {}, {5}, {6}, {5}};
  EXPECT_THAT(reaching(graph, {3}), testing::ElementsAre(1, 1, 1, 1, 0, 0, 0));
  EXPECT_THAT(reaching(graph, {1}), testing::ElementsAre(1, 1, 1, 0, 0, 0, 0));
  EXPECT_THAT(reaching(graph, {6}), testing::ElementsAre(0, 0, 0, 0, 1, 1, 1));
}

TEST(Settle, WithoutRecursionEachFunctionIsLookedAtOnce) {
  std::vector<unsigned> asked(4);
  settle(componentsOf({{1, 2}, {3}, {3}, {}}), 0u, [&](uint32_t function, const std::vector<unsigned> &) {
    return ++asked[function];
  });
  EXPECT_THAT(asked, testing::Each(1u));
}

/// Numbers given to the functions in another order name the same components and give the same facts.
TEST(Settle, DoesNotDependOnTheOrderOfFunctions) {
  std::mt19937 random(1);
  for (unsigned round = 0; round < 50; ++round) {
    constexpr uint32_t kCount = 40;
    Graph graph(kCount), moved(kCount);
    std::vector<uint32_t> place(kCount);
    for (uint32_t i = 0; i < kCount; ++i)
      place[i] = i;
    std::shuffle(place.begin(), place.end(), random);
    for (unsigned edge = 0; edge < 55; ++edge) {
      uint32_t from = random() % kCount, to = random() % kCount;
      graph[from].push_back(to);
      moved[place[from]].push_back(place[to]);
    }
    const uint32_t marked = random() % kCount;
    const std::vector<uint8_t> facts = reaching(graph, {marked}), others = reaching(moved, {place[marked]});
    for (uint32_t i = 0; i < kCount; ++i)
      EXPECT_EQ(facts[i], others[place[i]]);
    EXPECT_EQ(componentsOf(graph).size(), componentsOf(moved).size());
  }
}

} // namespace
} // namespace opex
