// Results on their way to disk. A file is written beside its final place and then moved there, so that a
// reader sees the old bytes or the new ones and an interrupted run leaves what was there before.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace opex {

struct OutputFile {
  std::string path; ///< "-" = standard output.
  std::string content;
};

/// Says early, before any analysis, that a path cannot be written: a directory, a missing or read-only
/// folder. Leaves nothing behind.
llvm::Error checkWritable(llvm::StringRef path);

/// Writes one file. Pipes and devices are written to as they are, symbolic links are followed.
llvm::Error writeOutputFile(const OutputFile &file);

/// Writes all; one that fails does not keep the others from being written. The errors come joined.
llvm::Error writeOutputFiles(llvm::ArrayRef<OutputFile> files);

} // namespace opex
