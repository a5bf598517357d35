#include "model/facts_io.h"
#include "model/facts_text.h"
#include "model/facts_visit.h"
#include "tests/facts_sample.h"

#include <gmock/gmock.h>

using namespace opex;
using opex::test::sample;
using testing::HasSubstr;

namespace {

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
  for (const char *count :
       {"\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "\xff\xff\xff\xff\x0f", "\x80\x80\x80\x01"})
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
           "2:3 field curl_ id=#0000000000000013 type='CURL *' [2:3-2:9 @203+6 in src/client.cpp] "
           "hasInitializer\n",
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
