#include "front/tax_client.h"

#include <nlohmann/json.hpp>

namespace shop {

int TaxClient::rate(const std::string &country) {
  const std::string url = url_ + "/rates/" + country;
  std::string body;
  curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
  http::collectBody(handle_, body);
  CURLcode code = curl_easy_perform(handle_);
  if (code != CURLE_OK)
    throw http::Error(code, url);
  return nlohmann::json::parse(body).at("permille").get<int>();
}

} // namespace shop
