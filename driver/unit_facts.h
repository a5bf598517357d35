// From selected translation units to their facts: out of the store what it has, by parsing the rest. The one place where
// the program asks for a parse of a project.
#pragma once

#include "driver/selection.h"
#include "frontend/parse.h"
#include "store/store.h"

namespace opex {

/// The units of one run. With and without a store it gives the same facts; trouble with the store is a notice on
/// standard error.
class UnitFacts {
public:
  /// Looks up all units, and parses those that are not in the store, with progress on standard error.
  UnitFacts(const Options &options, const Selection &selection, LookFor lookFor);

  /// The facts, in the order of the selection. To be called once.
  std::vector<TuFacts> take();

  /// Equal in two runs only if all facts are; none if a unit is not in the store.
  std::optional<Digest> state() const;

  /// Null without a store.
  Store *store() { return store_ ? &*store_ : nullptr; }

  /// Ends the use of the store and says what there is to say of it, and of the run if more is asked for.
  void finish(llvm::StringRef remark = "");

private:
  bool find(size_t position);
  void parse(const std::vector<size_t> &positions);

  const Options &options_;
  const std::vector<CompileCommand> commands_;
  const ParseOptions parse_;
  std::optional<Store> store_;
  std::vector<TuFacts> facts_; ///< Of what was parsed.
  std::vector<Digest> identities_;
  std::vector<std::optional<StoredEntry>> entries_;
  std::vector<bool> areParsed_;
};

/// The facts of the units, and the store is done with.
std::vector<TuFacts> factsOf(const Options &options, const Selection &selection, LookFor lookFor);

/// Where the store of the user lies if none is named; empty if there is no place for it.
std::string defaultCacheFolder();

} // namespace opex
