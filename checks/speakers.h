// One cause, one finding: of several items that share a cause one speaks, and its finding names the others.
#pragma once

#include "llvm/ADT/STLExtras.h"

#include <utility>
#include <vector>

namespace opex::checks {

/// Sorts the group by `isBefore`; of equals the one that stands first stays first. The first of the group then speaks for all of
/// it, and for those whom they have spoken for. An `Item` has a `const Item *speaker`, and `others` that it speaks for.
template <class Item, class IsBefore> void letFirstSpeak(std::vector<Item *> &group, IsBefore isBefore) {
  llvm::stable_sort(group, [&](const Item *a, const Item *b) { return isBefore(*a, *b); });
  Item &first = *group.front();
  for (Item *other : llvm::drop_begin(group)) {
    other->speaker = &first;
    first.others.push_back(other);
    llvm::append_range(first.others, std::exchange(other->others, {}));
  }
}

/// Whose finding names the item in the end: a speaker may have one, too.
template <class Item> const Item &lastSpeaker(const Item &item) {
  const Item *speaker = &item;
  while (speaker->speaker)
    speaker = speaker->speaker;
  return *speaker;
}

} // namespace opex::checks
