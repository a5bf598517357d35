// The folder that a store lies in: names of its files, writing them at once, and what bounds them. All names begin as
// those that LLVM's cache pruning removes; other files in the folder are nobody's business.
#pragma once

#include "store/store.h"

namespace opex {

std::string entryFile(const Digest &unit, const Digest &entry);
std::string stampsFile(const Digest &root);
std::string resultFile(const Digest &key);

/// The unit that a file of this name is an entry of; none if it is something else.
std::optional<llvm::StringRef> unitOf(llvm::StringRef fileName);

/// The names of the store's files in the folder, in no order.
llvm::Expected<std::vector<std::string>> namesIn(llvm::StringRef folder);

/// The bytes appear under the name whole or not at all.
llvm::Error writeAtOnce(llvm::StringRef path, llvm::StringRef bytes);

std::chrono::system_clock::time_point lastUse(llvm::StringRef path);
/// Remembers that the file was used, once an hour at most.
void markAsUsed(llvm::StringRef path);

/// pruneStore, unless that was done within the last minutes.
void pruneNowAndThen(llvm::StringRef folder, const StoreLimits &limits);

} // namespace opex
