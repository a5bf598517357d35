// What is set before a try and overwritten in it, so that a failure leaves it as it was: the default that the
// caller gave, or an out-parameter that says so. With it, an empty handler is a recovery or a report.
#pragma once

#include "model/program.h"

namespace opex {

enum class Preset : uint8_t {
  None,
  Default, ///< The function returns what its caller gave for the case that the try fails.
  Input,   ///< As Default, but the try works on the parameter, too: it may be no default.
  Status,  ///< An out-parameter says that it failed until the try says otherwise.
  Mark,    ///< The try marks its success in an out-parameter: who looks at it can tell, if they preset it.
};

Preset presetBefore(const LinkedFunction &function, Index<Try> owner);

} // namespace opex
