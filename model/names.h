// The words for enumerators: what facts print and what the schema of their encoding is made of. The words
// are the enumerators' own names, taken from the compiler, so that a new enumerator needs nothing here.
// For enumerations that count up from zero; a gap ends the list.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstddef>
#include <type_traits>

namespace opex {

/// Name of the enumerator `value`, without its scope; empty if the enumeration has no such enumerator.
template <auto value> constexpr llvm::StringRef enumeratorName() {
  // "… [value = opex::CallKind::Method]" for an enumerator, "… (opex::CallKind)9]" for any other number.
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr size_t end = text.rfind(']');
  constexpr size_t begin = text.find_last_of(":) ", end) + 1;
  if (end == std::string_view::npos || (text[begin] >= '0' && text[begin] <= '9'))
    return {};
  return llvm::StringRef(text.data() + begin, end - begin);
}

/// Number of enumerators of E.
template <class E, size_t from = 0> constexpr size_t enumeratorCount() {
  static_assert(std::is_enum_v<E>);
  if constexpr (enumeratorName<static_cast<E>(from)>().size() == 0)
    return from;
  else
    return enumeratorCount<E, from + 1>();
}

namespace detail {
template <class E, size_t... values> constexpr auto enumeratorNames(std::index_sequence<values...>) {
  return std::array<llvm::StringRef, sizeof...(values)>{enumeratorName<static_cast<E>(values)>()...};
}
} // namespace detail

/// All words of E, in order.
template <class E>
inline constexpr auto
    kEnumeratorNames = detail::enumeratorNames<E>(std::make_index_sequence<enumeratorCount<E>()>());

/// The word for `value`; "?" for a number that is no enumerator.
template <class E>
requires std::is_enum_v<E>
constexpr llvm::StringRef enumWord(E value) {
  const size_t position = static_cast<size_t>(value);
  return position < kEnumeratorNames<E>.size() ? kEnumeratorNames<E>[position] : llvm::StringRef("?");
}

} // namespace opex
