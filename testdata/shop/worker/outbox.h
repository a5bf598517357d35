#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace shop {

struct Mail {
  std::string to;
  std::string text;
};

/// Mails waiting to be sent. Holds at most `capacity` of them; what does not fit is refused.
class Outbox {
public:
  explicit Outbox(std::size_t capacity) : capacity_(capacity) {}

  /// Whether there was room.
  bool offer(Mail mail);

  /// The oldest mail; waits for one. Nothing once the outbox is closed.
  std::optional<Mail> take();

  void close();

private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Mail> mails_;
  bool closed_ = false;
};

} // namespace shop
