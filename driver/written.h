// The words of the command line that name one of several things, as they were written, and what they mean. The
// library that parses the command line only fills strings in.
#pragma once

#include "driver/options.h"

namespace opex {

/// What was written, before it is checked.
struct Written {
  std::vector<std::string> outputs, checkOptions;
  std::string missingCommand = "error", sarifProfile = "full", failOn = "warning", keepGoing;
  bool useColor = false, listChecks = false;
};

/// `what` does not take `value`: says what it accepts, and what was probably meant.
llvm::Error badValue(llvm::StringRef what, llvm::StringRef value, llvm::ArrayRef<llvm::StringRef> accepted);

/// Turns the words into `options`; an error if one of them is none that is known.
llvm::Error readWritten(const Written &written, bool isColorGiven, Options &options);

} // namespace opex
