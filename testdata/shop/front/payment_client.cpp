#include "front/payment_client.h"

#include "common/http.h"
#include "common/retry.h"

#include <nlohmann/json.hpp>

namespace shop {
namespace {

constexpr int kChargeAttempts = 3;

} // namespace

PaymentClient::PaymentClient(std::string url) : url_(std::move(url)), handle_(curl_easy_init()) {
  http::applyCommonOptions(handle_);
  curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
}

PaymentClient::~PaymentClient() { curl_easy_cleanup(handle_); }

std::string PaymentClient::charge(const std::string &order, std::int64_t cents) {
  // The provider books an order number once, however often it is sent.
  const std::string request = nlohmann::json{{"order", order}, {"cents", cents}}.dump();
  const std::string url = url_ + "/charges";
  std::string body;
  curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request.c_str());
  http::collectBody(handle_, body);

  for (int attempt = 1; attempt <= kChargeAttempts; ++attempt) {
    body.clear();
    CURLcode code = curl_easy_perform(handle_);
    long status = http::statusOf(handle_);
    if (code == CURLE_OK && status == 201)
      return nlohmann::json::parse(body).value("id", "");
    if (status == 402)
      throw PaymentDeclined("order " + order + " was declined by the card's bank");
    if (!http::isTransient(code, status))
      throw http::Error(code, url);
    retry::backOff(attempt);
  }
  throw PaymentFailed("charging order " + order + ": no answer, asked " +
                      std::to_string(kChargeAttempts) + " times");
}

std::string PaymentClient::state(const std::string &charge) {
  http::Handle handle(curl_easy_init());
  http::applyCommonOptions(handle.get());
  const std::string url = url_ + "/charges/" + charge;
  std::string body;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, http::kStatusTimeoutMs);
  http::collectBody(handle.get(), body);
  CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK)
    throw http::Error(code, url);
  return nlohmann::json::parse(body).value("state", "unknown");
}

void PaymentClient::refund(const std::string &charge) {
  http::Handle handle(curl_easy_init());
  http::applyCommonOptions(handle.get());
  http::applyLimits(handle.get(), HttpLimits{});
  const std::string url = url_ + "/charges/" + charge + "/refund";
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, "");

  CURLcode code = CURLE_OK;
  for (int attempt = 1; attempt <= 2; ++attempt) {
    code = curl_easy_perform(handle.get());
    if (!http::isTransient(code, http::statusOf(handle.get())))
      break;
    retry::backOff(attempt);
  }
  if (code != CURLE_OK)
    throw http::Error(code, url);
}

} // namespace shop
