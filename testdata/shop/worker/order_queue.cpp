#include "worker/order_queue.h"

#include <algorithm>
#include <stdexcept>

namespace shop {

std::future<Receipt> OrderQueue::submit(Order order) {
  Job job{std::move(order), {}};
  std::future<Receipt> receipt = job.done.get_future();
  {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  filled_.notify_one();
  return receipt;
}

bool OrderQueue::cancel(const std::string &order) {
  std::lock_guard lock(mutex_);
  auto found = std::find_if(jobs_.begin(), jobs_.end(),
                            [&](const Job &job) { return job.order.id == order; });
  if (found == jobs_.end())
    return false;
  found->done.set_exception(std::make_exception_ptr(std::runtime_error("order " + order + " was cancelled")));
  jobs_.erase(found);
  return true;
}

std::optional<Job> OrderQueue::pop() {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
  if (jobs_.empty())
    return std::nullopt;
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  return job;
}

void OrderQueue::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  filled_.notify_all();
}

} // namespace shop
