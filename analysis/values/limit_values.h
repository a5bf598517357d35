// What a limit amounts to that a call or a setting is given: a time, none at all, or something not known here.
#pragma once

#include "analysis/values/constants.h"
#include "model/dependency.h"
#include "rules/rules.h"

namespace opex {

/// What a limit amounts to.
struct LimitValue {
  enum Kind : uint8_t { Finite, Infinite, Mixed, Unknown } kind = Unknown;
  std::optional<int64_t> ns; ///< Of Finite, when it is one known time.
  std::string text;          ///< Of Infinite: how it is written ("0", "nullptr", "infinite_future").
  TimePoint until{};
};

/// Evaluates `amount`, whose value is `value`, in the frame; `block` of its function is where it is used.
LimitValue limitOf(const Program &program, Constants &constants, Provenance &provenance, const Frame &frame,
                   Index<Block> block, Index<Value> value, const rules::Amount &amount);

} // namespace opex
