// The disk as a parse sees it, with a record of all that it was asked. Everything goes through here: the driver's search
// for installed compilers, the include search with the names that it does not find, and every byte that is read.
#pragma once

#include "model/observations.h"

#include "llvm/Support/VirtualFileSystem.h"

#include <map>

namespace opex {

class RecordingFileSystem : public llvm::vfs::ProxyFileSystem {
public:
  using ProxyFileSystem::ProxyFileSystem;

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &path) override;
  bool exists(const llvm::Twine &path) override;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine &path) override;
  llvm::vfs::directory_iterator dir_begin(const llvm::Twine &directory, std::error_code &error) override;
  std::error_code getRealPath(const llvm::Twine &path, llvm::SmallVectorImpl<char> &result) override;

  void wasRead(llvm::StringRef absolute, llvm::StringRef bytes);

  /// What was seen so far, with missing directories in place of what is missing below them.
  Observations take();

private:
  std::string absolute(const llvm::Twine &path) const;

  Observations seen_;
  /// By identity: Clang takes two names of one file for one.
  std::map<llvm::sys::fs::UniqueID, std::string> realPaths_;
};

} // namespace opex
