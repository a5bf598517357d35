#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace shop {

/// Limits of one HTTP dependency.
struct HttpLimits {
  long connectMs = 500;
  long totalMs = 2000;
};

/// How calls to another of our services are made.
struct RpcOptions {
  std::chrono::milliseconds deadline{800};
};

/// Everything an operator can change, each through the environment variable named beside it.
struct Config {
  std::string listenHost = "0.0.0.0";                  // SHOP_LISTEN_HOST
  int listenPort = 8080;                               // SHOP_LISTEN_PORT
  std::string catalogueTarget = "localhost:50051";     // SHOP_CATALOGUE
  std::string pricingTarget = "localhost:50052";       // SHOP_PRICING
  std::string paymentUrl = "http://localhost:9001";    // SHOP_PAYMENT_URL
  std::string shippingUrl = "http://localhost:9002";   // SHOP_SHIPPING_URL
  std::string invoiceUrl = "http://localhost:9003";    // SHOP_INVOICE_URL
  std::string taxUrl = "http://localhost:9004";        // SHOP_TAX_URL
  std::string redisHost = "localhost";                 // SHOP_REDIS_HOST
  int redisPort = 6379;                                // SHOP_REDIS_PORT
  std::string logLevel = "info";                       // SHOP_LOG_LEVEL
  std::size_t outboxCapacity = 1000;                   // SHOP_OUTBOX_CAPACITY
  HttpLimits shippingLimits;                           // SHOP_SHIPPING_TIMEOUT_MS
  RpcOptions catalogueRpc;                             // SHOP_CATALOGUE_DEADLINE_MS
};

Config loadConfig();

} // namespace shop
