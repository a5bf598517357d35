#include "common/http.h"

namespace shop::http {
namespace {

size_t append(char *data, size_t size, size_t count, void *body) {
  static_cast<std::string *>(body)->append(data, size * count);
  return size * count;
}

} // namespace

void applyCommonOptions(CURL *handle) {
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "shop/1.4");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
}

void applyLimits(CURL *handle, const HttpLimits &limits) {
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, limits.connectMs);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, limits.totalMs);
}

void collectBody(CURL *handle, std::string &body) {
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
}

long statusOf(CURL *handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

bool isTransient(CURLcode code, long status) {
  if (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT || code == CURLE_GOT_NOTHING)
    return true;
  return code == CURLE_OK && (status == 429 || status == 502 || status == 503);
}

JsonClient::JsonClient(std::string url) : url_(std::move(url)), handle_(curl_easy_init()) {
  applyCommonOptions(handle_);
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, 300L);
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, 1200L);
}

JsonClient::~JsonClient() { curl_easy_cleanup(handle_); }

} // namespace shop::http
