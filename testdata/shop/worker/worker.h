#pragma once

#include "common/config.h"
#include "worker/order_queue.h"
#include "worker/outbox.h"
#include "worker/shipping_client.h"

#include <cstdint>
#include <thread>
#include <vector>

namespace shop {

/// Ships paid orders and sends mails, each on its own thread.
class Worker {
public:
  Worker(const Config &config, OrderQueue &orders, Outbox &outbox);
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;
  ~Worker();

  void start();
  void stop();

private:
  void shipOrders();
  void sendMails();
  Receipt ship(const Order &order);
  void reportDay();

  OrderQueue &orders_;
  Outbox &outbox_;
  ShippingClient shipping_;
  std::vector<std::string> shippedToday_;
  std::uint64_t mailsSent_ = 0;
  std::thread shipper_;
  std::thread mailer_;
};

} // namespace shop
