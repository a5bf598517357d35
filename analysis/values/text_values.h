// What is known of a text: the literals it is put together from. For connection strings and URIs.
#pragma once

#include "analysis/values/constants.h"

namespace opex {

struct TextValue {
  std::string literals;  ///< The literal pieces in order; a gap stands for what is not known.
  bool isOpaque = false; ///< Nothing of it is known.
  bool hasGaps = false;  ///< Some piece is not known.
  bool isOpen = false;   ///< One of them may be more than a value: `key=value` pairs of its own.
};

TextValue textOf(const Program &program, Provenance &provenance, Constants &constants, const Frame &frame,
                 Index<Value> value);

} // namespace opex
