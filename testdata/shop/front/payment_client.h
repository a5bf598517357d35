#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace shop {

/// The provider understood us and said no; asking again gives the same answer.
struct PaymentDeclined : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The provider could not be asked, or did not answer sensibly.
struct PaymentFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The card payment provider. One instance serves one thread.
class PaymentClient {
public:
  explicit PaymentClient(std::string url);
  PaymentClient(const PaymentClient &) = delete;
  PaymentClient &operator=(const PaymentClient &) = delete;
  ~PaymentClient();

  /// Charges `cents` for the order and returns the provider's id of the charge.
  std::string charge(const std::string &order, std::int64_t cents);
  std::string state(const std::string &charge);
  void refund(const std::string &charge);

private:
  std::string url_;
  CURL *handle_;
};

} // namespace shop
