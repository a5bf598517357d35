// The kinds of what a call may throw.
#pragma once

#include <cstdint>

namespace opex {

/// The later ones are the worse ones.
enum class Throws : uint8_t {
  Never,
  Memory, ///< std::bad_alloc and its like: copies of strings, growing containers.
  Size,   ///< The same, where the size comes from the data, and may be any.
  Anything,
};

} // namespace opex
