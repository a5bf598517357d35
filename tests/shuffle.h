// Other orders of the same program: functions moved to other lines of their file, files and units under names
// that sort otherwise. Nothing of what a finding rests on changes, so its findings must not change either.
//
// The linker sorts units by name and functions by place (see Program::functions), so facts in another order
// alone would prove nothing. Here the places themselves move: a file is cut behind each of its outermost
// functions, the pieces change places, and every site, comment and line of them moves along. Findings are
// compared with their places mapped back.
#pragma once

#include "model/facts.h"
#include "model/finding.h"
#include "rules/rules.h"

#include <map>
#include <string>
#include <vector>

namespace opex::test {

/// How one file is cut and put together again.
class Layout {
public:
  /// Lines that move as one, by the same number of lines and bytes.
  struct Piece {
    uint32_t firstLine = 0, lastLine = 0;
    uint32_t begin = 0, end = 0; ///< In bytes: where the sites that begin on these lines can be.
    int64_t byLines = 0, byBytes = 0;
  };

  void add(Piece piece) { pieces_.push_back(piece); }

  /// Puts the pieces in the order given by their positions.
  void arrange(llvm::ArrayRef<size_t> order);

  size_t size() const { return pieces_.size(); }

  /// The piece of a line of the source; null outside of all.
  const Piece *at(uint32_t line) const;

  /// The line of the source that became `line`.
  uint32_t original(uint32_t line) const;

private:
  std::vector<Piece> pieces_; ///< In order of the source.
};

/// One order, drawn by `seed`. Applies to copies of the facts it was made from.
class Shuffle {
public:
  Shuffle(llvm::ArrayRef<TuFacts> units, uint64_t seed);

  /// Moves everything to its new place.
  void apply(std::vector<TuFacts> &units) const;

  /// Findings with the places and the order they have in the source.
  std::vector<Finding> restore(std::vector<Finding> findings) const;

private:
  void restore(Location &where) const;

  std::map<std::string, Layout> layouts_;      ///< By path.
  std::map<std::string, std::string> renamed_; ///< Project files: path → path.
};

/// All that a finding says, to compare it.
std::string describe(const Finding &finding);

/// Findings that only one of two runs has: "- …" of the first, "+ …" of the second; empty if there are none.
std::string difference(const std::vector<Finding> &first, const std::vector<Finding> &second);

/// The findings of all checks, the lowest confidence included.
std::vector<Finding> findingsOf(std::vector<TuFacts> units, const rules::RuleSet &rules);

/// What `orders` other orders of encoded facts change, each under its seed (1, 2, …); empty if nothing.
std::string differencesInOtherOrders(llvm::ArrayRef<std::string> encoded, const rules::RuleSet &rules,
                                     unsigned orders);

} // namespace opex::test
