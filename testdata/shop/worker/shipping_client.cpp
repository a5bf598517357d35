#include "worker/shipping_client.h"

#include "common/http.h"
#include "common/retry.h"

#include <nlohmann/json.hpp>

namespace shop {
namespace {

constexpr int kBookAttempts = 3;
constexpr int kWithdrawAttempts = 12;

bool worthRetrying(long status) { return status == 0 || status == 429 || status == 502 || status == 503; }

} // namespace

ShippingClient::ShippingClient(std::string url, const HttpLimits &limits)
    : url_(std::move(url)), handle_(curl_easy_init()) {
  http::applyCommonOptions(handle_);
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, limits.connectMs);
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, limits.totalMs);
}

ShippingClient::~ShippingClient() { curl_easy_cleanup(handle_); }

long ShippingClient::send(const std::string &path, const std::string &body) {
  const std::string url = url_ + path;
  answer_.clear();
  curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, body.c_str());
  http::collectBody(handle_, answer_);
  return curl_easy_perform(handle_) == CURLE_OK ? http::statusOf(handle_) : 0;
}

bool ShippingClient::book(const Order &order, std::string &tracking) {
  const std::string request = nlohmann::json{{"reference", order.id}, {"pieces", order.count}}.dump();
  for (int attempt = 1; attempt <= kBookAttempts; ++attempt) {
    const long status = send("/bookings", request);
    if (status == 201) {
      tracking = nlohmann::json::parse(answer_).value("tracking", "");
      return true;
    }
    if (!worthRetrying(status))
      return false;
    retry::backOff(attempt);
  }
  return false;
}

bool ShippingClient::announce(const std::string &tracking) {
  return send("/bookings/" + tracking + "/ready", "") == 204;
}

bool ShippingClient::withdraw(const std::string &tracking) {
  for (int attempt = 1; attempt <= kWithdrawAttempts; ++attempt) {
    const long status = send("/bookings/" + tracking + "/withdraw", "");
    if (!worthRetrying(status))
      return status == 204;
    retry::backOff(attempt);
  }
  return false;
}

std::string ShippingClient::state(const std::string &tracking) {
  if (send("/bookings/" + tracking + "/state", "") != 200)
    return "unknown";
  return nlohmann::json::parse(answer_).value("state", "unknown");
}

} // namespace shop
