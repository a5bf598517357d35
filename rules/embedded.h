// The rule files that are part of the program, so that it runs without any data beside it. ci/embed.cmake
// makes the definition from rules/packs/*.yaml and rules/practices.yaml.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace opex::rules {

struct EmbeddedFile {
  llvm::StringRef name; ///< Path from the repository's root: "rules/packs/curl.yaml".
  llvm::StringRef text;
};

/// All of them, by name.
llvm::ArrayRef<EmbeddedFile> embeddedFiles();

} // namespace opex::rules
