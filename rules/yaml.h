// A YAML document as a plain tree, so that only the parser (load.cpp) has to do with exceptions. Reading
// the tree into typed rows is rules/reader.h; nothing here knows what a pack is.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace opex::rules {

struct YamlNode {
  enum Kind : uint8_t { Null, Scalar, Sequence, Map } kind = Null;
  std::string text;            ///< Of a scalar.
  std::vector<YamlNode> items; ///< Of a sequence; of a map: key, value, key, value, …
  unsigned line = 1, column = 1;
};

/// The one document of `yaml`. Refused, with `name:line:column`: malformed YAML, more than one document,
/// anchors and aliases, tags, nesting deeper than 16, keys that are no scalars, a key given twice, more than
/// 1 MiB, NUL bytes, text that is not UTF-8. An empty document is a Null.
llvm::Expected<YamlNode> parseYaml(llvm::StringRef yaml, llvm::StringRef name);

} // namespace opex::rules
