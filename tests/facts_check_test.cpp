#include "model/facts_check.h"
#include "model/facts_io.h"
#include "tests/facts_sample.h"

#include <gmock/gmock.h>

using namespace opex;
using opex::test::sample;
using testing::HasSubstr;

namespace {

std::string errorOf(llvm::StringRef bytes) {
  llvm::Expected<TuFacts> facts = decodeFacts(bytes);
  return facts ? "" : llvm::toString(facts.takeError());
}

std::string breakWith(void (*damage)(Function &)) {
  TuFacts facts = sample();
  damage(facts.functions[0]);
  return errorOf(encodeFacts(facts));
}

} // namespace

TEST(FactsCheck, NamesTheFunctionAndTheRule) {
  EXPECT_EQ(breakWith([](Function &f) { f.calls[0].arguments[0] = Index<Value>(70); }),
            "damaged facts: function 'Client::get': arguments is out of range");
  EXPECT_THAT(breakWith([](Function &f) { f.calls[0].block = {}; }), HasSubstr("stands in no block"));
  EXPECT_THAT(breakWith([](Function &f) { f.values[1].operands[0] = Index<Value>(1); }),
              HasSubstr("operand does not come before"));
  EXPECT_THAT(breakWith([](Function &f) { f.values[5].index = 2; }), HasSubstr("names no local"));
  EXPECT_THAT(breakWith([](Function &f) { f.blocks.clear(); }), HasSubstr("out of range"));
  EXPECT_THAT(breakWith([](Function &f) {
                f.blocks[1].steps.push_back({StepKind::Loop, 0});
              }),
              HasSubstr("a step"));
  EXPECT_THAT(breakWith([](Function &f) { f.blocks[2].parent = Index<Block>(4); }),
              HasSubstr("another parent"));
  EXPECT_THAT(breakWith([](Function &f) { f.blocks[0].steps.pop_back(); }), HasSubstr("nowhere"));
  EXPECT_THAT(breakWith([](Function &f) { f.switches[0].cases[0].position = 9; }), HasSubstr("case"));
  EXPECT_THAT(breakWith([](Function &f) { f.kind = static_cast<FunctionKind>(90); }), HasSubstr("damaged"));
}

TEST(FactsCheck, BlocksInACircle) {
  TuFacts facts = sample();
  Function &function = facts.functions[0];
  // Two blocks that hold each other beside the tree.
  for (uint32_t i : {7u, 8u}) {
    Block block;
    const uint32_t other = 15 - i;
    block.parent = Index<Block>(other);
    block.owner = {StepKind::Block, i};
    block.steps = {{StepKind::Block, other}};
    function.blocks.push_back(block);
  }
  EXPECT_THAT(errorOf(encodeFacts(facts)), HasSubstr("cycle"));
}

TEST(FactsCheck, TablesOfTheTu) {
  TuFacts cyclic = sample();
  cyclic.types[0].arguments = {Index<Type>(1)};
  EXPECT_THAT(errorOf(encodeFacts(cyclic)), HasSubstr("its own argument"));
  TuFacts unsorted = sample();
  std::swap(unsorted.declarations[0], unsorted.declarations[1]);
  EXPECT_THAT(errorOf(encodeFacts(unsorted)), HasSubstr("sorted"));
  TuFacts capture = sample();
  capture.functions[1].locals[0].init = Index<Value>(7);
  EXPECT_THAT(errorOf(encodeFacts(capture)), HasSubstr("capture"));
}
