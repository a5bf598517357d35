#include "driver/cache_tools.h"

#include "driver/unit_facts.h"
#include "model/error.h"
#include "report/text_report.h"
#include "store/store.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace opex {
namespace {

llvm::Expected<std::string> folderOf(const Options &options) {
  std::string folder = options.cacheFolder.empty() ? defaultCacheFolder() : options.cacheFolder;
  if (folder.empty())
    return makeError("there is no cache folder: neither XDG_CACHE_HOME nor HOME is set; name one with --cache");
  return folder;
}

/// Whole days from then to now.
int64_t daysSince(std::chrono::system_clock::time_point then) {
  return std::chrono::duration_cast<std::chrono::hours>(std::chrono::system_clock::now() - then).count() / 24;
}

} // namespace

llvm::Expected<int> runCacheShow(const Options &options) {
  llvm::Expected<std::string> folder = folderOf(options);
  if (!folder)
    return folder.takeError();
  const StoreSummary summary = summariseStore(*folder);
  llvm::raw_ostream &out = llvm::outs();
  out << "folder    " << printable(*folder) << '\n'
      << "entries   " << summary.entries << '\n'
      << "size      " << llvm::formatv("{0:F1} MB", summary.bytes / double(1 << 20)) << '\n';
  if (summary.entries)
    out << "last use  " << daysSince(summary.newest) << " days ago, of the oldest " << daysSince(summary.oldest) << '\n';
  out << "limits    " << options.cacheMegabytes << " MB, " << options.cacheDays << " days without use\n";
  return 0;
}

llvm::Expected<int> runCachePrune(const Options &options) {
  llvm::Expected<std::string> folder = folderOf(options);
  if (!folder)
    return folder.takeError();
  const StoreSummary before = summariseStore(*folder);
  pruneStore(*folder, {options.cacheMegabytes, options.cacheDays});
  const StoreSummary after = summariseStore(*folder);
  llvm::outs() << before.entries - std::min(before.entries, after.entries) << " of " << before.entries
               << " entries removed\n";
  return 0;
}

llvm::Expected<int> runCacheClear(const Options &options) {
  llvm::Expected<std::string> folder = folderOf(options);
  if (!folder)
    return folder.takeError();
  if (llvm::Error error = clearStore(*folder))
    return std::move(error);
  return 0;
}

} // namespace opex
