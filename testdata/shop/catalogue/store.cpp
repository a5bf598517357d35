#include "catalogue/store.h"

#include <spdlog/spdlog.h>

#include <array>

namespace shop {
namespace {

constexpr const char *kPrimary = "host=db-primary dbname=shop user=catalogue connect_timeout=3";
constexpr const char *kReplica = "host=db-replica dbname=shop user=reports connect_timeout=3 "
                                 "tcp_user_timeout=4000 options='-c statement_timeout=2500'";

void requireConnected(PGconn *connection) {
  if (PQstatus(connection) != CONNECTION_OK)
    throw StoreError(PQerrorMessage(connection));
}

void requireOk(PGconn *connection, const Rows &rows) {
  const ExecStatusType status = PQresultStatus(rows.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw StoreError(PQerrorMessage(connection));
}

std::int64_t integer(const Rows &rows, int row, int column) {
  try {
    return std::stoll(PQgetvalue(rows.get(), row, column));
  } catch (const std::exception &) {
    return 0;
  }
}

std::vector<v1::Product> toProducts(const Rows &rows) {
  std::vector<v1::Product> products;
  for (int row = 0; row < PQntuples(rows.get()); ++row) {
    v1::Product &product = products.emplace_back();
    product.set_id(integer(rows, row, 0));
    product.set_name(PQgetvalue(rows.get(), row, 1));
    product.set_category(integer(rows, row, 2));
    product.set_price_cents(integer(rows, row, 3));
    product.set_stock(integer(rows, row, 4));
    if (product.stock() < 0) {
      spdlog::error("product {} has a stock of {}", product.id(), product.stock());
      return {};
    }
  }
  return products;
}

} // namespace

Store::Store() : connection_(PQconnectdb(kPrimary)) { requireConnected(connection_); }

Store::~Store() { PQfinish(connection_); }

Rows Store::query(const char *statement, const std::vector<std::string> &values) {
  std::array<const char *, 4> parameters{};
  for (std::size_t i = 0; i < values.size() && i < parameters.size(); ++i)
    parameters[i] = values[i].c_str();
  const int count = static_cast<int>(values.size());
  Rows rows(PQexecParams(connection_, statement, count, nullptr, parameters.data(), nullptr, nullptr, 0));
  requireOk(connection_, rows);
  return rows;
}

std::vector<v1::Product> Store::product(std::int64_t id) {
  return toProducts(query("SELECT id, name, category, cents, stock FROM product WHERE id = $1",
                          {std::to_string(id)}));
}

std::vector<v1::Product> Store::productsAfter(std::int64_t category, std::int64_t after, int limit) {
  return toProducts(query("SELECT id, name, category, cents, stock FROM product"
                          " WHERE ($1 = '0' OR category = $1::bigint) AND id > $2::bigint"
                          " ORDER BY id LIMIT $3::int",
                          {std::to_string(category), std::to_string(after), std::to_string(limit)}));
}

std::int64_t Store::lastKnownPrice(std::int64_t product) {
  Rows rows = query("SELECT cents FROM price_history WHERE product = $1 ORDER BY at DESC LIMIT 1",
                    {std::to_string(product)});
  if (PQntuples(rows.get()) == 0)
    throw StoreError("product " + std::to_string(product) + " never had a price");
  return integer(rows, 0, 0);
}

std::string Store::reserve(std::int64_t product, std::int64_t count) {
  Rows rows = query("SELECT reserve($1, $2)", {std::to_string(product), std::to_string(count)});
  if (PQntuples(rows.get()) == 0)
    throw StoreError("product " + std::to_string(product) + " is sold out");
  return PQgetvalue(rows.get(), 0, 0);
}

ReportStore::ReportStore() : connection_(PQconnectdb(kReplica)) { requireConnected(connection_); }

ReportStore::~ReportStore() { PQfinish(connection_); }

std::int64_t ReportStore::stock(std::int64_t product) {
  const std::string id = std::to_string(product);
  const char *parameters[] = {id.c_str()};
  const char *statement = "SELECT stock FROM product WHERE id = $1";
  Rows rows(PQexecParams(connection_, statement, 1, nullptr, parameters, nullptr, nullptr, 0));
  requireOk(connection_, rows);
  return PQntuples(rows.get()) == 0 ? 0 : integer(rows, 0, 0);
}

std::vector<std::pair<std::int64_t, std::int64_t>> ReportStore::categoryTree() {
  Rows rows(PQexec(connection_, "SELECT parent, child FROM category"));
  requireOk(connection_, rows);
  std::vector<std::pair<std::int64_t, std::int64_t>> tree;
  for (int row = 0; row < PQntuples(rows.get()); ++row)
    tree.emplace_back(integer(rows, row, 0), integer(rows, row, 1));
  return tree;
}

} // namespace shop
