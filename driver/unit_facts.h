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
  /// Looks up all units in the store.
  UnitFacts(const Options &options, const Selection &selection, LookFor lookFor);

  /// Hands out the facts of each unit once, with its position in the selection, in no order. Progress of what is parsed goes
  /// to standard error.
  void forEach(llvm::function_ref<void(size_t, TuFacts)> use);

  /// All facts, in the order of the selection.
  std::vector<TuFacts> take();

  /// Equal in two runs only if all facts are; none while a unit is not in the store.
  std::optional<Digest> state() const;

  /// Null without a store.
  Store *store() { return store_ ? &*store_ : nullptr; }

  /// Ends the use of the store and says what there is to say of it, and of the run if more is asked for.
  void finish(llvm::StringRef remark = "");

private:
  void find(size_t position);
  std::optional<TuFacts> stored(size_t position) const;
  void parse(const std::vector<size_t> &positions, llvm::function_ref<void(size_t, TuFacts)> use);

  const Options &options_;
  const std::vector<CompileCommand> commands_;
  const ParseOptions parse_;
  std::optional<Store> store_;
  std::vector<Digest> identities_;
  std::vector<std::optional<StoredEntry>> entries_;
  size_t parsed_ = 0;
};

/// The facts of the units, and the store is done with.
std::vector<TuFacts> factsOf(const Options &options, const Selection &selection, LookFor lookFor);

/// Where the store of the user lies if none is named; empty if there is no place for it.
std::string defaultCacheFolder();

} // namespace opex
