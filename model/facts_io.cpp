#include "model/facts_io.h"

#include "model/error.h"
#include "model/facts_check.h"
#include "model/facts_visit.h"

#include "llvm/ADT/StringMap.h"

#include <unordered_map>

namespace opex {
namespace {

// Layout: kMagic, schema (8 bytes), checksum of what follows (8 bytes), then the payload: strings,
// ids, and the TU as nested structs. Numbers in the payload are varints, hashes 8 bytes; all little
// endian. A struct starts with a bit set of the fields that differ from a default-constructed one, and
// only those follow.
constexpr llvm::StringRef kMagic = "opxfact1";
constexpr size_t kHeaderSize = 8 + 8 + 8;

/// Changes whenever a fact gains, loses or renames a field or an enumerator.
class Schema {
public:
  template <class T> void describe() {
    if constexpr (Fact<T>) {
      text_ += '{';
      const T sample{};
      visitFields(sample, [&]<class Field>(const char *name, const Field &) {
        text_ += name;
        describe<Field>();
      });
      text_ += '}';
    } else if constexpr (FactIndex<T> || std::is_same_v<T, EntityId> || std::is_same_v<T, llvm::StringRef>) {
      text_ += std::is_same_v<T, EntityId> ? '#' : FactIndex<T> ? '^' : '"';
    } else if constexpr (FactOptional<T>) {
      text_ += '?';
      describe<typename T::value_type>();
    } else if constexpr (FactList<T>) {
      text_ += '*';
      describe<typename T::value_type>();
    } else if constexpr (std::is_enum_v<T>) {
      for (llvm::StringRef word : kEnumeratorNames<T>)
        (text_ += '|') += word;
    } else {
      static_assert(std::is_integral_v<T>, "no encoding for this kind of field");
      text_ += std::is_signed_v<T> ? '-' : '+';
      text_ += static_cast<char>('0' + sizeof(T));
    }
  }

  uint64_t hash() const { return llvm::xxh3_64bits(text_); }

private:
  std::string text_;
};

uint64_t schemaHash() {
  static const uint64_t hash = [] {
    Schema schema;
    schema.describe<TuFacts>();
    return schema.hash();
  }();
  return hash;
}

void appendHash(std::string &out, uint64_t hash) {
  char raw[sizeof hash];
  llvm::support::endian::write64le(raw, hash);
  out.append(raw, sizeof raw);
}

void appendVarint(std::string &out, uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    out += static_cast<char>(number | 0x80);
  out += static_cast<char>(number);
}

class Writer {
public:
  template <class T> void write(const T &value) {
    if constexpr (Fact<T>)
      writeFact(value);
    else if constexpr (std::is_same_v<T, llvm::StringRef>)
      appendVarint(body_, stringNumber(value));
    else if constexpr (std::is_same_v<T, EntityId>)
      appendVarint(body_, idNumber(value));
    else if constexpr (FactIndex<T>)
      appendVarint(body_, static_cast<uint32_t>(value.value + 1)); // None wraps to 0.
    else if constexpr (FactOptional<T>) {
      appendVarint(body_, value.has_value());
      if (value)
        write(*value);
    } else if constexpr (FactList<T>) {
      appendVarint(body_, value.size());
      for (const auto &element : value)
        write(element);
    } else if constexpr (std::is_same_v<T, uint64_t>)
      appendHash(body_, value);
    else if constexpr (std::is_signed_v<T>)
      appendVarint(body_, (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
    else
      appendVarint(body_, static_cast<uint64_t>(value));
  }

  std::string finish() const {
    std::string payload;
    appendVarint(payload, strings_.size());
    for (llvm::StringRef text : strings_)
      appendVarint(payload, text.size());
    for (llvm::StringRef text : strings_)
      payload += text;
    appendVarint(payload, ids_.size());
    for (EntityId id : ids_)
      appendHash(payload, id.hash);
    payload += body_;
    std::string bytes = kMagic.str();
    appendHash(bytes, schemaHash());
    appendHash(bytes, llvm::xxh3_64bits(payload));
    return bytes + payload;
  }

private:
  template <Fact T> void writeFact(const T &fact) {
    static const T kDefault{};
    uint64_t present = 0, bit = 1;
    visitFieldPairs(fact, kDefault, [&](const char *, const auto &field, const auto &standard) {
      if (!equalFacts(field, standard))
        present |= bit;
      bit <<= 1;
    });
    appendVarint(body_, present);
    visitFields(fact, [&](const char *, const auto &field) {
      if (present & 1)
        write(field);
      present >>= 1;
    });
  }

  uint64_t stringNumber(llvm::StringRef text) {
    auto [at, isNew] = stringNumbers_.try_emplace(text, strings_.size());
    if (isNew)
      strings_.push_back(at->getKey());
    return at->getValue();
  }

  uint64_t idNumber(EntityId id) {
    auto [at, isNew] = idNumbers_.try_emplace(id, ids_.size());
    if (isNew)
      ids_.push_back(id);
    return at->second;
  }

  std::string body_;
  std::vector<llvm::StringRef> strings_; ///< In order of first use.
  llvm::StringMap<uint64_t> stringNumbers_;
  std::vector<EntityId> ids_; ///< In order of first use.
  std::unordered_map<EntityId, uint64_t> idNumbers_;
};

/// Reads what Writer wrote. After the first problem every read gives zero and `ok` is false.
class Reader {
public:
  Reader(llvm::StringRef bytes, TuFacts &facts)
      : rest_(bytes), facts_(facts), budget_(kBytesPerByte * (bytes.size() + 1024)) {}

  bool read() {
    readStrings();
    readIds();
    readFact(facts_);
    return ok_ && rest_.empty();
  }

private:
  /// Memory that decoding may use for each byte read; a real TU needs a tenth of it.
  static constexpr size_t kBytesPerByte = 256;

  uint64_t fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  uint64_t varint() {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty())
        return fail();
      const uint8_t byte = static_cast<uint8_t>(rest_.front());
      rest_ = rest_.drop_front();
      if ((shift == 63 && byte > 1) || (shift != 0 && byte == 0))
        return fail();
      number |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80)
        return number;
    }
    return fail();
  }

  uint64_t hash() {
    if (rest_.size() < sizeof(uint64_t))
      return fail();
    const uint64_t number = llvm::support::endian::read64le(rest_.data());
    rest_ = rest_.drop_front(sizeof number);
    return number;
  }

  /// A count of elements of at least `least` bytes each, that will take `memory` bytes each.
  size_t count(size_t least, size_t memory) {
    const uint64_t number = varint();
    if (number > rest_.size() / least || number > budget_ / memory)
      return fail();
    budget_ -= number * memory;
    return number;
  }

  void readStrings() {
    std::vector<uint64_t> sizes(count(1, sizeof(uint64_t)));
    for (uint64_t &size : sizes)
      size = varint();
    strings_.reserve(sizes.size());
    for (uint64_t size : sizes) {
      if (!ok_ || size > rest_.size())
        return void(fail());
      strings_.push_back(facts_.save(rest_.take_front(size)));
      rest_ = rest_.drop_front(size);
    }
  }

  void readIds() {
    ids_.resize(count(sizeof(uint64_t), sizeof(EntityId)));
    for (EntityId &id : ids_)
      id.hash = hash();
  }

  template <class T> void readValue(T &value) {
    if constexpr (Fact<T>)
      readFact(value);
    else if constexpr (std::is_same_v<T, llvm::StringRef>)
      value = pick(strings_);
    else if constexpr (std::is_same_v<T, EntityId>)
      value = pick(ids_);
    else if constexpr (FactIndex<T>)
      value.value = static_cast<uint32_t>(number(UINT32_MAX) - 1);
    else if constexpr (FactOptional<T>) {
      if (number(1))
        readValue(value.emplace());
    } else if constexpr (FactList<T>) {
      const size_t size = count(1, sizeof(typename T::value_type));
      value.reserve(size);
      for (size_t i = 0; i < size && ok_; ++i)
        readValue(value.emplace_back());
    } else if constexpr (std::is_enum_v<T>)
      value = static_cast<T>(number(kEnumeratorNames<T>.size() - 1));
    else if constexpr (std::is_same_v<T, uint64_t>)
      value = hash();
    else if constexpr (std::is_signed_v<T>) {
      static_assert(sizeof(T) == sizeof(uint64_t));
      const uint64_t folded = varint();
      value = static_cast<T>((folded >> 1) ^ (~(folded & 1) + 1));
    } else
      value = static_cast<T>(number(std::numeric_limits<T>::max()));
  }

  template <Fact T> void readFact(T &fact) {
    uint64_t present = varint();
    auto visit = [&]<class Field>(const char *, Field &field) {
      if (present & 1)
        readValue(field);
      present >>= 1;
    };
    fact.fields(visit);
    if (present != 0)
      fail();
  }

  uint64_t number(uint64_t largest) {
    const uint64_t read = varint();
    return read <= largest ? read : fail();
  }

  template <class T> T pick(const std::vector<T> &table) {
    const uint64_t position = varint();
    if (position < table.size())
      return table[position];
    fail();
    return {};
  }

  llvm::StringRef rest_;
  TuFacts &facts_;
  size_t budget_;
  bool ok_ = true;
  std::vector<llvm::StringRef> strings_;
  std::vector<EntityId> ids_;
};

} // namespace

std::string encodeFacts(const TuFacts &facts) {
  Writer writer;
  writer.write(facts);
  return writer.finish();
}

llvm::Expected<TuFacts> decodeFacts(llvm::StringRef bytes) {
  if (bytes.size() < kHeaderSize || !bytes.starts_with(kMagic))
    return makeError("not a facts file");
  if (llvm::support::endian::read64le(bytes.data() + kMagic.size()) != schemaHash())
    return makeError("facts of another version of opex-tidy");
  const llvm::StringRef payload = bytes.drop_front(kHeaderSize);
  if (llvm::support::endian::read64le(bytes.data() + kMagic.size() + 8) != llvm::xxh3_64bits(payload))
    return makeError("damaged facts: the checksum does not match");
  TuFacts facts;
  if (!Reader(payload, facts).read())
    return makeError("damaged facts: not what opex-tidy writes");
  if (llvm::Error error = checkFacts(facts))
    return addContext("damaged facts", std::move(error));
  return facts;
}

} // namespace opex
