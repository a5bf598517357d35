#include "store/disk.h"

#include "store/regular_file.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <chrono>

namespace opex {
namespace {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

constexpr uint64_t kLargestSource = uint64_t(1) << 30;

int64_t nowInNanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string realPath(llvm::StringRef name) {
  llvm::SmallString<256> real;
  return fs::real_path(name, real) ? "" : real.str().str();
}

std::string listing(llvm::StringRef directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; it != end && !error; it.increment(error))
    names.push_back(path::filename(it->path()).str());
  return listingAnswer(std::move(names));
}

} // namespace

Disk::Seen &Disk::look(llvm::StringRef name) {
  auto [at, isNew] = seen_.try_emplace(name);
  Seen &seen = at->second;
  if (!isNew)
    return seen;
  const std::string text = name.str();
  seen.exists = !::lstat(text.c_str(), &seen.status);
  seen.isLink = seen.exists && S_ISLNK(seen.status.st_mode);
  if (seen.isLink)
    seen.exists = !::stat(text.c_str(), &seen.status);
  return seen;
}

std::string Disk::contentOf(llvm::StringRef name, Seen &seen) {
  if (seen.content)
    return *seen.content;
  if (!seen.exists || !S_ISREG(seen.status.st_mode))
    return *(seen.content = "");
  const Stamp stamp = stampOf(seen.status);
  if ((seen.content = stamps_.contentOf(name, stamp)))
    return *seen.content;
  const int64_t now = nowInNanoseconds();
  const std::unique_ptr<llvm::MemoryBuffer> bytes = readRegularFile(name, kLargestSource);
  if (!bytes)
    return *(seen.content = "");
  ++filesRead_;
  seen.content = contentAnswer(bytes->getBuffer());
  struct stat after;
  if (isSettled(stamp, now) && !::stat(name.str().c_str(), &after) && stampOf(after) == stamp)
    stamps_.learn(name, stamp, *seen.content);
  return *seen.content;
}

std::string Disk::realPathOf(llvm::StringRef name, Seen &seen) {
  if (seen.realPath)
    return *seen.realPath;
  const llvm::StringRef own = path::filename(name), directory = path::parent_path(name);
  if (!seen.exists || seen.isLink || own == ".." || own == "." || directory.empty())
    return *(seen.realPath = realPath(name));
  auto [at, isNew] = realDirectories_.try_emplace(directory);
  if (isNew)
    at->second = realPath(directory);
  const llvm::StringRef real = at->second;
  return *(seen.realPath = real.empty() ? "" : (real.rtrim('/') + "/" + own).str());
}

std::string Disk::answer(Question question, llvm::StringRef name) {
  if (question == Question::Listing)
    return listing(name);
  Seen &seen = look(name);
  switch (question) {
  case Question::Content: return contentOf(name, seen);
  case Question::RealPath: return realPathOf(name, seen);
  default: break;
  }
  if (!seen.exists)
    return kNothing.str();
  return (S_ISREG(seen.status.st_mode) ? kFile : S_ISDIR(seen.status.st_mode) ? kDirectory : kOther).str();
}

} // namespace opex
