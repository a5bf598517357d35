#include "model/facts_io.h"
#include "model/facts_check.h"
#include "model/facts_text.h"
#include "model/facts_visit.h"

#include <gmock/gmock.h>

using namespace opex;
using testing::HasSubstr;

namespace {

/// `handle` of line:column, in file 0.
Site at(uint32_t line, uint32_t column) {
  Site site;
  site.file = Index<File>(0);
  site.line = site.endLine = line;
  site.column = column;
  site.endColumn = column + 6;
  site.offset = line * 100 + column;
  site.length = 6;
  return site;
}

void addTables(TuFacts &facts) {
  facts.mainFile = facts.save("src/client.cpp");
  facts.command = 0x1234567890abcdef;
  facts.status = TuStatus::Partial;
  facts.notices.push_back({facts.save("src/client.cpp"), 3, 4, facts.save("no \"such\" file"), true, false});
  File source, header;
  source.path = facts.save("src/client.cpp");
  source.inProject = true;
  source.sha256 = facts.save("ab12");
  source.lines.push_back({12, facts.save("  curl_easy_setopt(h);"), 77, 2});
  source.comments.push_back({4, 1, 5, 40, true, facts.save("first\nsecond")});
  source.skipped.push_back({20, 30});
  header.path = facts.save("curl/curl.h");
  header.isSystem = true;
  facts.files = {source, header};
  Expansion expansion;
  expansion.macro = facts.save("LOG");
  expansion.arguments = {facts.save("INFO"), facts.save("")};
  expansion.nested = {facts.save("LOG_INFO")};
  expansion.definedIn = Index<File>(1);
  facts.expansions.push_back(expansion);
  Type handle, list;
  handle.kind = TypeClass::Pointer;
  handle.spelled = facts.save("CURL *");
  handle.canonical = facts.save("void *");
  handle.recordName = facts.save("CURL");
  handle.indirections = 1;
  list.kind = TypeClass::Record;
  list.spelled = facts.save("std::vector<CURL *>");
  list.record = {0x77};
  list.arguments = {Index<Type>(0)};
  list.periodNumerator = 1;
  list.periodDenominator = 1000;
  facts.types = {handle, list};
}

void addDeclarations(TuFacts &facts) {
  Declaration setopt, option, field;
  setopt.id = {0x10};
  setopt.name = facts.save("curl_easy_setopt");
  setopt.usr = facts.save("c:@F@curl_easy_setopt");
  setopt.parameters = {Index<Type>(0), Index<Type>(1)};
  setopt.parameterNames = {facts.save("handle"), facts.save("option")};
  setopt.file = Index<File>(1);
  setopt.isVariadic = true;
  option.id = {0x11};
  option.kind = EntityKind::Enumerator;
  option.name = facts.save("CURLOPT_TIMEOUT");
  option.parent = {0x12};
  option.number = 13;
  field.id = {0x13};
  field.kind = EntityKind::Field;
  field.name = facts.save("Client::curl_");
  field.type = Index<Type>(0);
  facts.declarations = {setopt, option, field};
  Record record;
  record.id = {0x20};
  record.name = facts.save("Client");
  record.bases = {{0x21}};
  record.members.push_back({{0x13}, facts.save("curl_"), Index<Type>(0), at(2, 3), false, true});
  record.inProject = true;
  record.site = at(1, 7);
  facts.records.push_back(record);
  facts.enumerations.push_back({{0x12}, facts.save("CURLoption"), {{0x11}}, Index<File>(1), false});
}

Value makeValue(ValueKind kind, std::initializer_list<size_t> operands = {}) {
  Value value;
  value.kind = kind;
  for (size_t operand : operands)
    value.operands.push_back(Index<Value>(operand));
  return value;
}

void addValues(TuFacts &facts, Function &function) {
  Value self = makeValue(ValueKind::This), field = makeValue(ValueKind::Field, {0});
  field.entity = {0x13};
  field.type = Index<Type>(0);
  field.site = at(12, 20);
  Value option = makeValue(ValueKind::Enumerator), seconds = makeValue(ValueKind::Constant);
  option.entity = {0x11};
  option.constant = 13;
  seconds.constant = -30;
  Value call = makeValue(ValueKind::Call), local = makeValue(ValueKind::Local);
  local.index = 1;
  Value sum = makeValue(ValueKind::Binary, {5, 3});
  sum.text = facts.save("+");
  function.values = {self, field, option, seconds, call, local, sum};
}

/// Attempt at every kind of step: a loop around a try with a handler, a switch and a branch.
void addBody(TuFacts &facts, Function &function) {
  const Index<Block> body(0), loopBody(1), tryBody(2), handlerBody(3), then(4), switchBody(5), plain(6);
  function.blocks.resize(7);
  auto hang = [&](Index<Block> child, BlockRole role, Index<Block> parent, StepKind kind) {
    Block &block = function.blocks[child.value];
    block.role = role;
    block.parent = parent;
    block.owner = {kind, kind == StepKind::Block ? child.value : 0};
    block.site = at(10 + child.value, 1);
  };
  hang(loopBody, BlockRole::LoopBody, body, StepKind::Loop);
  hang(tryBody, BlockRole::TryBody, loopBody, StepKind::Try);
  hang(handlerBody, BlockRole::HandlerBody, loopBody, StepKind::Try);
  hang(then, BlockRole::Then, tryBody, StepKind::Branch);
  hang(switchBody, BlockRole::SwitchBody, handlerBody, StepKind::Switch);
  hang(plain, BlockRole::Plain, switchBody, StepKind::Block);
  function.blocks[0].role = BlockRole::Body;
  function.blocks[0].steps = {{StepKind::Declare, 1}, {StepKind::Loop, 0}};
  function.blocks[1].steps = {{StepKind::Try, 0}};
  function.blocks[2].steps = {{StepKind::Call, 0}, {StepKind::Branch, 0}, {StepKind::Label, 0}};
  function.blocks[3].steps = {{StepKind::Switch, 0}};
  function.blocks[4].steps = {{StepKind::Assign, 0}, {StepKind::Exit, 0}};
  function.blocks[5].steps = {{StepKind::Block, 6}};
  Local parameter, rc;
  parameter.kind = LocalKind::Parameter;
  parameter.name = facts.save("url");
  rc.name = facts.save("rc");
  rc.init = Index<Value>(4);
  rc.block = body;
  rc.site = at(11, 8);
  function.locals = {parameter, rc};
  function.parameterCount = 1;
  Call call;
  call.site = at(12, 3);
  call.site.expansion = Index<Expansion>(0);
  call.extent = at(12, 3);
  call.extent.endLine = 13;
  call.callee = {0x10};
  call.name = facts.save("curl_easy_setopt");
  call.arguments = {Index<Value>(1), Index<Value>(2), Index<Value>(3)};
  call.defaultArguments = 1;
  call.templateArguments = {Index<Type>(1)};
  call.type = Index<Type>(0);
  call.result = ResultUse::Discarded;
  call.isNoReturn = true;
  call.block = tryBody;
  function.calls.push_back(call);
  function.branches.push_back({BranchKind::Or, at(14, 3), Index<Value>(5), then, {}, tryBody});
  function.assigns.push_back({at(15, 3), Index<Value>(5), facts.save("+="), Index<Value>(3), false, then});
  function.exits.push_back({ExitKind::Throw, at(16, 3), Index<Value>(6), facts.save("out"), then});
  function.labels.push_back({facts.save("again"), at(17, 3), tryBody});
  Loop loop;
  loop.kind = LoopKind::While;
  loop.site = at(18, 3);
  loop.condition = Index<Value>(5);
  loop.body = loopBody;
  loop.block = body;
  function.loops.push_back(loop);
  function.tries.push_back({at(19, 3), tryBody, {Index<Handler>(0)}, true, loopBody});
  function.handlers.push_back({at(20, 3), Index<Type>(1), true, false, Index<Local>(1), handlerBody, Index<Try>(0)});
  Switch choice;
  choice.site = at(21, 3);
  choice.condition = Index<Value>(5);
  choice.body = switchBody;
  choice.cases.push_back({at(22, 3), Index<Value>(2), Index<Value>(3), 1});
  choice.enumeration = {0x12};
  choice.block = handlerBody;
  function.switches.push_back(choice);
}

TuFacts sample() {
  TuFacts facts;
  addTables(facts);
  addDeclarations(facts);
  Function function, lambda;
  function.id = {0x30};
  function.kind = FunctionKind::Method;
  function.name = facts.save("Client::get");
  function.record = {0x20};
  function.site = at(10, 6);
  function.extent = at(10, 1);
  function.result = Index<Type>(0);
  function.overrides = {{0x31}};
  function.isVirtual = true;
  function.contentHash = 99;
  addValues(facts, function);
  addBody(facts, function);
  lambda.id = {0x32};
  lambda.kind = FunctionKind::Lambda;
  lambda.name = facts.save("Client::get::(lambda)");
  lambda.enclosing = {0x30};
  lambda.blocks.resize(1);
  Local capture;
  capture.kind = LocalKind::Capture;
  capture.name = facts.save("rc");
  capture.init = Index<Value>(6);
  lambda.locals.push_back(capture);
  facts.functions = {function, lambda};
  return facts;
}

std::string dumped(const TuFacts &facts) {
  std::string text;
  llvm::raw_string_ostream out(text);
  dumpFacts(facts, out);
  return text;
}

std::string errorOf(llvm::StringRef bytes) {
  llvm::Expected<TuFacts> facts = decodeFacts(bytes);
  return facts ? "" : llvm::toString(facts.takeError());
}

/// Changes the n-th scalar below a fact, in the order of the walk.
class Mutation {
public:
  explicit Mutation(size_t target) : left_(target) {}

  template <class T> void operator()(const char *name, T &field) {
    if constexpr (Fact<T>) {
      if (!done)
        where += std::string(".") + name;
      field.fields(*this);
      if (!done)
        where.resize(where.size() - std::strlen(name) - 1);
    } else if constexpr (FactList<T>) {
      for (auto &element : field)
        (*this)(name, element);
    } else if (!done && left_-- == 0) {
      change(field);
      where += std::string(".") + name;
      done = true;
    }
  }

  bool done = false;
  std::string where;

private:
  void change(bool &field) { field = !field; }
  void change(llvm::StringRef &field) { field = field == "changed" ? "other" : "changed"; }
  void change(EntityId &field) { ++field.hash; }
  template <class T> void change(Index<T> &field) { field = field.value == 0 ? Index<T>(1) : Index<T>(0); }
  void change(std::optional<int64_t> &field) { field = field.value_or(40) + 1; }
  template <class T> void change(T &field) {
    if constexpr (std::is_enum_v<T>)
      field = static_cast<T>((static_cast<size_t>(field) + 1) % enumeratorCount<T>());
    else
      ++field;
  }

  size_t left_;
};

std::string breakWith(void (*damage)(Function &)) {
  TuFacts facts = sample();
  damage(facts.functions[0]);
  return errorOf(encodeFacts(facts));
}

} // namespace

TEST(EnumWords, AreTheEnumerators) {
  EXPECT_EQ(enumWord(ValueKind::Unknown), "Unknown");
  EXPECT_EQ(enumWord(ValueKind::SizeOf), "SizeOf");
  EXPECT_EQ(enumWord(LoopKind::RangeFor), "RangeFor");
  EXPECT_EQ(enumWord(FunctionKind::GlobalInitializer), "GlobalInitializer");
  EXPECT_EQ(enumWord(static_cast<LoopKind>(200)), "?");
}

TEST(EnumWords, AreComplete) {
  static_assert(enumeratorCount<ValueKind>() == static_cast<size_t>(ValueKind::SizeOf) + 1);
  static_assert(enumeratorCount<CallKind>() == static_cast<size_t>(CallKind::Dependent) + 1);
  static_assert(enumeratorCount<ResultUse>() == static_cast<size_t>(ResultUse::VoidCast) + 1);
  static_assert(enumeratorCount<LocalKind>() == static_cast<size_t>(LocalKind::Capture) + 1);
  static_assert(enumeratorCount<BranchKind>() == static_cast<size_t>(BranchKind::Or) + 1);
  static_assert(enumeratorCount<LoopKind>() == static_cast<size_t>(LoopKind::RangeFor) + 1);
  static_assert(enumeratorCount<ExitKind>() == static_cast<size_t>(ExitKind::CoYield) + 1);
  static_assert(enumeratorCount<StepKind>() == static_cast<size_t>(StepKind::Block) + 1);
  static_assert(enumeratorCount<BlockRole>() == static_cast<size_t>(BlockRole::HandlerBody) + 1);
  static_assert(enumeratorCount<FunctionKind>() == static_cast<size_t>(FunctionKind::GlobalInitializer) + 1);
  static_assert(enumeratorCount<TypeClass>() == static_cast<size_t>(TypeClass::Dependent) + 1);
  static_assert(enumeratorCount<EntityKind>() == static_cast<size_t>(EntityKind::Enumeration) + 1);
  static_assert(enumeratorCount<TuStatus>() == static_cast<size_t>(TuStatus::Failed) + 1);
}

TEST(FactsIo, RoundTrip) {
  const TuFacts facts = sample();
  const std::string bytes = encodeFacts(facts);
  llvm::Expected<TuFacts> read = decodeFacts(bytes);
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  EXPECT_TRUE(equalFacts(facts, *read));
  EXPECT_EQ(encodeFacts(*read), bytes);
  EXPECT_EQ(dumped(*read), dumped(facts));
  EXPECT_EQ(hashFields(*read), hashFields(facts));
}

TEST(FactsIo, EmptyFacts) {
  const TuFacts facts;
  llvm::Expected<TuFacts> read = decodeFacts(encodeFacts(facts));
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  EXPECT_TRUE(equalFacts(facts, *read));
}

TEST(FactsIo, DecodedFactsOwnTheirStrings) {
  std::string bytes = encodeFacts(sample());
  llvm::Expected<TuFacts> read = decodeFacts(bytes);
  ASSERT_TRUE(static_cast<bool>(read));
  std::fill(bytes.begin(), bytes.end(), 'x');
  TuFacts moved = std::move(*read);
  EXPECT_TRUE(equalFacts(moved, sample()));
}

TEST(FactsIo, SameFactsSameBytes) { EXPECT_EQ(encodeFacts(sample()), encodeFacts(sample())); }

TEST(FactsIo, EveryFieldCounts) {
  const TuFacts original = sample();
  const std::string bytes = encodeFacts(original), text = dumped(original);
  size_t accepted = 0, target = 0;
  for (;; ++target) {
    TuFacts facts = sample();
    Mutation mutation(target);
    facts.fields(mutation);
    if (!mutation.done)
      break;
    EXPECT_FALSE(equalFacts(facts, original)) << mutation.where;
    EXPECT_NE(hashFields(facts), hashFields(original)) << mutation.where;
    const std::string changed = encodeFacts(facts);
    EXPECT_NE(changed, bytes) << mutation.where;
    llvm::Expected<TuFacts> read = decodeFacts(changed);
    if (!read) { // A reference that no longer fits.
      llvm::consumeError(read.takeError());
      continue;
    }
    ++accepted;
    EXPECT_TRUE(equalFacts(facts, *read)) << mutation.where;
    EXPECT_TRUE(dumped(facts) != text) << mutation.where << " is not in the dump";
  }
  EXPECT_GT(target, 600u);
  EXPECT_GT(accepted, target * 3 / 4);
}

TEST(FactsIo, EveryFlippedBitIsAnError) {
  const std::string bytes = encodeFacts(sample());
  for (size_t i = 0; i < bytes.size(); ++i)
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      EXPECT_NE(errorOf(damaged), "") << "byte " << i << " bit " << bit;
    }
}

TEST(FactsIo, EveryTruncationIsAnError) {
  const std::string bytes = encodeFacts(sample());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(errorOf(llvm::StringRef(bytes).take_front(size)), "");
  EXPECT_NE(errorOf(bytes + '\0'), "");
}

namespace {

/// Damage by somebody who knows the format: the checksum fits.
std::string sealed(std::string bytes) {
  const uint64_t sum = llvm::xxh3_64bits(llvm::StringRef(bytes).drop_front(24));
  llvm::support::endian::write64le(bytes.data() + 16, sum);
  return bytes;
}

} // namespace

TEST(FactsIo, SealedDamageIsAnErrorOrSoundFacts) {
  const std::string bytes = encodeFacts(sample());
  size_t refused = 0;
  for (size_t i = 24; i < bytes.size(); ++i)
    for (const unsigned char byte : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(byte);
      llvm::Expected<TuFacts> read = decodeFacts(sealed(damaged));
      if (!read) {
        llvm::consumeError(read.takeError());
        ++refused;
      } else {
        EXPECT_FALSE(dumped(*read).empty());
      }
    }
  EXPECT_GT(refused, bytes.size());
  for (size_t size = 24; size < bytes.size(); ++size)
    EXPECT_NE(errorOf(sealed(bytes.substr(0, size))), "");
}

TEST(FactsIo, HugeCountsTakeNoMemory) {
  std::string bytes = encodeFacts(TuFacts()).substr(0, 24);
  for (const char *count : {"\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "\xff\xff\xff\xff\x0f", "\x80\x80\x80\x01"})
    EXPECT_THAT(errorOf(sealed(bytes + count)), HasSubstr("damaged facts"));
  // No strings, no ids, the TU with functions only: as many empty ones as there are bytes.
  const size_t many = 1 << 24;
  std::string flood = bytes;
  flood += std::string("\0\0", 2) + "\x80\x08" + "\x80\x80\x80\x08" + std::string(many, '\0');
  EXPECT_THAT(errorOf(sealed(flood)), HasSubstr("damaged facts"));
}

TEST(FactsIo, OtherFormats) {
  EXPECT_EQ(errorOf(""), "not a facts file");
  EXPECT_EQ(errorOf("{\"json\": \"and no facts at all\"}"), "not a facts file");
  std::string bytes = encodeFacts(sample());
  bytes[8] = static_cast<char>(bytes[8] + 1);
  EXPECT_EQ(errorOf(bytes), "facts of another version of opex-tidy");
}

TEST(FactsCheck, NamesTheFunctionAndTheRule) {
  EXPECT_EQ(breakWith([](Function &f) { f.calls[0].arguments[0] = Index<Value>(70); }),
            "damaged facts: function 'Client::get': arguments is out of range");
  EXPECT_THAT(breakWith([](Function &f) { f.calls[0].block = {}; }), HasSubstr("stands in no block"));
  EXPECT_THAT(breakWith([](Function &f) { f.values[1].operands[0] = Index<Value>(1); }),
              HasSubstr("operand does not come before"));
  EXPECT_THAT(breakWith([](Function &f) { f.values[5].index = 2; }), HasSubstr("names no local"));
  EXPECT_THAT(breakWith([](Function &f) { f.blocks.clear(); }), HasSubstr("out of range"));
  EXPECT_THAT(breakWith([](Function &f) { f.blocks[1].steps.push_back({StepKind::Loop, 0}); }),
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

namespace {

/// Follows files and types that changed places.
struct Renumber {
  void operator()(const char *, Index<File> &index) { flip(index); }
  void operator()(const char *, Index<Type> &index) { flip(index); }
  template <class T> void operator()(const char *name, T &field) {
    if constexpr (Fact<T>)
      field.fields(*this);
    else if constexpr (FactList<T>)
      for (auto &element : field)
        (*this)(name, element);
  }
  template <class T> void flip(Index<T> &index) {
    if (index)
      index.value = 1 - index.value;
  }
};

} // namespace

TEST(FactHash, IgnoresTheOrderOfTables) {
  TuFacts facts = sample(), other = sample();
  std::swap(other.files[0], other.files[1]);
  std::swap(other.types[0], other.types[1]);
  Renumber renumber;
  other.fields(renumber);
  EXPECT_EQ(hashFields(facts.functions[0], facts), hashFields(other.functions[0], other));
  EXPECT_NE(hashFields(facts.functions[0]), hashFields(other.functions[0]));
  other.types[1].spelled = "void *";
  EXPECT_NE(hashFields(facts.functions[0], facts), hashFields(other.functions[0], other));
}

TEST(FactsDump, ReadsAsCode) {
  const std::string text = dumped(sample());
  for (const char *line : {
           "tu src/client.cpp status=Partial command=#1234567890abcdef\n",
           "3:4 notice src/client.cpp: no \"such\" file isError\n",
           "4:1 comment endLine=5 offset=40 isAlone text=\"first\\nsecond\"\n",
           "2:3 field curl_ id=#0000000000000013 type='CURL *' [2:3-2:9 @203+6 in src/client.cpp] hasInitializer\n",
           "10:6 function Client::get kind=Method",
           "  param url kind=Parameter\n",
           "11:8 declare rc = curl_easy_setopt(this->curl_, CURLOPT_TIMEOUT /*=13*/, -30)",
           "12:3 call curl_easy_setopt(this->curl_, CURLOPT_TIMEOUT /*=13*/, -30) ",
           " result=Discarded isNoReturn",
           " via LOG] ",
           "14:3 branch Or (rc) ",
           "15:3 assign rc += -30 ",
           "16:3 exit Throw (rc + -30) ",
           "18:3 loop While (rc) ",
           "20:3 catch (std::vector<CURL *>) ",
           "22:3 case CURLOPT_TIMEOUT /*=13*/ ... -30 position=1 ",
           "capture rc = %6 of the enclosing function kind=Capture\n",
       })
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(FactsDump, EscapesControlCharacters) {
  EXPECT_EQ(quoted("a\"b\\c\n\t\x1b[0m é"), "\"a\\\"b\\\\c\\n\\t\\x1b[0m é\"");
}
