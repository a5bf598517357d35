#pragma once

#include "common/config.h"
#include "worker/order_queue.h"

#include <curl/curl.h>

#include <string>

namespace shop {

/// The carrier's booking interface. One instance serves one thread.
class ShippingClient {
public:
  ShippingClient(std::string url, const HttpLimits &limits);
  ShippingClient(const ShippingClient &) = delete;
  ShippingClient &operator=(const ShippingClient &) = delete;
  ~ShippingClient();

  /// Books a parcel; false when the carrier could not be asked. `tracking` is set on success.
  bool book(const Order &order, std::string &tracking);

  /// Tells the carrier that the parcel is ready to be fetched.
  bool announce(const std::string &tracking);

  /// Takes a booking back.
  bool withdraw(const std::string &tracking);

  std::string state(const std::string &tracking);

private:
  /// Sends one request; returns the HTTP status, 0 when there was no answer.
  long send(const std::string &path, const std::string &body);

  std::string url_;
  CURL *handle_;
  std::string answer_;
};

} // namespace shop
