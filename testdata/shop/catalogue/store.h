#pragma once

#include "shop.pb.h"

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace shop {

struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ResultFreer {
  void operator()(PGresult *result) const { PQclear(result); }
};
using Rows = std::unique_ptr<PGresult, ResultFreer>;

/// Products, prices and reservations in PostgreSQL. One instance serves one thread.
class Store {
public:
  Store();
  Store(const Store &) = delete;
  Store &operator=(const Store &) = delete;
  ~Store();

  std::vector<v1::Product> product(std::int64_t id);
  std::vector<v1::Product> productsAfter(std::int64_t category, std::int64_t after, int limit);
  std::int64_t lastKnownPrice(std::int64_t product);
  std::string reserve(std::int64_t product, std::int64_t count);

private:
  Rows query(const char *statement, const std::vector<std::string> &values);

  PGconn *connection_;
};

/// What the shop's reports ask of the read-only replica. One instance serves one thread.
class ReportStore {
public:
  ReportStore();
  ReportStore(const ReportStore &) = delete;
  ReportStore &operator=(const ReportStore &) = delete;
  ~ReportStore();

  std::int64_t stock(std::int64_t product);

  /// All categories as (parent, child).
  std::vector<std::pair<std::int64_t, std::int64_t>> categoryTree();

private:
  PGconn *connection_;
};

} // namespace shop
