// Whether what a row asks of an argument holds at one call: it does, it does not, or only the run tells.
#pragma once

#include "analysis/body/order.h"
#include "analysis/values/constants.h"
#include "rules/rules.h"

namespace opex {

enum class Truth : uint8_t { No, Maybe, Yes };

/// What holds, and the call whose result hides it where that is all that does: `fcntl(fd, F_GETFL)` of flags
/// that are written back as they were read.
struct ConditionTruth {
  Truth truth = Truth::No;
  std::optional<CallRef> readBy = {};
};

class ArgumentConditions {
public:
  ArgumentConditions(const Program &program, Provenance &provenance, Constants &constants)
      : program_(program), provenance_(provenance), constants_(constants) {}

  /// The argument is evaluated along the path of the frame, whose function makes the call.
  ConditionTruth of(const Frame &frame, const Call &call, const rules::ArgumentIs &condition);
  /// The same of a value that is used at the moment.
  ConditionTruth of(const Frame &frame, Index<Value> value, Moment use, const rules::ArgumentIs &condition);

private:
  Truth ofText(const Frame &frame, Index<Value> value, const rules::ArgumentIs &condition);
  Truth ofValue(const Frame &frame, Index<Value> value, const rules::ArgumentIs &condition);

  const Program &program_;
  Provenance &provenance_;
  Constants &constants_;
};

} // namespace opex
