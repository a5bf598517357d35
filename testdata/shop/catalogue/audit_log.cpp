#include "catalogue/audit_log.h"

#include <fstream>

namespace shop {

void AuditLog::record(std::string line) {
  std::lock_guard lock(mutex_);
  pending_.push(std::move(line));
  filled_.notify_one();
}

void AuditLog::run() {
  std::ofstream file;
  file.exceptions(std::ios::failbit | std::ios::badbit);
  file.open(path_, std::ios::app);
  for (;;) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return closed_ || !pending_.empty(); });
    if (pending_.empty())
      return;
    const std::string line = std::move(pending_.front());
    pending_.pop();
    lock.unlock();
    file << line << std::endl;
  }
}

void AuditLog::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  filled_.notify_one();
}

} // namespace shop
