#pragma once

#include <condition_variable>
#include <mutex>
#include <queue>
#include <string>

namespace shop {

/// Who asked for what, written to a file by a thread of its own so that no request waits for the disk.
class AuditLog {
public:
  explicit AuditLog(std::string path) : path_(std::move(path)) {}

  void record(std::string line);

  /// Writes until `close`; throws when the file cannot be written.
  void run();
  void close();

private:
  const std::string path_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::queue<std::string> pending_;
  bool closed_ = false;
};

} // namespace shop
