#pragma once

#include "common/config.h"

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace shop::http {

/// Limits of the payment provider's status endpoint, agreed with them.
inline constexpr long kStatusTimeoutMs = 1500;

/// A year of invoices takes as long as it takes.
inline constexpr long kArchiveTimeoutSeconds = 0;

struct Error : std::runtime_error {
  Error(CURLcode code, const std::string &url)
      : std::runtime_error(url + ": " + curl_easy_strerror(code)), code(code) {}
  CURLcode code;
};

struct HandleCloser {
  void operator()(CURL *handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleCloser>;

/// User agent, TLS verification, no signals: what every request of ours carries.
void applyCommonOptions(CURL *handle);

/// Connection and total limits.
void applyLimits(CURL *handle, const HttpLimits &limits);

/// Appends the response's body to `body` while the request runs.
void collectBody(CURL *handle, std::string &body);

long statusOf(CURL *handle);

/// Whether trying again may help: the provider was not reached, or was overloaded.
bool isTransient(CURLcode code, long status);

/// A client of one JSON endpoint, to be derived from.
class JsonClient {
public:
  explicit JsonClient(std::string url);
  JsonClient(const JsonClient &) = delete;
  JsonClient &operator=(const JsonClient &) = delete;
  virtual ~JsonClient();

protected:
  std::string url_;
  CURL *handle_;
};

} // namespace shop::http
