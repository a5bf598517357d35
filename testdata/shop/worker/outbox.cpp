#include "worker/outbox.h"

namespace shop {

bool Outbox::offer(Mail mail) {
  {
    std::lock_guard lock(mutex_);
    if (mails_.size() >= capacity_)
      return false;
    mails_.push_back(std::move(mail));
  }
  filled_.notify_one();
  return true;
}

std::optional<Mail> Outbox::take() {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [this] { return closed_ || !mails_.empty(); });
  if (mails_.empty())
    return std::nullopt;
  Mail mail = std::move(mails_.front());
  mails_.pop_front();
  return mail;
}

void Outbox::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  filled_.notify_all();
}

} // namespace shop
