// The rule files that are part of the program, so that it runs without any data beside it. ci/embed.cmake
// makes the definition from rules/packs/*.yaml, the other *.yaml and rules/pack.schema.json.
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

/// The JSON Schema of rule packs (draft 2020-12).
llvm::StringRef packSchema();

} // namespace opex::rules
