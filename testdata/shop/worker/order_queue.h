#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <string>

namespace shop {

struct Order {
  std::string id;
  std::string user;
  std::int64_t product = 0;
  std::int64_t count = 1;
  std::int64_t cents = 0;
  std::string reservation;
  std::string charge;
};

/// What the customer gets when an order has been handed to the carrier.
struct Receipt {
  std::string tracking;
};

/// An order on its way to the worker, and where its outcome goes.
struct Job {
  Order order;
  std::promise<Receipt> done;
};

/// Paid orders, waiting to be shipped. Filled by the request handlers, emptied by the worker.
class OrderQueue {
public:
  std::future<Receipt> submit(Order order);

  /// Takes an order back; whether it was still there.
  bool cancel(const std::string &order);

  /// The next order; waits for one. Nothing once the queue is closed.
  std::optional<Job> pop();

  void close();

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
  bool closed_ = false;
};

} // namespace shop
