#pragma once

#include "common/config.h"
#include "front/catalogue_client.h"
#include "front/invoice_client.h"
#include "front/readiness.h"
#include "worker/order_queue.h"
#include "worker/outbox.h"

#include <httplib.h>

#include <atomic>

namespace shop {

/// What the shop's HTTP interface answers.
class Routes {
public:
  Routes(const Config &config, const CatalogueClient &catalogue, Readiness &readiness, OrderQueue &orders,
         Outbox &outbox);

  void install(httplib::Server &server);

private:
  void products(const httplib::Request &request, httplib::Response &response);
  void product(const httplib::Request &request, httplib::Response &response);
  void search(const httplib::Request &request, httplib::Response &response);
  void placeOrder(const httplib::Request &request, httplib::Response &response);
  void cancelOrder(const httplib::Request &request, httplib::Response &response);
  void payment(const httplib::Request &request, httplib::Response &response);
  void refund(const httplib::Request &request, httplib::Response &response);
  void invoice(const httplib::Request &request, httplib::Response &response);
  void archive(const httplib::Request &request, httplib::Response &response);
  void statement(const httplib::Request &request, httplib::Response &response);

  std::string charge(const Order &order);
  std::string userOf(const httplib::Request &request);

  const Config &config_;
  const CatalogueClient &catalogue_;
  Readiness &readiness_;
  OrderQueue &orders_;
  Outbox &outbox_;
  InvoiceClient invoices_;
  std::atomic<std::uint64_t> nextOrder_{1};
};

} // namespace shop
