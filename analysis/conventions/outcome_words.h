// How names and numbers tell whether something went well: conventions of the language and of the names that
// people give. No library is known here.
#pragma once

#include "model/program.h"

#include <optional>

namespace opex {

bool isNamedLikeSuccess(llvm::StringRef name);
bool isNamedLikeFailure(llvm::StringRef name);

/// A variable or member that says how something went: "rc", "status_", "errorCode".
bool isNamedLikeStatus(llvm::StringRef name);

/// Not a failure: the call was interrupted, or has nothing yet ("EINTR", "would_block").
bool isNamedLikeRestart(llvm::StringRef name);

/// "isReady", "hasNext", "empty": asks for a state, and its answer says nothing about success.
bool isNamedLikeQuestion(llvm::StringRef name);

/// Objects of the class are true when something failed: std::error_code.
bool isErrorClass(const Type &type);

/// How a number tells success: 0 of a status, anything but 0 of a count, 0 or more otherwise.
enum class Sign : uint8_t { Status, Count, Signed };
Sign signOf(const Type *type);

/// `==` of a number that tells success or failure with a constant, as far as that is decided. `name`: of the
/// constant, if it has one.
std::optional<bool> equalsConstant(bool isGood, const Type *type, int64_t constant, llvm::StringRef name);

} // namespace opex
