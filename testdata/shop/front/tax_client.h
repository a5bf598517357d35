#pragma once

#include "common/http.h"

namespace shop {

/// Tax rates by country, asked for at the till.
class TaxClient : public http::JsonClient {
public:
  using JsonClient::JsonClient;

  /// Per mille of the net price.
  int rate(const std::string &country);
};

} // namespace shop
