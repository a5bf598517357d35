// How single facts read in text: names for ids, expressions for values. Used by the dump; kept apart from
// it so that messages and traces can show the same words.
#pragma once

#include "model/facts.h"

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <unordered_map>

namespace opex {

/// `text` in double quotes, on one line: control characters, quotes and backslashes are escaped.
std::string quoted(llvm::StringRef text);

/// Spells parts of one TU's facts. Keeps references: the facts must outlive it. Tolerates indices that
/// are out of range.
class FactText {
public:
  explicit FactText(const TuFacts &facts);

  /// Qualified name of `id` as the TU knows it, else its hash ("#0123456789abcdef").
  std::string name(EntityId id) const;

  /// The expression in C++ syntax, near enough to read; constants known beside the structure are added
  /// as comments: "curl_easy_setopt(handle, CURLOPT_TIMEOUT /*=13*/, 30)". Long ones are cut with "…".
  std::string expression(const Function &function, Index<Value> value) const;

  /// The call with its object and arguments, as `expression` would show it.
  std::string call(const Function &function, const Call &call) const;

  std::string type(Index<Type> type) const;

private:
  class Renderer;

  const TuFacts &facts_;
  std::unordered_map<EntityId, llvm::StringRef> names_;
};

} // namespace opex
