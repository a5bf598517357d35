// What can be done with any fact by walking its `fields`: comparing, hashing, describing its shape. The
// encoding and the dump are built on the same walk. A new member of a fact needs nothing here; a new kind
// of member type needs a case in Hasher, equalFacts and the encoding, and the compiler says so.
#pragma once

#include "model/facts.h"
#include "model/names.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

#include <optional>
#include <type_traits>

namespace opex {

namespace detail {
struct AnyVisitor {
  template <class T> void operator()(const char *name, T &field) {}
};
template <class T> inline constexpr bool isIndexOf = false;
template <class T> inline constexpr bool isIndexOf<Index<T>> = true;
template <class T> inline constexpr bool isOptionalOf = false;
template <class T> inline constexpr bool isOptionalOf<std::optional<T>> = true;
} // namespace detail

/// A struct with `fields`.
template <class T>
concept Fact = requires(T &fact, detail::AnyVisitor &visitor) {
  fact.fields(visitor);
};

/// Index<…>.
template <class T>
concept FactIndex = detail::isIndexOf<T>;

/// std::optional<…>.
template <class T>
concept FactOptional = detail::isOptionalOf<T>;

/// std::vector or llvm::SmallVector of facts, indices, ids or strings.
template <class T>
concept FactList = !std::is_same_v<T, llvm::StringRef> && requires(T & list) {
  list.emplace_back();
  list.size();
};

/// Calls `visitor(name, field)` with const access to each field of `fact`, in the order of `fields`.
template <Fact T, class Visitor> void visitFields(const T &fact, Visitor &&visitor) {
  auto constant = [&]<class Field>(const char *name, const Field &field) { visitor(name, field); };
  // `fields` serves readers and writers and is therefore no const member; `constant` only reads.
  const_cast<T &>(fact).fields(constant);
}

/// Calls `visitor(name, fieldOfA, fieldOfB)` for each field.
template <Fact T, class Visitor> void visitFieldPairs(const T &a, const T &b, Visitor &&visitor) {
  llvm::SmallVector<const void *, 64> others;
  visitFields(b, [&](const char *, const auto &field) { others.push_back(&field); });
  size_t position = 0;
  visitFields(a, [&]<class Field>(const char *name, const Field &field) {
    visitor(name, field, *static_cast<const Field *>(others[position++]));
  });
}

/// Whether two facts, or parts of facts, say the same. Strings are compared by content, indices by number.
template <class T> bool equalFacts(const T &a, const T &b) {
  if constexpr (Fact<T>) {
    bool equal = true;
    visitFieldPairs(a, b, [&](const char *, const auto &left, const auto &right) {
      equal = equal && equalFacts(left, right);
    });
    return equal;
  } else if constexpr (FactList<T>) {
    if (a.size() != b.size())
      return false;
    for (size_t i = 0; i < a.size(); ++i)
      if (!equalFacts(a[i], b[i]))
        return false;
    return true;
  } else {
    return a == b;
  }
}

/// Hashes facts by content. With `facts`, indices into the tables of the TU (types, files, expansions)
/// count by what they name and not by their number, so that equal code hashes equally in every TU.
class FactHasher {
public:
  explicit FactHasher(const TuFacts *facts = nullptr) : facts_(facts) {}

  template <class T> void add(const T &value) {
    if constexpr (Fact<T>)
      visitFields(value, [&](const char *, const auto &field) { add(field); });
    else if constexpr (std::is_same_v<T, llvm::StringRef>)
      addText(value);
    else if constexpr (std::is_same_v<T, EntityId>)
      addNumber(value.hash);
    else if constexpr (FactIndex<T>)
      addIndex(value);
    else if constexpr (FactOptional<T>) {
      addNumber(value.has_value());
      if (value)
        add(*value);
    } else if constexpr (FactList<T>) {
      addNumber(value.size());
      for (const auto &element : value)
        add(element);
    } else {
      static_assert(std::is_enum_v<T> || std::is_integral_v<T>, "no hash for this kind of field");
      addNumber(static_cast<uint64_t>(value));
    }
  }

  uint64_t result() const { return llvm::xxh3_64bits(llvm::ArrayRef(bytes_)); }

private:
  void addNumber(uint64_t number) {
    uint8_t raw[sizeof number];
    llvm::support::endian::write64le(raw, number);
    bytes_.append(std::begin(raw), std::end(raw));
  }
  void addText(llvm::StringRef text) {
    addNumber(text.size());
    bytes_.append(text.bytes_begin(), text.bytes_end());
  }
  template <class T> void addIndex(Index<T> index) { addNumber(index.value); }
  void addIndex(Index<Type> index) {
    if (!facts_ || index.value >= facts_->types.size())
      return addNumber(index.value);
    const Type &type = (*facts_)[index];
    add(type.kind);
    add(type.spelled);
    add(type.canonical);
    add(type.record);
  }
  void addIndex(Index<File> index) {
    if (!facts_ || index.value >= facts_->files.size())
      return addNumber(index.value);
    add((*facts_)[index].path);
  }
  void addIndex(Index<Expansion> index) {
    if (!facts_ || index.value >= facts_->expansions.size())
      return addNumber(index.value);
    add((*facts_)[index]);
  }

  const TuFacts *facts_;
  llvm::SmallVector<uint8_t, 1024> bytes_;
};

/// Hash of a fact as it stands: indices count by their number.
template <Fact T> uint64_t hashFields(const T &fact) {
  FactHasher hasher;
  hasher.add(fact);
  return hasher.result();
}

/// Hash of a fact of `facts` that does not depend on the order of its tables: what Function::contentHash
/// needs to recognise a header's function in several TUs (with `contentHash` itself still zero).
template <Fact T> uint64_t hashFields(const T &fact, const TuFacts &facts) {
  FactHasher hasher(&facts);
  hasher.add(fact);
  return hasher.result();
}

} // namespace opex
