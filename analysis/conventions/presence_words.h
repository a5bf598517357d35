// Words in names that say whether something was found or went well: `STATUS_NOT_FOUND`, `isEmpty`,
// `hasValue`.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace opex {

/// What it says about the call if the value is true, not null, not empty or large.
enum class Presence : uint8_t {
  None, ///< It has nothing to do with the call.
  Found,
  Missing, ///< It found nothing, failed, or left some out.
  Status,  ///< A number or enumerator that tells, by values of its own.
  Any,     ///< It comes from the call, but it is content, or both.
};

Presence inverse(Presence presence);
/// Of something made from both.
Presence join(Presence a, Presence b);
inline bool isTelling(Presence presence) {
  return presence == Presence::Found || presence == Presence::Missing;
}

/// What an enumerator, constant or predicate of this name says; None if the name does not tell.
Presence presenceInName(llvm::StringRef name);

/// `size`, `rowCount`, `PQntuples`.
bool namesCount(llvm::StringRef name);

/// Methods that put something into their object, or take something out.
bool namesInsertion(llvm::StringRef name);
bool namesRemoval(llvm::StringRef name);

/// Functions that hand out what their object or argument holds, or is: `get`, `move`, `operator->`.
bool namesPassing(llvm::StringRef name);

/// Methods that run what they are given only if their object holds nothing: `or_else`.
bool namesAlternative(llvm::StringRef name);

/// What stands for "nothing there": `end`, `npos`, `nullopt`.
bool namesNothing(llvm::StringRef name);

} // namespace opex
