// Facts of translation units, kept between runs in a folder of the user's cache. An entry is found by what decides a
// parse apart from files (its unit: tool, command, settings) and then by the files: the entry lists what its parse asked
// of the file system, its name says what the answers were, and it serves only if the disk answers the same today. No
// lock is ever held: entries are written beside their place and moved there, and are never changed. What is in the
// folder is data that anybody may have put there; a bad entry is as good as none.
#pragma once

#include "store/disk.h"

#include "llvm/Support/Error.h"

#include <chrono>
#include <memory>
#include <vector>

namespace opex {

/// What bounds the folder. Whatever was not used for longest goes first.
struct StoreLimits {
  uint64_t megabytes = 2048;
  unsigned days = 30;
};

/// An entry that serves today.
struct StoredEntry {
  Digest digest; ///< The same for the same unit and the same answers.
  std::string path;
};

class Store {
public:
  /// Makes the folder if need be. Errors: it can be neither made nor listed.
  static llvm::Expected<Store> open(llvm::StringRef folder, llvm::StringRef root);

  /// The entry of `unit`, if there is one and nothing that its parse saw is different today. `why`, if not null, is told
  /// in a few words why there is none.
  std::optional<StoredEntry> find(const Digest &unit, std::string *why = nullptr);

  /// The facts of an entry, encoded; none if they are damaged or another run has removed them.
  static std::optional<std::string> factsOf(const StoredEntry &entry);

  /// Keeps facts that a parse just gave, with what it asked of the file system and the digest of the answers. Not kept
  /// is what the disk answers differently by now, or has answered before in this run. The new entry's digest, if it is kept.
  std::optional<Digest> put(const Digest &unit, llvm::StringRef questions, const Digest &answers, llvm::StringRef facts);

  /// What a run gave, by a digest over all that it came from.
  std::optional<std::string> result(const Digest &key) const;
  void putResult(const Digest &key, llvm::StringRef bytes);

  /// To be called at the end of a run: keeps what was learnt about files, and holds the folder to the limits now and
  /// then, if anything was written.
  void finish(const StoreLimits &limits);

  /// Why the first thing that could not be written was not; empty if all could.
  llvm::StringRef trouble() const { return trouble_; }

  const Disk &disk() const { return *disk_; }

private:
  Store(std::string folder, std::string root);

  std::string pathOf(llvm::StringRef name) const;
  std::string stampsName() const;
  std::optional<Digest> answersOf(llvm::StringRef questions);
  void write(llvm::StringRef name, llvm::StringRef bytes);
  void leaveFew(const std::string &unit);

  std::string folder_, root_, trouble_;
  std::unique_ptr<Stamps> stamps_;
  std::unique_ptr<Disk> disk_;
  KnownAnswers known_;
  llvm::StringMap<std::vector<std::string>> entries_; ///< Names of files by unit, as text.
  bool wasWritten_ = false;
};

struct StoreSummary {
  uint64_t entries = 0, bytes = 0;
  std::chrono::system_clock::time_point oldest, newest; ///< Last use. If there is an entry.
};

/// What is in a store's folder; nothing if there is none.
StoreSummary summariseStore(llvm::StringRef folder);
/// Removes what is over the limits.
void pruneStore(llvm::StringRef folder, const StoreLimits &limits);
/// Removes all that a store has put into the folder, and nothing else. Errors: a file that cannot be removed.
llvm::Error clearStore(llvm::StringRef folder);

} // namespace opex
