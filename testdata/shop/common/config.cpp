#include "common/config.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace shop {
namespace {

std::string text(const char *name, const std::string &otherwise) {
  const char *value = std::getenv(name);
  return value ? value : otherwise;
}

template <typename Number> Number number(const char *name, Number otherwise) {
  const char *value = std::getenv(name);
  if (!value)
    return otherwise;
  std::string_view digits = value;
  Number parsed = otherwise;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
  return error == std::errc() && end == digits.data() + digits.size() ? parsed : otherwise;
}

} // namespace

Config loadConfig() {
  Config config;
  config.listenHost = text("SHOP_LISTEN_HOST", config.listenHost);
  config.listenPort = number("SHOP_LISTEN_PORT", config.listenPort);
  config.catalogueTarget = text("SHOP_CATALOGUE", config.catalogueTarget);
  config.pricingTarget = text("SHOP_PRICING", config.pricingTarget);
  config.paymentUrl = text("SHOP_PAYMENT_URL", config.paymentUrl);
  config.shippingUrl = text("SHOP_SHIPPING_URL", config.shippingUrl);
  config.invoiceUrl = text("SHOP_INVOICE_URL", config.invoiceUrl);
  config.taxUrl = text("SHOP_TAX_URL", config.taxUrl);
  config.redisHost = text("SHOP_REDIS_HOST", config.redisHost);
  config.redisPort = number("SHOP_REDIS_PORT", config.redisPort);
  config.logLevel = text("SHOP_LOG_LEVEL", config.logLevel);
  config.outboxCapacity = number("SHOP_OUTBOX_CAPACITY", config.outboxCapacity);
  config.shippingLimits.totalMs = number("SHOP_SHIPPING_TIMEOUT_MS", config.shippingLimits.totalMs);
  config.catalogueRpc.deadline = std::chrono::milliseconds(
      number<long>("SHOP_CATALOGUE_DEADLINE_MS", config.catalogueRpc.deadline.count()));
  return config;
}

} // namespace shop
