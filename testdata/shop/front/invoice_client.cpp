#include "front/invoice_client.h"

#include "common/http.h"

namespace shop {
namespace {

using Sink = std::function<void(const char *, std::size_t)>;

size_t forward(char *data, size_t size, size_t count, void *sink) {
  (*static_cast<Sink *>(sink))(data, size * count);
  return size * count;
}

} // namespace

std::string InvoiceClient::fetch(const std::string &order) const {
  http::Handle handle(curl_easy_init());
  http::applyCommonOptions(handle.get());
  const std::string url = url_ + "/invoices/" + order + ".pdf";
  std::string body;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_CONNECTTIMEOUT, 2L);
  http::collectBody(handle.get(), body);
  CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK)
    throw http::Error(code, url);
  return body;
}

std::string InvoiceClient::archive(int year) const {
  http::Handle handle(curl_easy_init());
  http::applyCommonOptions(handle.get());
  const std::string url = url_ + "/archive/" + std::to_string(year) + ".zip";
  std::string body;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_CONNECTTIMEOUT, 2L);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, http::kArchiveTimeoutSeconds);
  http::collectBody(handle.get(), body);
  CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK)
    throw http::Error(code, url);
  return body;
}

void InvoiceClient::statement(const std::string &month, Sink sink) const {
  http::Handle handle(curl_easy_init());
  http::applyCommonOptions(handle.get());
  const std::string url = url_ + "/statements/" + month;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_CONNECTTIMEOUT, 2L);
  curl_easy_setopt(handle.get(), CURLOPT_LOW_SPEED_LIMIT, 1024L);
  curl_easy_setopt(handle.get(), CURLOPT_LOW_SPEED_TIME, 5L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, forward);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &sink);
  CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK)
    throw http::Error(code, url);
}

} // namespace shop
