#include "frontend/content_hash.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/xxhash.h"

#include <optional>
#include <type_traits>

namespace opex {
namespace {

class Hasher {
public:
  Hasher(const Function &function, const TuFacts &facts) : function_(function), facts_(facts) {}

  template <class T> void operator()(const char *name, const T &field) {
    if (static_cast<const void *>(&field) != &function_.contentHash)
      add(field);
  }

  uint64_t result() const { return llvm::xxh3_64bits(bytes_); }

private:
  void number(uint64_t value) {
    auto *begin = reinterpret_cast<const uint8_t *>(&value);
    bytes_.append(begin, begin + sizeof value);
  }

  void add(llvm::StringRef text) {
    number(text.size());
    bytes_.append(text.bytes_begin(), text.bytes_end());
  }
  void add(EntityId id) { number(id.hash); }
  void add(Index<Type> type) { add(type ? facts_[type].spelled : ""); }
  void add(Index<Expansion> expansion) { add(expansion ? facts_[expansion].macro : ""); }
  void add(Index<File> file) { add(file ? facts_[file].path : ""); }
  void add(const Site &site) {
    const Site &whole = function_.extent;
    if (site.file != whole.file || site.line < whole.line || site.line > whole.endLine)
      return number(0);
    number(site.line - whole.line + 1);
    number(site.column);
    number(site.length);
    add(site.expansion);
  }
  void add(const std::optional<int64_t> &value) {
    number(value.has_value());
    number(static_cast<uint64_t>(value.value_or(0)));
  }
  template <class T> void add(Index<T> index) { number(index.value); }

  template <class T> void add(const T &value) {
    if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      number(static_cast<uint64_t>(value));
    } else if constexpr (requires { value.begin(); }) {
      number(value.size());
      for (const auto &element : value)
        add(element);
    } else {
      // `fields` serves readers and writers alike and is therefore not const.
      const_cast<T &>(value).fields(*this);
    }
  }

  const Function &function_;
  const TuFacts &facts_;
  llvm::SmallVector<uint8_t, 4096> bytes_;
};

} // namespace

uint64_t contentHash(const Function &function, const TuFacts &facts) {
  Hasher hasher(function, facts);
  const_cast<Function &>(function).fields(hasher);
  return hasher.result();
}

} // namespace opex
