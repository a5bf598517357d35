// The words that names of dependency calls are made of, for `rules suggest`. Read from rules/words.yaml.
#pragma once

#include "rules/values.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace opex::rules {

/// What a call with one of these words is.
struct WordGroup {
  std::string section; ///< Of a pack: `calls`, `loggers`, `queues` or `retries`.
  std::string kind;    ///< Of `calls`, as packs write it.
  std::vector<std::string> words; ///< None: whatever fits nowhere else.
};

struct Words {
  std::vector<std::string> verbs, verbsOfClients, clients, limits, harmless;
  std::vector<WordGroup> groups; ///< The first that fits counts.
};

/// `name` is the file's, for messages.
llvm::Expected<Words> parseWords(llvm::StringRef yaml, llvm::StringRef name);

/// The words that come with the program.
llvm::Expected<Words> loadWords();

/// The parts of snake_case and camelCase in lower case: "getHTTPReply_v2" is get, http, reply, v2.
std::vector<std::string> wordsOf(llvm::StringRef name);

} // namespace opex::rules
