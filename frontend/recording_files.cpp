#include "frontend/recording_files.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace opex {
namespace {

namespace vfs = llvm::vfs;

std::string kindOf(const llvm::ErrorOr<vfs::Status> &status) {
  if (!status)
    return kNothing.str();
  switch (status->getType()) {
  case llvm::sys::fs::file_type::regular_file: return kFile.str();
  case llvm::sys::fs::file_type::directory_file: return kDirectory.str();
  default: return kOther.str();
  }
}

/// A file whose bytes are noted when they are read.
class RecordedFile : public vfs::File {
public:
  RecordedFile(std::unique_ptr<vfs::File> file, std::string absolute, RecordingFileSystem &files)
      : file_(std::move(file)), absolute_(std::move(absolute)), files_(files) {}

  llvm::ErrorOr<vfs::Status> status() override { return file_->status(); }
  llvm::ErrorOr<std::string> getName() override { return file_->getName(); }
  std::error_code close() override { return file_->close(); }

  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine &name, int64_t size,
                                                               bool requiresNullTerminator, bool isVolatile) override {
    auto buffer = file_->getBuffer(name, size, requiresNullTerminator, isVolatile);
    if (buffer)
      files_.wasRead(absolute_, (*buffer)->getBuffer());
    return buffer;
  }

private:
  std::unique_ptr<vfs::File> file_;
  std::string absolute_;
  RecordingFileSystem &files_;
};

} // namespace

std::string RecordingFileSystem::absolute(const llvm::Twine &path) const {
  llvm::SmallString<256> result;
  path.toVector(result);
  (void)makeAbsolute(result); // Without a working directory nothing can be parsed.
  return result.str().str();
}

llvm::ErrorOr<vfs::Status> RecordingFileSystem::status(const llvm::Twine &path) {
  llvm::ErrorOr<vfs::Status> status = ProxyFileSystem::status(path);
  seen_.add(Question::Kind, absolute(path), kindOf(status));
  return status;
}

bool RecordingFileSystem::exists(const llvm::Twine &path) {
  const llvm::ErrorOr<vfs::Status> found = status(path);
  return found && found->exists();
}

llvm::ErrorOr<std::unique_ptr<vfs::File>> RecordingFileSystem::openFileForRead(const llvm::Twine &path) {
  const std::string name = absolute(path);
  llvm::ErrorOr<std::unique_ptr<vfs::File>> file = ProxyFileSystem::openFileForRead(path);
  if (!file) {
    const bool isMissing = file.getError() == std::errc::no_such_file_or_directory;
    const std::string kind = isMissing ? kNothing.str() : kindOf(ProxyFileSystem::status(path));
    seen_.add(Question::Kind, name, kind);
    if (kind != kNothing)
      seen_.spoil(); // Whether it may be read is in no answer.
    return file;
  }
  const llvm::ErrorOr<vfs::Status> status = (*file)->status();
  seen_.add(Question::Kind, name, kindOf(status));
  if (!status || !status->isRegularFile())
    return file;
  const llvm::ErrorOr<std::string> real = (*file)->getName(); // Where it was found to lie when it was opened.
  if (!real || !llvm::sys::path::is_absolute(*real)) {
    seen_.spoil();
    return file;
  }
  seen_.add(Question::RealPath, name, *real);
  if (realPaths_.try_emplace(status->getUniqueID(), *real).first->second != *real)
    seen_.spoil(); // Hard links: that they are one file is in no answer.
  return std::make_unique<RecordedFile>(std::move(*file), name, *this);
}

vfs::directory_iterator RecordingFileSystem::dir_begin(const llvm::Twine &directory, std::error_code &error) {
  std::vector<std::string> names;
  for (vfs::directory_iterator it = ProxyFileSystem::dir_begin(directory, error), end; it != end && !error;
       it.increment(error))
    names.push_back(llvm::sys::path::filename(it->path()).str());
  seen_.add(Question::Listing, absolute(directory), listingAnswer(std::move(names)));
  return ProxyFileSystem::dir_begin(directory, error);
}

std::error_code RecordingFileSystem::getRealPath(const llvm::Twine &path, llvm::SmallVectorImpl<char> &result) {
  const std::error_code error = ProxyFileSystem::getRealPath(path, result);
  seen_.add(Question::RealPath, absolute(path), error ? "" : llvm::StringRef(result.data(), result.size()).str());
  return error;
}

void RecordingFileSystem::wasRead(llvm::StringRef absolute, llvm::StringRef bytes) {
  seen_.add(Question::Content, absolute, contentAnswer(bytes));
}

Observations RecordingFileSystem::take() {
  seen_.foldMissing([&](llvm::StringRef path) { return !ProxyFileSystem::status(path); });
  return std::move(seen_);
}

} // namespace opex
