// Identities and positions: how facts name declarations, refer to each other, and say where in the
// source something stands. Everything here is a plain value without pointers, so that facts can be
// written on one machine and linked on another.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <compare>
#include <cstdint>
#include <functional>

namespace opex {

/// Stable identity of a declaration in every TU that sees it: the xxh3-64 hash of its USR.
/// Zero means "no declaration".
struct EntityId {
  uint64_t hash = 0;

  explicit operator bool() const { return hash != 0; }
  auto operator<=>(const EntityId &) const = default;
};

/// Position of a T in the table that holds the Ts: of its function (Value, Call, Block, …) or of its
/// TU (Type, File, Expansion). `none` by default.
template <class T> struct Index {
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t value = kNone;

  Index() = default;
  explicit Index(size_t position) : value(static_cast<uint32_t>(position)) {}

  explicit operator bool() const { return value != kNone; }
  auto operator<=>(const Index &) const = default;
};

struct File;
struct Expansion;

/// A range of source text as its author wrote it. For code that comes out of a macro this is the place
/// of the outermost expansion, and `expansion` names it.
struct Site {
  Index<File> file;
  uint32_t line = 0, column = 0;       ///< First character; 1-based, columns in bytes. 0 = no place.
  uint32_t endLine = 0, endColumn = 0; ///< One past the last character.
  uint32_t offset = 0, length = 0;     ///< In bytes from the start of the file.
  Index<Expansion> expansion;

  bool valid() const { return line != 0; }
  auto operator<=>(const Site &) const = default;

  void fields(auto &visit) {
    visit("file", file);
    visit("line", line);
    visit("column", column);
    visit("endLine", endLine);
    visit("endColumn", endColumn);
    visit("offset", offset);
    visit("length", length);
    visit("expansion", expansion);
  }
};

} // namespace opex

template <> struct std::hash<opex::EntityId> {
  size_t operator()(opex::EntityId id) const noexcept { return id.hash; }
};
