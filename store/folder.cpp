#include "store/folder.h"

#include "model/error.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {
namespace {

namespace fs = llvm::sys::fs;

constexpr llvm::StringLiteral kPrefix = "llvmcache-"; ///< What llvm::pruneCache may remove.
constexpr llvm::StringLiteral kEntry = "llvmcache-unit-", kStamps = "llvmcache-stamps-", kResult = "llvmcache-result-";
constexpr llvm::StringLiteral kLastPruning = "llvmcache.timestamp"; ///< llvm::pruneCache's own.
constexpr size_t kDigestText = 2 * sizeof(Digest);

llvm::CachePruningPolicy policyOf(const StoreLimits &limits) {
  llvm::CachePruningPolicy policy;
  policy.Expiration = std::chrono::hours(24) * limits.days;
  policy.MaxSizePercentageOfAvailableSpace = 0;
  policy.MaxSizeBytes = limits.megabytes << 20;
  policy.MaxSizeFiles = 0;
  return policy;
}

llvm::Error cannot(llvm::StringRef what, llvm::StringRef path, const llvm::Twine &why) {
  return makeError("cannot " + what + " '" + path + "': " + why);
}

} // namespace

std::string entryFile(const Digest &unit, const Digest &entry) {
  return (kEntry + toText(unit) + "-" + toText(entry)).str();
}

std::string stampsFile(const Digest &root) { return kStamps.str() + toText(root); }

std::string resultFile(const Digest &key) { return kResult.str() + toText(key); }

std::optional<llvm::StringRef> unitOf(llvm::StringRef fileName) {
  if (!fileName.consume_front(kEntry) || fileName.size() != kDigestText + 1 + kDigestText ||
      fileName[kDigestText] != '-')
    return std::nullopt;
  return fileName.take_front(kDigestText);
}

llvm::Expected<std::vector<std::string>> namesIn(llvm::StringRef folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; it != end && !code; it.increment(code))
    if (llvm::StringRef name = llvm::sys::path::filename(it->path()); name.starts_with(kPrefix))
      names.push_back(name.str());
  if (code)
    return cannot("read", folder, code.message());
  return names;
}

llvm::Error writeAtOnce(llvm::StringRef path, llvm::StringRef bytes) {
  llvm::Expected<fs::TempFile> temporary =
      fs::TempFile::create(path + ".%%%%%%%%.tmp", fs::owner_read | fs::owner_write);
  if (!temporary)
    return cannot("write", path, llvm::toString(temporary.takeError()));
  llvm::raw_fd_ostream out(temporary->FD, /*shouldClose=*/false);
  out << bytes;
  out.flush();
  if (std::error_code code = out.error()) {
    out.clear_error();
    return llvm::joinErrors(cannot("write", path, code.message()), temporary->discard());
  }
  if (llvm::Error error = temporary->keep(path))
    return cannot("write", path, llvm::toString(std::move(error)));
  return llvm::Error::success();
}

std::chrono::system_clock::time_point lastUse(llvm::StringRef path) {
  fs::file_status status;
  return fs::status(path, status) ? llvm::sys::TimePoint<>() : status.getLastAccessedTime();
}

void markAsUsed(llvm::StringRef path) {
  const auto now = std::chrono::system_clock::now();
  if (now - lastUse(path) < std::chrono::hours(1))
    return;
  int file = -1;
  if (fs::openFileForRead(path, file))
    return;
  (void)fs::setLastAccessAndModificationTime(file, now, now); // Of a store that cannot be written to, nothing is pruned.
  (void)fs::closeFile(file);
}

void pruneNowAndThen(llvm::StringRef folder, const StoreLimits &limits) { llvm::pruneCache(folder, policyOf(limits)); }

void pruneStore(llvm::StringRef folder, const StoreLimits &limits) {
  llvm::CachePruningPolicy policy = policyOf(limits);
  policy.Interval = std::chrono::seconds(0);
  llvm::pruneCache(folder, policy);
}

StoreSummary summariseStore(llvm::StringRef folder) {
  StoreSummary summary;
  llvm::Expected<std::vector<std::string>> names = namesIn(folder);
  if (!names) {
    llvm::consumeError(names.takeError());
    return summary;
  }
  for (const std::string &name : *names) {
    fs::file_status status;
    if (fs::status(folder + "/" + name, status))
      continue;
    summary.bytes += status.getSize();
    if (!unitOf(name))
      continue;
    const auto used = status.getLastAccessedTime();
    summary.oldest = summary.entries ? std::min<std::chrono::system_clock::time_point>(summary.oldest, used) : used;
    summary.newest = summary.entries ? std::max<std::chrono::system_clock::time_point>(summary.newest, used) : used;
    ++summary.entries;
  }
  return summary;
}

llvm::Error clearStore(llvm::StringRef folder) {
  if (!fs::exists(folder))
    return llvm::Error::success();
  llvm::Expected<std::vector<std::string>> names = namesIn(folder);
  if (!names)
    return names.takeError();
  names->push_back(kLastPruning.str());
  for (const std::string &name : *names)
    if (std::error_code code = fs::remove(folder + "/" + name))
      return cannot("remove", name, code.message());
  return llvm::Error::success();
}

} // namespace opex
